"""Keeps a session connected: it opens, receives, renews, and connects again after a loss."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from desktop.base.message import Message, MessageError
from desktop.base.task_set import TaskSet
from desktop.protocol import commands
from desktop.protocol.catalog import Model
from desktop.realtime import messages, renewal
from desktop.realtime._receiving import receive_events
from desktop.realtime._successor import Successor
from desktop.realtime._wake_up import WakeUp
from desktop.realtime.connection import Connection, FrameObserver
from desktop.realtime.endpoint import EndpointProvider
from desktop.realtime.errors import EndedError, RealtimeError, UnreachableError
from desktop.realtime.handshake import Opened, open_anew
from desktop.realtime.retry import PATIENCE_S
from desktop.realtime.retry_rule import RetryRule
from desktop.realtime.supervisor_callbacks import OpenReason, SupervisorCallbacks
from desktop.realtime.take_recordings import RecordedSound
from desktop.turn import inputs

log = logging.getLogger(__name__)

PROBE_S = 3.0
"""How long a socket that may be dead has for its pong: a sleeping laptop's network needs a second or two."""
REST_S = 1_800.0
"""How long it rests with the microphone ready: then the session is over for good."""


class Supervisor:
    """Owns the present connection and the next one. `run` it in a task; `close` makes `run` return.

    Args:
        endpoint: asked for before each try, with the configuration, which a ticket may bind.
        config: asked for before each try.
        model: its longest session life decides when sessions are renewed.
        frames: sees every frame, both ways.
        patience: asked after each try that failed for how many seconds a lost connection is retried.
    """

    def __init__(
        self,
        endpoint: EndpointProvider,
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
        self._closing = self._keeps = False
        self._wake_up = WakeUp()
        self._rests = False
        self._last: Connection | None = None
        self._put_down = asyncio.Event()
        """Set when we close the connection to rest, so that nobody takes that for a loss."""
        self._callbacks: SupervisorCallbacks | None = None
        # Probes, and the closing of connections that were replaced.
        self._background = TaskSet()

    @property
    def connected(self) -> bool:
        """Whether commands reach the service."""
        return self._connection is not None

    @property
    def round_trip_ms(self) -> float:
        """The last ping's round trip, 0 before the first."""
        return self._connection.round_trip_ms if self._connection else 0.0

    @property
    def renews_s(self) -> float:
        """The age in seconds from which a session is renewed, 0 where its longest life is not known."""
        return renewal.begins_s(self._model.cap_s) if self._model.cap_s else 0.0

    def retarget(self, endpoint: EndpointProvider) -> None:
        """Where the next connection is opened."""
        self._endpoint = endpoint

    def send(self, command: commands.Command) -> None:
        """Send a command; without a connection it is dropped."""
        if self._connection:
            self._connection.send(command)

    def send_sound(self, sound: RecordedSound) -> None:
        """Send a recording; without a connection it is dropped."""
        if self._connection:
            self._connection.send_sound(sound)

    @property
    def unsent_bytes(self) -> int:
        """How much sound waits to be sent: bytes of PCM16."""
        return self._connection.unsent_bytes if self._connection else 0

    @property
    def holds_turn(self) -> bool:
        """Whether anything waits to be sent that a response depends on."""
        return self._connection is not None and self._connection.holds_turn

    def connect_now(self) -> None:
        """Connect without waiting any longer; an open connection must show that it is alive."""
        if self._connection is None:
            self._wake_up.trigger()
        else:
            self._background.spawn(self._connection.probe(PROBE_S), name="realtime probe")

    def rest(self, why: Message, code: str, *, held: bool = False) -> bool:
        """Close the connection until it is needed; `held`: until `connect_now`. False if it can't rest now.

        The turn learns of it in the same step, so that a press that follows is kept at once.
        """
        connection, callbacks = self._connection, self._callbacks
        if self._closing or callbacks is None or (connection is None and not self._rests):
            return False
        if connection is not None:
            log.info("session rests (%s)", code)
            self._connection = None
            self._rests = True
            self._wake_up.reset()
            self._put_down.set()
            self._last = connection
        callbacks.handle(inputs.Dropped(False, why, code, rests=True, held=held))
        return True

    async def close(self, *, keep: bool = False) -> None:
        """End the session; what was sent before still goes out. `keep`: see `inputs.Dropped`."""
        self._closing = True
        self._keeps = self._keeps or keep
        self._wake_up.trigger()
        if self._connection:
            await self._connection.close()

    async def run(self, callbacks: SupervisorCallbacks) -> None:
        """Connect, receive, renew, reconnect, until `close` or an end that no retry can mend.

        Raises:
            RealtimeError: the session could not be opened or kept.
        """
        self._closing = self._keeps = self._rests = False
        self._callbacks = callbacks
        try:
            await self._keep_connected(callbacks)
        except RealtimeError:
            raise  # the turn knows
        except Exception:
            # A fault of ours: the turn must not believe in a connection, and keeps what was said.
            callbacks.handle(inputs.Dropped(True, messages.CONNECTION_DROPPED()))
            raise
        finally:
            await self._background.join()
        callbacks.handle(inputs.Dropped(final=True, keeps=self._keeps))

    async def _keep_connected(self, callbacks: SupervisorCallbacks) -> None:
        rule = RetryRule(self._patience)
        while not self._closing:
            callbacks.handle(inputs.Connecting())
            try:
                self._wake_up.reset()
                opened = await self._wake_up.interruptible(self._open())
                if opened is None:
                    continue
                reason: OpenReason = "reconnect" if rule.sessions else "first"
                rule.session_opened(self._now())
                await self._stay_connected(opened, reason, callbacks)
                if not self._put_down.is_set() or self._closing:
                    return
                rule.start_over()
                if not await self._woken():
                    return
            except RealtimeError as exc:
                if not await self._wait_after(exc, rule, callbacks):
                    return

    async def _wait_after(self, exc: RealtimeError, rule: RetryRule, callbacks: SupervisorCallbacks) -> bool:
        """Wait for the next try; False when nobody asked for one. Raises `exc` when it is the end."""
        rests = isinstance(exc, EndedError) and exc.rests
        delay = rule.next_s(exc, callbacks.unanswered_turn(), self._now())
        if delay is None:
            callbacks.handle(
                inputs.Dropped(
                    True,
                    exc.message,
                    exc.code,
                    after_s=exc.after_s,
                    action=exc.action,
                    unreachable=exc.unreachable,
                )
            )
            raise exc
        if self._closing:
            return False
        self._wake_up.reset()
        callbacks.handle(inputs.Dropped(False, exc.message, exc.code, rule.tried, delay, rests=rests))
        if rests and not self._wake_up.triggered:
            log.info("session rests (%s)", exc.code)
            rule.start_over()
            self._rests = True
            return await self._woken()
        if rests:  # the user is speaking already
            if rule.tried == 1:
                return True
            self._wake_up.reset()
        log.info("session lost (%s %s), next try in %.1f s", type(exc).__name__, exc.code, delay)
        if await self._wake_up.wait(delay):
            rule.start_over()
        return True

    async def _woken(self) -> bool:
        """Wait until the connection is needed again; False when it was not."""
        try:
            return await self._wake_up.wait(REST_S)
        finally:
            self._rests = False

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def _open(self) -> Opened:
        # Anew for each try: the offline provider may have to be started again, at another port.
        try:
            return await open_anew(self._endpoint, self._config(), self._model, self._frames)
        except RealtimeError:
            raise
        except MessageError as exc:  # of the endpoint, as a demo that doesn't start
            raise UnreachableError(exc.message, code="no_endpoint", retry=True) from exc

    async def _stay_connected(
        self, opened: Opened, reason: OpenReason, callbacks: SupervisorCallbacks
    ) -> None:
        """Let sessions follow each other until we close, or rest.

        Raises:
            RealtimeError: the service ended one.
        """
        connection = opened.connection
        self._put_down.clear()
        try:
            await callbacks.prepare(opened)
            if self._closing:
                return
            self._take_over(opened, reason, callbacks)
            while successor := await self._until_replaced(connection, callbacks):
                self._background.spawn(connection.close(), name="realtime close")
                connection = successor
        finally:
            current, self._connection = self._connection, None
            if self._put_down.is_set() and not self._closing:
                current, self._last = self._last, None
            for one in {connection, current or connection}:
                if self._put_down.is_set() and not self._closing:
                    # The next press must not wait for that.
                    self._background.spawn(one.close(), name="realtime close")
                else:
                    await one.close()

    def _take_over(self, opened: Opened, reason: OpenReason, callbacks: SupervisorCallbacks) -> None:
        # No await in between: commands must go to the connection that the turn believes in.
        self._connection = opened.connection
        callbacks.opened(opened, reason)

    async def _until_replaced(
        self, connection: Connection, callbacks: SupervisorCallbacks
    ) -> Connection | None:
        """The connection that has taken the place of this one, or None when we close it or put it down."""
        receiving = asyncio.create_task(self._receive(connection, callbacks), name="realtime receive")
        renewing = asyncio.create_task(self._renew(callbacks), name="realtime renewal")
        put_down = asyncio.create_task(self._put_down.wait(), name="realtime rest")
        try:
            await asyncio.wait((receiving, renewing, put_down), return_when=asyncio.FIRST_COMPLETED)
            if self._put_down.is_set():
                return None
            if renewing.done():
                return renewing.result()
            receiving.result()
            return None
        finally:
            for task in (receiving, renewing, put_down):
                task.cancel()
            await asyncio.wait((receiving, renewing, put_down))
            for task in (receiving, renewing):
                if not task.cancelled():
                    task.exception()  # retrieved: the error that counts was raised above

    async def _receive(self, connection: Connection, callbacks: SupervisorCallbacks) -> None:
        if not self._closing:
            await receive_events(connection, callbacks.handle, lambda: self._connection is connection)

    async def _renew(self, callbacks: SupervisorCallbacks) -> Connection:
        """Let another session take over between two turns; never if a session's life has no limit."""
        if self._model.cap_s is None:
            await asyncio.Event().wait()
        successor = Successor(self._model.cap_s or 0, self._open, callbacks, lambda: self._closing)
        opened = await successor.open()
        self._take_over(opened, "renewal", callbacks)
        return opened.connection
