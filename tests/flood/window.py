"""The real window, which tells how it fares: python -m tests.flood.window --model … --base-url …

It prints a line for each state of the session, with the time of `time.monotonic()`, and once a second the
longest time for which its thread handled no event, by the clock and by its own work.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from PySide6.QtCore import QTimer

from desktop.app import main
from desktop.app.build import Parts
from desktop.audio.devices import Device
from desktop.audio.fake_streams import FakeClock, FakeStreams
from desktop.audio.fakes import FakeAudioBackend
from desktop.audio.interfaces import Speaker
from desktop.audio.playback import Playback
from desktop.cli.main import main as run

CARD = Device("Card", "ALSA", 1, 1, 48_000, is_default_input=True, is_default_output=True)
LOOK_MS = 5
TELL_MS = 1_000


class Backend(FakeAudioBackend):
    """A microphone that hears nothing, and a real speaker's queue on a device that takes nothing."""

    def speaker(self, device: Device | None) -> Speaker:  # type: ignore[override]
        """A new one."""
        return Playback(streams=FakeStreams(rate=48_000), clock=FakeClock())


class Pulse:
    """Looks every few milliseconds, and tells how late it was."""

    def __init__(self) -> None:
        self._looked = time.monotonic(), time.thread_time()
        self._longest = [0.0, 0.0]
        self._looking = QTimer(interval=LOOK_MS)
        self._looking.timeout.connect(self._look)
        self._telling = QTimer(interval=TELL_MS)
        self._telling.timeout.connect(self._tell)
        self._looking.start()
        self._telling.start()

    def _look(self) -> None:
        now = time.monotonic(), time.thread_time()
        for at, (before, after) in enumerate(zip(self._looked, now, strict=True)):
            self._longest[at] = max(self._longest[at], after - before)
        self._looked = now

    def _tell(self) -> None:
        clock, work = self._longest
        print(f"stall {1_000 * clock:.0f} {1_000 * work:.0f}", flush=True)
        self._longest = [0.0, 0.0]


def show() -> None:
    """Show it until it is ended."""
    app: Any = main
    build, pulses = app.build, list[Pulse]()

    def built(*arguments: object) -> Parts:
        parts: Parts = build(*arguments)
        parts.controller.state_changed.connect(
            lambda state: print(f"state {state.value} {time.monotonic():.3f}", flush=True)
        )
        pulses.append(Pulse())
        return parts

    app.build = built
    app.SystemAudioBackend = lambda: Backend(CARD)
    sys.exit(run())


if __name__ == "__main__":
    show()
