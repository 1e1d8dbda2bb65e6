"""Waits that news can cut short: the network is back, the user speaks, the session is to be closed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable
from typing import TypeVar

from desktop.realtime.errors import RealtimeError

T = TypeVar("T")


class WakeUp:
    """News for whoever waits. `forget` what came before; from then on `come` cuts the next wait short."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    @property
    def came(self) -> bool:
        """Whether there was news since `forget`."""
        return self._event.is_set()

    def come(self) -> None:
        """There is news."""
        self._event.set()

    def forget(self) -> None:
        """What came until now is no news any more."""
        self._event.clear()

    async def wait(self, seconds: float) -> bool:
        """Wait so long at most; whether news came."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        return True

    async def unless(self, work: Awaitable[T]) -> T | None:
        """The result of `work`, or None when news broke it off."""
        task = asyncio.ensure_future(work)
        news = asyncio.ensure_future(self._event.wait())
        try:
            await asyncio.wait({task, news}, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            news.cancel()
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, RealtimeError):
                    await task
