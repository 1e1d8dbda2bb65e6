"""How often a session looks at its devices and its clock."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Protocol

STEP_S = 0.010
"""While a take is open: one block of the device."""
LATE_S = 0.050
"""A step that comes later than this follows a stall: what was struck meanwhile isn't known yet."""
AFTER_LATE_S = 0.030
"""From such a step to the next: by then the window has read its events, those of X11 too, which another
thread brings."""
IDLE_STEP_S = 0.050
"""While something plays or is waited for: what arrives is played at once, and the rings hold seconds."""
REST_STEP_S = 0.250
"""Otherwise: a device that is lost is noticed, and the microphone's ring doesn't fill."""


class Timer(Protocol):
    """Calls back again and again."""

    def start(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call this every so many seconds from now on, and nothing else."""

    def stop(self) -> None:
        """Call nothing any more."""


class LoopTimer:
    """A `Timer` of the running loop's. It is made anew each time: where there is Qt, Qt's own is cheaper."""

    def __init__(self) -> None:
        self._next: asyncio.TimerHandle | None = None

    def start(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call this every so many seconds from now on."""
        self.stop()
        loop = asyncio.get_running_loop()

        def call() -> None:
            # The next one first: a call that fails is reported by the loop, and must not be the last.
            self._next = loop.call_later(seconds, call)
            callback()

        self._next = loop.call_later(seconds, call)

    def stop(self) -> None:
        """Call nothing any more."""
        if self._next:
            self._next.cancel()


class Ticker:
    """Calls `step` on the running loop, again and again, until it is stopped.

    A timer and not a task: a hundred times a second, a task's wake-up costs as much as the step.

    Args:
        step: called every STEP_S, IDLE_STEP_S or REST_STEP_S.
        pace: which of them.
        timer: drives it.
    """

    def __init__(self, step: Callable[[], None], pace: Callable[[], float], timer: Timer) -> None:
        self._step = step
        self._pace = pace
        self._timer = timer
        self._interval = math.inf
        self._planned = math.inf
        self.late = False
        """Whether the present step follows a stall. Never two in a row: the sound has to move some time."""
        self.stalled_since = -math.inf
        """When the step before the last stall was taken, by the loop's clock."""
        self._stepped_at = -math.inf

    def start(self) -> None:
        """Take a step now, and keep stepping."""
        now = asyncio.get_running_loop().time()
        stalled = now - self._planned > LATE_S
        self.late = stalled and not self.late
        if self.late:
            self.stalled_since = self._stepped_at
        self._stepped_at = now
        self._go_on(AFTER_LATE_S if self.late else self._pace(), now)
        self._step()

    def hurry(self) -> None:
        """Take the next step in STEP_S, whatever was planned."""
        self._interval = math.inf
        self._go_on(STEP_S, asyncio.get_running_loop().time())

    def next_in(self, seconds: float) -> None:
        """Take the next step in so many seconds, and go on from there."""
        if seconds != self._interval:
            self._go_on(seconds, asyncio.get_running_loop().time())

    def wake(self) -> None:
        """There is something to do again: the next step comes soon, where it was far off."""
        if self._interval >= REST_STEP_S:
            self.hurry()

    def stop(self) -> None:
        """Take no more steps."""
        self._timer.stop()
        self._interval = self._planned = math.inf

    def _go_on(self, seconds: float, now: float) -> None:
        self._planned = now + seconds
        if seconds != self._interval:
            self._interval = seconds
            self._timer.start(seconds, self.start)
