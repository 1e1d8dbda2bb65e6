"""Rounds of looking at the devices and arranging them: when there is a reason, and after a pause."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

log = logging.getLogger(__name__)

Look = Callable[[], Awaitable[None]]
Arrange = Callable[[bool], Awaitable[None]]


class DevicePoller:
    """Looks, then arranges what was seen; what can't wait for a look is arranged before it.

    `arrange` is called with whether it was looked already. Without `pause_s` it looks only when asked to.
    Both are awaited, so there is one round at a time; what fails is logged, and the next round comes.
    """

    def __init__(self, look: Look, arrange: Arrange) -> None:
        self.pause_s: Callable[[], float] | None = None
        """Seconds from one look to the next."""
        self._look = look
        self._arrange = arrange
        self._awake = asyncio.Event()
        self._look_due = False
        self._looked_at = 0.0
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def poll(self, look: bool = False) -> None:
        """Begin a round now, or as soon as the one under way is over."""
        self._look_due |= look
        self._awake.set()
        if self._task is None and not self._closed:
            self._task = asyncio.create_task(self._run(), name="sound devices")

    async def close(self) -> None:
        """Stop, and begin no more."""
        self._closed = True
        if self._task:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(self._next_look()):
                    await self._awake.wait()
            self._awake.clear()
            try:
                await self._round()
            except Exception:
                log.exception("the sound devices can't be looked after")

    def _next_look(self) -> float | None:
        return self._looked_at + self.pause_s() if self.pause_s else None

    async def _round(self) -> None:
        now = asyncio.get_running_loop().time()
        next_look = self._next_look()
        if self._look_due or (next_look is not None and now >= next_look):
            self._look_due = False
            await self._arrange(False)
            await self._look()
            self._looked_at = asyncio.get_running_loop().time()
        await self._arrange(True)
