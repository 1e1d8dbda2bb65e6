"""PortAudio, loaded when it is first needed and kept quiet.

Importing sounddevice initialises PortAudio: 30 to 300 ms that must not delay the window, and an OSError
where the library is missing.
"""

from __future__ import annotations

import atexit
import importlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from desktop.audio import alsa_loops
from desktop.audio.interfaces import AudioLibraryError
from desktop.base import bundle
from desktop.base.message import Text

LIBRARY_MISSING = Text(
    "library-missing",
    "Sound needs the {library} library, which is not installed. Install it (on Debian and "
    "Ubuntu, the package {package}) and restart.",
)
SOUND_SYSTEM_BROKEN = Text("sound-system-broken", "The sound system won't start. Restart it and try again.")

CLOSING_S = 3.0
"""How long `refresh` waits for streams that are being closed, and for a bell to end."""

guard = threading.Condition(threading.RLock())
"""Held while PortAudio is initialised, queried or opening a stream: no two of these are safe at once."""
_in_use: set[int] = set()
_abandoned: list[object] = []


def load() -> Any:
    """The sounddevice module, with PortAudio initialised. Raises AudioLibraryError.

    PortAudio's list of devices is that of this moment, until `refresh`.
    """
    # Else libjack starts a server of its own on a machine that has none running.
    os.environ.setdefault("JACK_NO_START_SERVER", "1")
    with guard:
        sounddevice = _load("sounddevice")
        alsa_loops.silence()
        if not sounddevice._initialized:
            _initialise(sounddevice)
        return sounddevice


def opened(stream: object) -> None:
    """A stream is open: PortAudio must not be initialised again."""
    with guard:
        _in_use.add(id(stream))


def closed(stream: object) -> None:
    """A stream is closed."""
    with guard:
        _in_use.discard(id(stream))
        guard.notify_all()


def abandon(stream: object) -> None:
    """A stream stays open until the program ends, and then too: closing it would hang, or abort.

    PortAudio must be neither initialised again nor terminated: both close all streams.
    """
    with guard:
        if not _abandoned:
            atexit.unregister(load()._exit_handler)
        _abandoned.append(stream)


def has_abandoned() -> bool:
    """Whether a stream was abandoned."""
    return bool(_abandoned)


def refresh() -> bool:
    """Initialise PortAudio again, so that it sees the present devices. Blocks: 8 to 300 ms.

    False if any stream is still open: initialising again would close it under its owner. A stream whose
    server has died may never close, or is abandoned; then new devices are seen after the next start.

    Raises:
        AudioLibraryError: PortAudio doesn't start again. The next `load` tries once more.
    """
    with guard:
        if _abandoned or not guard.wait_for(lambda: not _in_use, CLOSING_S):
            return False
        sounddevice = _load("sounddevice")
        _initialise(sounddevice)
        return True


def _initialise(sounddevice: Any) -> None:
    try:
        with quiet():
            while sounddevice._initialized:
                sounddevice._terminate()
            sounddevice._initialize()
    except sounddevice.PortAudioError as exc:
        raise _broken(exc) from exc


def load_rtmixer() -> Any:
    """The rtmixer module, whose callbacks run in C. Raises AudioLibraryError."""
    load()
    return _load("rtmixer")


def _load(name: str) -> Any:
    try:
        with quiet():
            return importlib.import_module(name)
    except (OSError, ImportError) as exc:
        # A bundle contains PortAudio, and leaves its dependencies to the system.
        missing, package = ("ALSA", "libasound2") if bundle.FROZEN else ("PortAudio", "libportaudio2")
        raise AudioLibraryError(LIBRARY_MISSING(library=missing, package=package)) from exc
    except Exception as exc:  # sounddevice.PortAudioError, a class that isn't there if the import fails
        raise _broken(exc) from exc


def _broken(exc: Exception) -> AudioLibraryError:
    return AudioLibraryError(SOUND_SYSTEM_BROKEN(), reason(exc))


def reason(exc: Exception) -> str:
    """PortAudio's own words with those of the system: "… 'Connection refused' [ALSA error -111]"."""
    return str(exc)


SERVER_GONE = ("connection refused", "connection terminated", "server is not running", "jack server")
"""In what ALSA's plugin for PulseAudio, PulseAudio itself and JACK say when their server doesn't run."""


def server_is_gone(words: str) -> bool:
    """Whether these words of the sound system mean that its server doesn't run."""
    lower = words.lower()
    return any(known in lower for known in SERVER_GONE)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the output of C libraries out of the terminal: ALSA and JACK report each device they don't find.

    Standard error belongs to the whole process, so use this only while initialising and opening.
    """
    try:
        kept = os.dup(2)
    except OSError:  # there is no standard error, as in a windowed program on Windows
        yield
        return
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
