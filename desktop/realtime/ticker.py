"""How often a session looks at its devices and its clock."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

STEP_S = 0.010
"""While a take is open: one block of the device."""
LATE_S = 0.050
"""A step that comes later than this follows a stall: what was struck meanwhile isn't known yet."""
AFTER_LATE_S = 0.030
"""From such a step to the next: by then the window has read its events, those of X11 too, which another
thread brings."""
IDLE_STEP_S = 0.050
"""Otherwise: the rings hold seconds, what arrives is played at once, and the pre-roll can wait."""


class Ticker:
    """Calls `step` on the running loop, again and again, until it is stopped.

    A timer and not a task: a hundred times a second, a task's wake-up costs as much as the step.

    Args:
        step: called every STEP_S or IDLE_STEP_S.
        is_busy: whether it is STEP_S.
    """

    def __init__(self, step: Callable[[], None], is_busy: Callable[[], bool]) -> None:
        self._step = step
        self._is_busy = is_busy
        self._next: asyncio.TimerHandle | None = None
        self._planned = math.inf
        self.late = False
        """Whether the present step follows a stall. Never two in a row: the sound has to move some time."""

    def start(self) -> None:
        """Take a step now, and keep stepping."""
        loop = asyncio.get_running_loop()
        stalled = loop.time() - self._planned > LATE_S
        self.late = stalled and not self.late
        # The next one first: a step that fails is reported by the loop, and must not be the last.
        usual = STEP_S if self._is_busy() else IDLE_STEP_S
        self._schedule(AFTER_LATE_S if self.late else usual)
        self._step()

    def hurry(self) -> None:
        """Take the next step in STEP_S, whatever was planned."""
        self._schedule(STEP_S)

    def stop(self) -> None:
        """Take no more steps."""
        if self._next:
            self._next.cancel()
        self._planned = math.inf

    def _schedule(self, seconds: float) -> None:
        self.stop()
        loop = asyncio.get_running_loop()
        self._planned = loop.time() + seconds
        self._next = loop.call_later(seconds, self.start)
