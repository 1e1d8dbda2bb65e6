"""How often a session looks at its devices and its clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

STEP_S = 0.010
"""Between two looks while a take is open: one block of the device."""
REST_STEP_S = 0.050
"""The same otherwise: the rings hold seconds, what arrives is played at once, the pre-roll has no haste."""


class Ticker:
    """Calls `step` on the running loop, again and again; `hurried` says how soon. Stop it when done.

    A timer and not a task: a hundred times a second, a task's wake-up costs as much as the step.
    """

    def __init__(self, step: Callable[[], None], hurried: Callable[[], bool]) -> None:
        self._step = step
        self._hurried = hurried
        self._next: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Take a step now, and go on."""
        # The next one first: a step that fails is reported by the loop, and must not be the last.
        self._later(STEP_S if self._hurried() else REST_STEP_S)
        self._step()

    def hurry(self) -> None:
        """Take the next step soon, whatever was planned."""
        self._later(STEP_S)

    def stop(self) -> None:
        """Take no more steps."""
        if self._next:
            self._next.cancel()

    def _later(self, seconds: float) -> None:
        self.stop()
        self._next = asyncio.get_running_loop().call_later(seconds, self.start)
