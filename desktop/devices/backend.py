"""The sound devices behind the window, imported when they are first needed.

PortAudio looks through all devices when it initialises, which takes up to a second: not before the first
paint, and not on the GUI thread.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from typing import Protocol

from desktop.audio.cues import Cue
from desktop.audio.devices import Device
from desktop.audio.interfaces import AudioError, Microphone, Speaker
from desktop.audio.levels import Ballistics, Level

log = logging.getLogger(__name__)

Needle = tuple[float, float, bool]


class AudioBackend(Protocol):
    """Where streams come from. Calls block and belong in a thread, except `microphone` and `speaker`."""

    def probe(self) -> Sequence[Device]:
        """The devices as they are now. Raises AudioError."""

    def known(self) -> Sequence[Device]:
        """The devices that can be opened: those that were there at the last `refresh`. Raises AudioError."""

    def refresh(self) -> bool:
        """See the devices of now; every stream must be closed. False if that can't be done."""

    @property
    def stuck(self) -> bool:
        """Whether `refresh` can't be done until the program ends."""

    def microphone(self, device: Device | None) -> Microphone:
        """A microphone that isn't open yet, the default one if None."""

    def speaker(self, device: Device | None) -> Speaker:
        """A speaker that isn't open yet, the default one if None."""

    def ring(self, device: Device | None) -> None:
        """Ring a bell. Raises AudioError."""

    def cue(self, name: Cue, device: Device | None) -> None:
        """Sound a cue where no session has the speaker. Raises AudioError."""


class SystemAudioBackend:
    """The machine's devices."""

    def probe(self) -> Sequence[Device]:
        """The devices as they are now, seen by a child process. Raises AudioError."""
        from desktop.audio.devices import probe_devices

        return probe_devices(PROBE)

    def known(self) -> Sequence[Device]:
        """The devices that can be opened. Raises AudioError."""
        from desktop.audio.devices import list_devices

        return list_devices()

    def refresh(self) -> bool:
        """See the devices of now; every stream must be closed."""
        from desktop.audio import portaudio

        try:
            seen = portaudio.refresh()
        except AudioError as exc:
            log.warning("%s", exc)
            return False
        if not seen:
            log.warning("new sound devices can't be opened: a stream that was lost isn't closed yet")
        return seen

    @property
    def stuck(self) -> bool:
        """Whether a stream of JACK has lost its server: see `portaudio.abandon`."""
        from desktop.audio import portaudio

        return portaudio.has_abandoned()

    def microphone(self, device: Device | None) -> Microphone:
        """A microphone that isn't open yet, the default one if None."""
        from desktop.audio.capture import Capture

        return Capture(device)

    def speaker(self, device: Device | None) -> Speaker:
        """A speaker that isn't open yet, the default one if None."""
        from desktop.audio.playback import Playback

        return Playback(device)

    def ring(self, device: Device | None) -> None:
        """Ring a bell on a stream of its own. Raises AudioError."""
        from desktop.audio import chime

        chime.ring_bell(device)

    def cue(self, name: Cue, device: Device | None) -> None:
        """Sound a cue on a stream of its own. Raises AudioError."""
        from desktop.audio import chime, cues

        chime.sound(cues.cue(name, chime.RATE), device)


PROBE = [sys.executable, "devices", "--json"] if getattr(sys, "frozen", False) else None
"""What lists the devices in the built program, which has no Python interpreter beside it."""


class MeterNeedles:
    """The two meters' needles, from the levels of now."""

    def __init__(self, levels: Callable[[], tuple[Level, Level]], clock: Callable[[], float]) -> None:
        self._levels = levels
        self._clock = clock
        self._meters = (Ballistics(), Ballistics())

    def both(self) -> tuple[Needle, Needle]:
        """Bar and peak mark in dBFS and the clip lamp: of the microphone, of the speaker."""
        now = self._clock()
        moved = [meter.update(level, now) for meter, level in zip(self._meters, self._levels(), strict=True)]
        first, second = ((n.bar_db, n.mark_db, n.clipped) for n in moved)
        return first, second
