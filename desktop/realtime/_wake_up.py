"""The supervisor's waits: they end early when the network is back, the user speaks or the session closes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable
from typing import TypeVar

from desktop.realtime.errors import RealtimeError

T = TypeVar("T")


class WakeUp:
    """Ends the present wait, or the next one. `reset` it before a wait that must ignore earlier triggers."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    @property
    def triggered(self) -> bool:
        """Whether it was triggered since `reset`."""
        return self._event.is_set()

    def trigger(self) -> None:
        """End the wait."""
        self._event.set()

    def reset(self) -> None:
        """Forget earlier triggers."""
        self._event.clear()

    async def wait(self, seconds: float) -> bool:
        """Wait at most this long; returns whether it was triggered."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        return True

    async def interruptible(self, work: Awaitable[T]) -> T | None:
        """The result of `work`, or None when it was triggered first: then the work is cancelled."""
        task = asyncio.ensure_future(work)
        triggered = asyncio.ensure_future(self._event.wait())
        try:
            await asyncio.wait({task, triggered}, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            triggered.cancel()
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, RealtimeError):
                    await task
