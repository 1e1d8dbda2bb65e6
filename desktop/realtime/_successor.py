"""Opening the session that takes over before the open one has reached the longest time it may live."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from desktop.realtime import messages, renewal
from desktop.realtime.errors import DroppedError, RealtimeError
from desktop.realtime.handshake import Opened
from desktop.realtime.supervisor_callbacks import SupervisorCallbacks

log = logging.getLogger(__name__)


class Successor:
    """Opens the next session between two turns. One for each session that has a longest life.

    Args:
        cap_s: how long the session that was opened just now may live.
        open_session: opens another one.
        callbacks: `prepare`, `activity` and `not_renewed` of them are called.
        is_closing: whether no session is wanted any more: then `open` waits to be cancelled.
    """

    def __init__(
        self,
        cap_s: float,
        open_session: Callable[[], Awaitable[Opened]],
        callbacks: SupervisorCallbacks,
        is_closing: Callable[[], bool],
    ) -> None:
        self._plan = renewal.RenewalPlan(cap_s, _now())
        self._open_session = open_session
        self._callbacks = callbacks
        self._is_closing = is_closing

    async def open(self) -> Opened:
        """Another session, as soon as it is time; the turn is quiet at the moment when it returns.

        Raises:
            DroppedError: the open session must go before there can be another one.
        """
        while True:
            await asyncio.sleep(self._plan.wait_s(_now()))
            if not self._due():
                continue
            try:
                opened = await self._open_session()
            except RealtimeError as exc:
                await self._wait_after(exc)
                continue
            try:
                await self._callbacks.prepare(opened)
                # A response may have begun meanwhile.
                while self._callbacks.activity() == "busy" or self._is_closing():  # noqa: ASYNC110
                    await asyncio.sleep(renewal.LOOK_S)
            except BaseException:
                await opened.connection.close()
                raise
            return opened

    async def _wait_after(self, exc: RealtimeError) -> None:
        log.info("session not renewed (%s %s)", type(exc).__name__, exc.code)
        self._callbacks.not_renewed()
        if exc.action == "wait" and self._due():
            # There may be only one at a time: then the open one must go first.
            raise DroppedError(messages.SESSION_NOT_RENEWED(), code=exc.code, retry=True) from exc
        await asyncio.sleep(renewal.RETRY_S)

    def _due(self) -> bool:
        return self._plan.due(_now(), self._callbacks.activity())


def _now() -> float:
    return asyncio.get_running_loop().time()
