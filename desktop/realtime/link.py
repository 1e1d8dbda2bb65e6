"""The link of a session to the service: it connects, receives, and connects again when it was lost."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from desktop.protocol import commands, events, inputs
from desktop.protocol.catalog import Model
from desktop.realtime.connection import Connection, FrameObserver
from desktop.realtime.endpoint import AskEndpoint
from desktop.realtime.errors import DroppedError, RealtimeError, UnreachableError
from desktop.realtime.opening import Opened, open_anew
from desktop.realtime.retry import PATIENCE_S, Backoff

log = logging.getLogger(__name__)

T = TypeVar("T")

STEADY_S = 10.0
"""A session that lived for so long was a good one: the waits begin anew. Else a server that ends every
session at once would be called again and again."""
PROBE_S = 3.0
"""How long a socket that may be dead has for its pong: a sleeping laptop's network needs a second or two."""
TERMINATING_S = 2.0
"""How long the close may take that `session.terminating` announces."""

Handle = Callable[[inputs.Input | events.Event], None]


class Link:
    """The connection of now, and the next one. `run` it in a task; `close` makes `run` return.

    `config` is asked for before each try, and `endpoint` with it: a ticket may bind it.
    `patience` says for how many seconds a lost connection is tried again.
    `handle` is told that a connection is being opened, every event of the server's, and that it dropped;
    `on_open` is called when a session is open, `again` after a reconnect, and tells `handle` itself.
    """

    def __init__(
        self,
        endpoint: AskEndpoint,
        config: Callable[[], commands.Config],
        model: Model,
        frames: FrameObserver | None,
        patience: Callable[[], float] = lambda: PATIENCE_S,
    ) -> None:
        self._endpoint = endpoint
        self._config = config
        self._model = model
        self._frames = frames
        self._connection: Connection | None = None
        self._patience = patience
        self._closing = asyncio.Event()
        # Set by whatever must not wait for a pause's end: closing, and news that it may go well now.
        self._stirred = asyncio.Event()
        self._probing: asyncio.Task[None] | None = None

    @property
    def up(self) -> bool:
        """Whether a session is open."""
        return self._connection is not None

    @property
    def round_trip_ms(self) -> float:
        """The last ping's round trip, 0 before the first."""
        return self._connection.round_trip_ms if self._connection else 0.0

    def retarget(self, endpoint: AskEndpoint) -> None:
        """Where the next connection is opened."""
        self._endpoint = endpoint

    def send(self, command: commands.Command) -> None:
        """Send a command; without a connection it is dropped."""
        if self._connection:
            self._connection.send(command)

    def hurry(self) -> None:
        """The network is back, or the computer woke: try now; an open socket must show that it lives."""
        if self._connection is None:
            self._stirred.set()
        elif self._probing is None or self._probing.done():
            self._probing = asyncio.create_task(self._connection.probe(PROBE_S), name="realtime probe")

    async def close(self) -> None:
        """End the session; what was sent before still goes out."""
        self._closing.set()
        self._stirred.set()
        if self._connection:
            await self._connection.close()

    async def run(self, handle: Handle, on_open: Callable[[Opened, bool], Awaitable[None]]) -> None:
        """Connect, receive, reconnect, until `close` or an end that no retry can mend.

        Raises:
            RealtimeError: the session could not be opened or kept.
        """
        self._closing.clear()
        backoff: Backoff | None = None  # none before the first session: a first failure is told at once
        while not self._closing.is_set():
            handle(inputs.Connecting())
            opened_at = None
            try:
                opened = await self._unless_stirred(self._open())
                if opened is None:
                    continue
                self._connection = opened.connection
                await on_open(opened, backoff is not None)
                backoff = backoff or Backoff(self._patience)
                opened_at = self._now()
                await self._receive(opened.connection, handle)
                break
            except RealtimeError as exc:
                if opened_at and self._now() - opened_at > STEADY_S:
                    backoff = Backoff(self._patience)
                # Once there was a session, a service that answers oddly is one that starts again.
                again = exc.retry or isinstance(exc, UnreachableError)
                opened_it = opened_at is not None
                delay = (
                    backoff.next_s(self._now(), exc.after_s, opened=opened_it) if backoff and again else None
                )
                if backoff is None or delay is None:
                    handle(inputs.Dropped(final=True, message=str(exc), code=exc.code))
                    raise
                handle(inputs.Dropped(False, str(exc), exc.code, backoff.tried, delay))
                log.info("session lost (%s %s), next try in %.1f s", type(exc).__name__, exc.code, delay)
                if await self._pause(delay):
                    backoff.hurry()
        handle(inputs.Dropped(final=True))

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def _open(self) -> Opened:
        # Anew for each try: the offline provider may have to be started again, at another port.
        return await open_anew(self._endpoint, self._config(), self._model, self._frames)

    async def _receive(self, connection: Connection, handle: Handle) -> None:
        """The server's events until we close. Raises DroppedError when it is the other side."""
        ending: events.SessionTerminating | None = None
        abort: asyncio.TimerHandle | None = None
        try:
            if self._closing.is_set():
                return
            async for event in connection.receive():
                if isinstance(event, events.SessionTerminating) and ending is None:
                    ending = event
                    abort = asyncio.get_running_loop().call_later(TERMINATING_S, connection.abort)
                handle(event)
        except DroppedError as exc:
            if ending is None:
                raise
            said = ending.message or "The service ended the session."
            raise DroppedError(f"{said} Connect again to go on.", code=ending.code) from exc
        finally:
            if abort:
                abort.cancel()
            self._connection = None
            if self._probing:
                self._probing.cancel()
            await connection.close()

    async def _pause(self, delay_s: float) -> bool:
        """Wait so long, or until `close` or `hurry`: whether it was one of these."""
        self._stirred.clear()
        if self._closing.is_set():
            return True
        try:
            async with asyncio.timeout(delay_s):
                await self._stirred.wait()
        except TimeoutError:
            return False
        return True

    async def _unless_stirred(self, work: Awaitable[T]) -> T | None:
        """The result of `work`, or None when it is broken off by `close` or `hurry`."""
        self._stirred.clear()
        if self._closing.is_set():
            self._stirred.set()
        task = asyncio.ensure_future(work)
        stirred = asyncio.ensure_future(self._stirred.wait())
        try:
            await asyncio.wait({task, stirred}, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            stirred.cancel()
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, RealtimeError):
                    await task
