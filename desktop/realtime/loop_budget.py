"""The share of the event loop that receiving may take before everybody else has a turn.

Queued frames are handed on without waiting, so a task that receives them would never let the loop go while
more of them come: the window would freeze for as long as a service talks fast.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

BUDGET_S = 0.008
"""Of work at a time. Half of what a window of 60 Hz has between two pictures."""


class LoopBudget:
    """Counts the time since the loop was last let go. `clock` gives seconds that never run backwards."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since = clock()

    @property
    def spent(self) -> bool:
        """Whether it is time for the others."""
        return self._clock() - self._since >= BUDGET_S

    def renew(self) -> None:
        """The others have had their turn."""
        self._since = self._clock()

    async def breathe(self) -> None:
        """Let the others have a turn, if it is time."""
        if self.spent:
            await asyncio.sleep(0)
            self.renew()
