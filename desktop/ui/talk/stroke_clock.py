"""Tells taps by when the events were made, where they are read at once after a stall."""

from __future__ import annotations

import time
from collections.abc import Callable

from desktop.ui.talk.tap_lock import TAP_S, WINDOW_S


class StrokeClock:
    """Compares the times of one key's events with the times at which they are read.

    A window that hung for some seconds reads all that was typed meanwhile in one go. Two long strokes would
    be two quick taps then, and lock the microphone open with nobody at the key.

    Args:
        clock: seconds that never run backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._made = 0.0
        self._read = 0.0

    def press(self, at_ms: int) -> bool:
        """The key went down at this time of the window system; True: a tap before it was longer ago."""
        return self._is_longer(WINDOW_S, at_ms)

    def release(self, at_ms: int) -> bool:
        """The key went up; True: it was no tap, though it would be taken for one."""
        return self._is_longer(TAP_S, at_ms)

    def _is_longer(self, limit_s: float, at_ms: int) -> bool:
        made, read = at_ms / 1_000, self._clock()
        longer = made - self._made > limit_s >= read - self._read
        self._made, self._read = made, read
        return longer
