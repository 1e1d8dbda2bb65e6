"""The sound devices behind the controller, imported when they are first needed.

PortAudio looks through all devices when it initialises, which takes up to a second: not before the first
paint, and not on the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from desktop.audio.devices import Device
from desktop.audio.endpoints import AudioError, Microphone, NoDeviceError, Speaker
from desktop.audio.levels import Ballistics, Level

Needle = tuple[float, float, bool]


class Audio(Protocol):
    """Where a session's streams come from. Its calls may block: not on the GUI thread."""

    def open(self, input_device: str, output_device: str) -> tuple[Microphone, Speaker, list[str]]:
        """The streams of these devices, not started yet, and words about those that are not there."""

    def ring(self, output_device: str) -> None:
        """Ring a bell. Raises AudioError."""


class DeviceAudio:
    """Real devices by name. Its calls block."""

    def open(self, input_device: str, output_device: str) -> tuple[Microphone, Speaker, list[str]]:
        """The streams of these devices, not started yet, and words about those that are not there.

        A chosen device that is gone is replaced by the default. Without any, starting the stream says so.
        """
        from desktop.audio.capture import Capture
        from desktop.audio.devices import find_input, find_output
        from desktop.audio.playback import Playback

        words: list[str] = []
        microphone = Capture(_found(find_input, input_device, words))
        return microphone, Playback(_found(find_output, output_device, words)), words

    def ring(self, output_device: str) -> None:
        """Ring a bell on a stream of its own. Raises AudioError."""
        from desktop.audio import chime
        from desktop.audio.devices import find_output

        chime.ring(_found(find_output, output_device, []))


def _found(find: Callable[[str | None], Device], wanted: str, words: list[str]) -> Device | None:
    if not wanted:
        return None
    try:
        return find(wanted)
    except NoDeviceError:
        words.append(f"{wanted} is not there: the system's default is used instead.")
    except AudioError:
        pass  # no sound at all: said when the stream is started
    return None


class Needles:
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
