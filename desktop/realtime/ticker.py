"""How often a session looks at its devices and its clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

STEP_S = 0.010
"""While a take is open: one block of the device."""
IDLE_STEP_S = 0.050
"""Otherwise: the rings hold seconds, what arrives is played at once, and the pre-roll can wait."""


class Ticker:
    """Calls `step` on the running loop, again and again, until it is stopped.

    A timer and not a task: a hundred times a second, a task's wake-up costs as much as the step.

    Args:
        step: called every STEP_S or IDLE_STEP_S.
        is_busy: which of the two it is.
    """

    def __init__(self, step: Callable[[], None], is_busy: Callable[[], bool]) -> None:
        self._step = step
        self._is_busy = is_busy
        self._next: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Take a step now, and go on."""
        # The next one first: a step that fails is reported by the loop, and must not be the last.
        self._schedule(STEP_S if self._is_busy() else IDLE_STEP_S)
        self._step()

    def hurry(self) -> None:
        """Take the next step in STEP_S, whatever was planned."""
        self._schedule(STEP_S)

    def stop(self) -> None:
        """Take no more steps."""
        if self._next:
            self._next.cancel()

    def _schedule(self, seconds: float) -> None:
        self.stop()
        self._next = asyncio.get_running_loop().call_later(seconds, self.start)
