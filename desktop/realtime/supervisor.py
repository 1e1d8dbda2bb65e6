"""The link of a session to the service: it connects, receives, renews, and connects again after a loss."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Literal, NamedTuple, TypeGuard

from desktop.protocol import commands, endings, events
from desktop.protocol.catalog import Model
from desktop.realtime import messages, renewal
from desktop.realtime.connection import Connection, FrameObserver
from desktop.realtime.endpoint import AskEndpoint
from desktop.realtime.errors import DroppedError, EndedError, RealtimeError, UnreachableError
from desktop.realtime.handshake import Opened, open_anew
from desktop.realtime.retry import PATIENCE_S, Backoff
from desktop.realtime.wake_up import WakeUp
from desktop.turn import inputs
from desktop.turn.effects import Calm

log = logging.getLogger(__name__)

STEADY_S = 10.0
"""A session that lived for so long was a good one: the waits begin anew. Else a server that ends every
session at once would be called again and again."""
PROBE_S = 3.0
"""How long a socket that may be dead has for its pong: a sleeping laptop's network needs a second or two."""
TERMINATING_S = 2.0
"""How long the close may take that `session.terminating` announces."""
REST_S = 1_800.0
"""How long it rests with the microphone ready: then the session is over for good."""

How = Literal["first", "again", "renewed"]


class Hooks(NamedTuple):
    """Who is told what. `handle` must not wait, nor must the others that aren't awaited.

    `handle`: a connection is being opened, every event of the server's, it dropped. `prepare`: a session
    is open; what must be ready before anything is sent is made ready. `opened`: now it is sent on it.
    `calm`: asked whether a session may be exchanged. `not_renewed`: another one could not be had.
    """

    handle: Callable[[inputs.Input | events.Event], None]
    prepare: Callable[[Opened], Awaitable[None]]
    opened: Callable[[Opened, How], None]
    calm: Callable[[], Calm]
    not_renewed: Callable[[], None]


class Supervisor:
    """The connection of now, and the next one. `run` it in a task; `close` makes `run` return.

    `config` is asked for before each try, and `endpoint` with it: a ticket may bind it.
    `patience` says for how many seconds a lost connection is tried again.
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
        self._patience = patience
        self._connection: Connection | None = None
        self._closing = False
        self._wake_up = WakeUp()
        # Probes, and closings of connections that were exchanged.
        self._beside: set[asyncio.Task[None]] = set()

    @property
    def round_trip_ms(self) -> float:
        """The last ping's round trip, 0 before the first."""
        return self._connection.round_trip_ms if self._connection else 0.0

    @property
    def renews_s(self) -> float:
        """The age in seconds from which a session is renewed, 0 where its longest life is not known."""
        return renewal.begins_s(self._model.cap_s) if self._model.cap_s else 0.0

    def retarget(self, endpoint: AskEndpoint) -> None:
        """Where the next connection is opened."""
        self._endpoint = endpoint

    def send(self, command: commands.Command) -> None:
        """Send a command; without a connection it is dropped."""
        if self._connection:
            self._connection.send(command)

    def hurry(self) -> None:
        """There is reason to connect now, without waiting; an open socket must show that it lives."""
        if self._connection is None:
            self._wake_up.come()
        else:
            self._do_beside(self._connection.probe(PROBE_S), "realtime probe")

    async def close(self) -> None:
        """End the session; what was sent before still goes out."""
        self._closing = True
        self._wake_up.come()
        if self._connection:
            await self._connection.close()

    async def run(self, hooks: Hooks) -> None:
        """Connect, receive, renew, reconnect, until `close` or an end that no retry can mend.

        Raises:
            RealtimeError: the session could not be opened or kept.
        """
        self._closing = False
        try:
            await self._run(hooks)
        finally:
            if self._beside:
                await asyncio.wait(self._beside)
        hooks.handle(inputs.Dropped(final=True))

    async def _run(self, hooks: Hooks) -> None:
        backoff: Backoff | None = None  # none before the first session: a first failure is told at once
        while not self._closing:
            hooks.handle(inputs.Connecting())
            opened_at = None
            try:
                self._wake_up.forget()
                opened = await self._wake_up.unless(self._open())
                if opened is None:
                    continue
                how: How = "again" if backoff else "first"
                backoff = backoff or Backoff(self._patience)
                opened_at = self._now()
                await self._live(opened, how, hooks)
                return
            except RealtimeError as exc:
                if opened_at and self._now() - opened_at > STEADY_S:
                    backoff = Backoff(self._patience)
                if not await self._wait_after(exc, backoff, opened_at is not None, hooks):
                    return

    async def _wait_after(
        self, exc: RealtimeError, backoff: Backoff | None, opened: bool, hooks: Hooks
    ) -> bool:
        """Wait for the next try; False when nobody asked for one. Raises `exc` when it is the end."""
        rests = isinstance(exc, EndedError) and exc.rests
        # Once there was a session, a service that answers oddly is one that starts again.
        again = rests or exc.retry or isinstance(exc, UnreachableError)
        delay = backoff.next_s(self._now(), exc.after_s, opened=opened) if backoff and again else None
        if backoff is None or delay is None:
            hooks.handle(inputs.Dropped(True, exc.message, exc.code, after_s=exc.after_s, action=exc.action))
            raise exc
        if self._closing:
            return False
        self._wake_up.forget()
        hooks.handle(inputs.Dropped(False, exc.message, exc.code, backoff.tried, delay, rests=rests))
        if rests and not self._wake_up.came:
            log.info("session rests (%s)", exc.code)
            backoff.hurry()
            return await self._wake_up.wait(REST_S)
        if rests:  # the user speaks already
            if backoff.tried == 1:
                return True
            self._wake_up.forget()
        log.info("session lost (%s %s), next try in %.1f s", type(exc).__name__, exc.code, delay)
        if await self._wake_up.wait(delay):
            backoff.hurry()
        return True

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def _open(self) -> Opened:
        # Anew for each try: the offline provider may have to be started again, at another port.
        return await open_anew(self._endpoint, self._config(), self._model, self._frames)

    async def _live(self, opened: Opened, how: How, hooks: Hooks) -> None:
        """Let sessions follow each other until we close. Raises RealtimeError when it is the other side."""
        connection = opened.connection
        try:
            await hooks.prepare(opened)
            if self._closing:
                return
            self._take(opened, how, hooks)
            while following := await self._until_followed(connection, hooks):
                self._do_beside(connection.close(), "realtime close")
                connection = following
        finally:
            current, self._connection = self._connection, None
            for one in {connection, current or connection}:
                await one.close()

    def _take(self, opened: Opened, how: How, hooks: Hooks) -> None:
        # In one go: what is sent goes to the connection that the turn believes in.
        self._connection = opened.connection
        hooks.opened(opened, how)

    async def _until_followed(self, connection: Connection, hooks: Hooks) -> Connection | None:
        """The connection that has taken the place of this one, or None when we close it."""
        receiving = asyncio.create_task(self._receive(connection, hooks), name="realtime receive")
        following = asyncio.create_task(self._follow(hooks), name="realtime renewal")
        try:
            await asyncio.wait((receiving, following), return_when=asyncio.FIRST_COMPLETED)
            if following.done():
                return following.result()
            receiving.result()
            return None
        finally:
            for task in (receiving, following):
                task.cancel()
            await asyncio.wait((receiving, following))
            for task in (receiving, following):
                if not task.cancelled():
                    task.exception()  # seen: what counts was raised above

    async def _follow(self, hooks: Hooks) -> Connection:
        """Let another session take over between two turns, when this one has nearly lived its life."""
        forever = asyncio.Event()
        if self._model.cap_s is None:
            await forever.wait()
        plan = renewal.Renewal(self._model.cap_s or 0, self._now())
        while True:
            await asyncio.sleep(plan.wait_s(self._now()))
            if not plan.due(self._now(), hooks.calm()):
                continue
            try:
                opened = await self._open()
            except RealtimeError as exc:
                log.info("session not renewed (%s %s)", type(exc).__name__, exc.code)
                hooks.not_renewed()
                if exc.action == "wait" and plan.due(self._now(), hooks.calm()):
                    # There may be only one at a time: then this one must go first.
                    raise DroppedError(messages.SESSION_NOT_RENEWED(), code=exc.code, retry=True) from exc
                await asyncio.sleep(renewal.AGAIN_S)
                continue
            try:
                await hooks.prepare(opened)
                while hooks.calm() == "busy" or self._closing:  # noqa: ASYNC110 - an answer has begun meanwhile
                    await asyncio.sleep(renewal.LOOK_S)
            except BaseException:
                await opened.connection.close()
                raise
            self._take(opened, "renewed", hooks)
            return opened.connection

    async def _receive(self, connection: Connection, hooks: Hooks) -> None:
        """The server's events until we close. Raises RealtimeError when it is the other side."""
        ending: events.SessionTerminating | events.Error | None = None
        abort: asyncio.TimerHandle | None = None
        try:
            if self._closing:
                return
            async for event in connection.receive():
                if self._connection is not connection:
                    return  # another has taken its place
                if ending is None and _ends(event):
                    ending = event
                    abort = asyncio.get_running_loop().call_later(TERMINATING_S, connection.abort)
                    continue
                hooks.handle(event)
        except (DroppedError, EndedError) as exc:
            if ending is None:
                raise
            raise EndedError(endings.ending(ending.code, ending.message), ending.code) from exc
        finally:
            if abort:
                abort.cancel()

    def _do_beside(self, work: Awaitable[None], name: str) -> None:
        async def done() -> None:
            await work

        task = asyncio.create_task(done(), name=name)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)


def _ends(event: events.Event) -> TypeGuard[events.SessionTerminating | events.Error]:
    return isinstance(event, events.SessionTerminating) or (
        isinstance(event, events.Error) and event.code in endings.FATAL
    )
