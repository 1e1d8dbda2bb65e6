"""When a key or button was struck, by the clock that the sound is timed with.

A window that hung for seconds reads late what was struck meanwhile. What was said after a release must not be
sent, whenever the release is read.

Qt's time stamps are milliseconds of the window system's own clock, 32 bits of them on X11 and Wayland. That
clock is the one of `time.monotonic` wherever both run on this machine: X servers and compositors take
CLOCK_MONOTONIC, macOS the time since the start, Windows its tick count.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from PySide6.QtGui import QGuiApplication

WRAP_MS = 1 << 32
OLDEST_MS = 3_600_000.0
"""An event that seems older than this has a time of another clock."""
_SHARING = frozenset({"xcb", "wayland", "wayland-egl", "cocoa", "windows"})
"""Qt's platforms whose events have times. Others make them up, or leave them 0."""


class EventClock:
    """Turns the time stamps of one source's events into seconds of `clock`.

    Args:
        shared: whether the window system's clock is this machine's. If not, the quickest event is taken to
            have been read at once.
        clock: seconds that never run backwards.
    """

    def __init__(self, shared: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._shared = shared
        self._clock = clock
        self._offset_ms: float | None = 0.0 if shared else None

    def made_at(self, stamp_ms: int) -> float:
        """When an event with this time stamp was made; now if that isn't known."""
        now = self._clock()
        if not stamp_ms:
            return now
        behind = (now * 1_000 - stamp_ms) % WRAP_MS
        if behind > WRAP_MS / 2:
            behind -= WRAP_MS  # a little in the future: the two are read one after the other
        if self._offset_ms is None or (not self._shared and behind < self._offset_ms):
            self._offset_ms = behind
        late = behind - self._offset_ms
        return now - late / 1_000 if 0.0 <= late <= OLDEST_MS else now


def event_clock() -> EventClock | None:
    """A clock for the events of this program's windows; None where they have no times."""
    platform = QGuiApplication.platformName()
    if platform not in _SHARING:
        return None
    remote = platform == "xcb" and not os.environ.get("DISPLAY", "").startswith((":", "unix"))
    return EventClock(shared=not remote)


def made_at(clock: EventClock | None, stamp_ms: int) -> float:
    """When an event was made, in seconds of `time.monotonic`."""
    return clock.made_at(stamp_ms) if clock else time.monotonic()
