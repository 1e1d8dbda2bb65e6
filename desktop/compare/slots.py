"""How many sessions may be open at once: a number that falls to one when the service allows no more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Slots:
    """Slots for sessions; `alone` is true once there is one only."""

    def __init__(self, count: int) -> None:
        self._limit = max(1, count)
        self._taken = 0
        self._changed = asyncio.Condition()

    @property
    def alone(self) -> bool:
        """Whether one session is opened after the other."""
        return self._limit == 1

    @property
    def taken(self) -> int:
        """How many are open."""
        return self._taken

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a slot, and have it until the block is left."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._taken < self._limit)
            self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1
            async with self._changed:
                self._changed.notify_all()

    def one_by_one(self) -> bool:
        """From now on one after the other; False if that was so already."""
        was, self._limit = self._limit, 1
        return was != 1
