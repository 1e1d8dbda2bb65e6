"""PortAudio, loaded when it is first needed and kept quiet.

Importing sounddevice initialises PortAudio: 30 to 300 ms that nobody should wait for before the window
is there, and an OSError where the library is missing.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from desktop.audio.endpoints import AudioLibraryError


def load() -> Any:
    """The sounddevice module, with PortAudio initialised. Raises AudioLibraryError.

    PortAudio's list of devices is that of this moment for as long as the process lives: initialising it
    again kills the streams that are open.
    """
    # Else libjack starts a server of its own on a machine that has none running.
    os.environ.setdefault("JACK_NO_START_SERVER", "1")
    return _load("sounddevice")


def load_rtmixer() -> Any:
    """The rtmixer module, whose callbacks run in C. Raises AudioLibraryError."""
    load()
    return _load("rtmixer")


def _load(name: str) -> Any:
    try:
        with quiet():
            return importlib.import_module(name)
    except (OSError, ImportError) as exc:
        raise AudioLibraryError(
            "Sound needs the PortAudio library, and it is not installed. "
            "Install it (on Debian and Ubuntu the package libportaudio2) and start again."
        ) from exc
    except Exception as exc:  # sounddevice.PortAudioError, a class that isn't there if the import fails
        raise AudioLibraryError(f"The sound system doesn't start ({exc}). Restart it and try again.") from exc


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what C libraries print out of the terminal: ALSA and JACK report each device they don't find.

    Standard error is the whole process's, so this is only for the moments of initialising and opening.
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
