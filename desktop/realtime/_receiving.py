"""Receiving until a connection ends, and what its end means."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TypeGuard

from desktop.protocol import endings, events
from desktop.realtime.connection import Connection
from desktop.realtime.errors import DroppedError, EndedError

log = logging.getLogger(__name__)

FAULTS = 20
"""Events in a row that the program may fail at; then the session ends, which the user is told."""
TERMINATING_S = 2.0
"""How long the close may take that `session.terminating` announces."""


async def receive_events(
    connection: Connection, handle: Callable[[events.Event], None], is_current: Callable[[], bool]
) -> None:
    """Yield the server's events until we close the connection, or it isn't the current one any more.

    An event that `handle` fails at, which is a fault of ours, is dropped.

    Raises:
        DroppedError: the connection was lost.
        EndedError: the server ended the session. It announced that with an event, which is not handed on, or
            reported an error and closed.
        Exception: `handle` failed at `FAULTS` events in a row.
    """
    handle = _tolerating(handle)
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


def _tolerating(handle: Callable[[events.Event], None]) -> Callable[[events.Event], None]:
    faults = 0

    def try_to_handle(event: events.Event) -> None:
        nonlocal faults
        try:
            handle(event)
            faults = 0
        except Exception:
            faults += 1
            if faults == 1:  # the next ones say the same
                log.exception("%s could not be handled; the session goes on", type(event).__name__)
            if faults >= FAULTS:
                raise

    return try_to_handle


def _announces_end(event: events.Event) -> TypeGuard[events.SessionTerminating | events.Error]:
    return isinstance(event, events.SessionTerminating) or (
        isinstance(event, events.Error) and event.code in endings.FATAL
    )
