"""Receiving until a connection ends, and what its end means."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeGuard

from desktop.protocol import endings, events
from desktop.realtime.connection import Connection
from desktop.realtime.errors import DroppedError, EndedError

TERMINATING_S = 2.0
"""How long the close may take that `session.terminating` announces."""


async def receive_events(
    connection: Connection, handle: Callable[[events.Event], None], is_current: Callable[[], bool]
) -> None:
    """Yield the server's events until we close the connection, or it isn't the current one any more.

    Raises:
        DroppedError: the connection was lost.
        EndedError: the server ended the session. It announced that with an event, which is not handed on, or
            reported an error and closed.
    """
    last: events.SessionTerminating | events.Error | None = None
    error: events.Error | None = None
    abort: asyncio.TimerHandle | None = None
    try:
        async for event in connection.receive():
            if not is_current():
                return
            error = event if isinstance(event, events.Error) else None
            if last is None and _announces_end(event):
                last = event
                abort = asyncio.get_running_loop().call_later(TERMINATING_S, connection.abort)
            else:
                handle(event)
    except (DroppedError, EndedError) as exc:
        if last is not None:
            raise EndedError(endings.ending(last.code, last.message), last.code) from exc
        known = endings.reason(error.code, error.message) if error and exc.deliberate else None
        if error is None or known is None or isinstance(exc, EndedError):
            raise
        raise EndedError(known, error.code or exc.code) from exc
    finally:
        if abort:
            abort.cancel()


def _announces_end(event: events.Event) -> TypeGuard[events.SessionTerminating | events.Error]:
    return isinstance(event, events.SessionTerminating) or (
        isinstance(event, events.Error) and event.code in endings.FATAL
    )
