"""One WebSocket to the service: open it, send commands, receive events, close it.

Sending never waits: commands go into an outbox that one task empties. Receiving is one `async for`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import AsyncIterator, Callable
from typing import Literal

import msgspec
from websockets.exceptions import ConnectionClosed

from desktop import __version__
from desktop.base.shielded import shielded
from desktop.base.task_set import TaskSet
from desktop.protocol import codec, commands, events, stepwise
from desktop.realtime import keep_alive, messages
from desktop.realtime.endpoint import Endpoint as Endpoint
from desktop.realtime.errors import (
    DroppedError,
    RealtimeError,
    dropped,
)
from desktop.realtime.keep_alive import KeepAlive, WatchedSocket
from desktop.realtime.loop_budget import LoopBudget
from desktop.realtime.opening import open_socket
from desktop.realtime.outbox import Outbox
from desktop.realtime.take_recordings import RecordedSound

log = logging.getLogger(__name__)

MAX_FRAME = 16 * 1024 * 1024
"""Bytes of an incoming frame, as other clients allow: four minutes of sound. Compression, which could hide
more, is never agreed on."""
OPEN_TIMEOUT_S = 10.0
MOST_ROUND_TRIP_S = 60.0
"""What a round trip is cut to where it is shown: a laptop may sleep between a ping and its pong."""
BEHIND_CLOSE_S = 0.5
"""How long the close may take while more comes in than is read."""
READ_AFTER_CLOSE_S = 0.1
"""How long what had come in is still read after we closed the connection. It may be seconds of a flood."""
BREATHER = 32
"""Frames that are sent at most before everybody else has a turn, while more of them wait."""


class Frame(msgspec.Struct, frozen=True):
    """One frame as the event log sees it. `size` is in bytes on the wire; it holds no credential.

    `wire` is the frame of an event as it came: of what is long in it the event has only the beginning.
    `at`: when it came from the socket, or was handed to it, by `time.monotonic`; 0 where nobody looked.
    """

    direction: Literal["in", "out"]
    message: events.Event | commands.Command
    size: int
    wire: bytes = b""
    at: float = 0.0


FrameObserver = Callable[[Frame], None]


class Connection:
    """An open socket. Make it with `open`; whoever opened it closes it."""

    def __init__(self, socket: WatchedSocket, observe: FrameObserver | None) -> None:
        self._socket = socket
        self._observe = shielded(observe, "an observer of frames") if observe else None
        self._outbox = Outbox()
        self._keep_alive = KeepAlive(socket)
        self._read_until = math.inf
        self._has_failed = False
        """Whether our decoding has failed at a frame."""
        self._sender = TaskSet()
        self._sender.spawn(self._send_all(), name="realtime sender")

    @classmethod
    async def open(cls, endpoint: Endpoint, observe: FrameObserver | None = None) -> Connection:
        """Connect and authenticate.

        Raises:
            RealtimeError: an `AddressError`, `CredentialError`, `UnreachableError` or `RefusedError`.
        """
        socket = await open_socket(
            endpoint,
            user_agent_header=f"presstalk/{__version__}",
            compression=None,  # base64 of PCM doesn't compress, and deflate costs latency
            max_size=MAX_FRAME,
            ping_interval=None,  # `KeepAlive` pings
            open_timeout=OPEN_TIMEOUT_S,
            close_timeout=keep_alive.CLOSE_TIMEOUT_S,
        )
        return cls(socket, observe)

    @property
    def unsent_bytes(self) -> int:
        """How much sound waits to be sent: bytes of PCM16."""
        return self._outbox.audio_bytes

    @property
    def holds_turn(self) -> bool:
        """Whether anything waits to be sent that a response depends on."""
        return self._outbox.holds_turn

    def send(self, command: commands.Command) -> None:
        """Send a command after all that waits; never waits itself, never raises. A dead socket drops it.

        Where nothing waits, it is in the system's buffer when this returns.
        """
        if self._outbox.idle and self._socket.takes_at_once:
            if frame := self._encoded(command):
                self._socket.send_at_once(frame)
        else:
            self._outbox.put(command)

    def send_sound(self, sound: RecordedSound) -> None:
        """Send a recording as `audio.append` frames, as fast as the network takes them."""
        self._outbox.put_sound(sound)

    async def receive(self) -> AsyncIterator[events.Event]:
        """The server's events until the connection ends. Fast ones leave time for the rest of the program.

        A frame with more than ten seconds of sound is several events.

        Raises:
            DroppedError, EndedError: it ended, and not because we closed it.
        """
        budget, loop = LoopBudget(), asyncio.get_running_loop()
        try:
            while True:
                frame = await self._socket.recv(decode=False)
                at = time.monotonic()
                with self._socket.handling(len(frame)):
                    event = await self._decoded(frame, budget)
                    if self._observe:
                        self._observe(Frame("in", event, len(frame), frame, at))
                    del frame
                    for part in stepwise.parts(event):
                        if loop.time() > self._read_until:
                            return
                        yield part
                        await budget.breathe()
        except ConnectionClosed as exc:
            if not exc.rcvd_then_sent and exc.sent is not None and exc.sent.code == 1000:
                return
            raise self._why(exc) from exc

    @property
    def round_trip_ms(self) -> float:
        """The last ping's round trip, 0 before the first."""
        return min(max(self._socket.latency, 0.0), MOST_ROUND_TRIP_S) * 1_000

    async def probe(self, within_s: float) -> None:
        """Check that the connection lives, within so many seconds; if not, end it."""
        await self._keep_alive.probe(within_s)

    def abort(self) -> None:
        """Drop the connection at once, without a close frame."""
        self._socket.transport.abort()

    async def drain(self) -> None:
        """Wait until all that waits has been handed to the socket, or the socket is dead."""
        drained = asyncio.create_task(self._outbox.join(), name="realtime drain")
        try:
            if len(self._sender):
                await asyncio.wait({drained, *self._sender}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            drained.cancel()

    async def close(self) -> None:
        """Send what waits, close with code 1000, wait at most 2 s for the answer."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(keep_alive.CLOSE_TIMEOUT_S):
                await self.drain()
        behind = self._socket.is_behind  # then their close frame would come after all that waits
        asyncio.get_running_loop().call_later(BEHIND_CLOSE_S, self._abort_if_behind, behind)
        await self._sender.close()
        await self._keep_alive.close()
        await self._socket.close()
        self._read_until = asyncio.get_running_loop().time() + READ_AFTER_CLOSE_S

    async def _decoded(self, frame: bytes, budget: LoopBudget) -> events.Event:
        """The event in a frame; where our decoding fails, which is a fault of ours, one that says so."""
        steps = stepwise.decode(frame)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                event: events.Event = end.value
                return event
            except Exception:
                if not self._has_failed:  # the next ones say the same
                    log.exception("a frame of %d bytes could not be decoded; the session goes on", len(frame))
                self._has_failed = True
                return codec.unreadable(frame)
            await budget.breathe()

    def _abort_if_behind(self, was_behind: bool) -> None:
        if was_behind or self._socket.is_behind:
            self.abort()

    def _why(self, exc: ConnectionClosed) -> RealtimeError:
        if exc.sent is not None and exc.sent.code == 1009 and not exc.rcvd_then_sent:
            return DroppedError(messages.FRAME_TOO_LARGE(), code="1009")
        return dropped(exc)

    def _encoded(self, command: commands.Command) -> bytes:
        """Its frame; empty where our encoding fails, which is a fault of ours: what follows must be sent."""
        try:
            frame = codec.encode(command)
        except Exception:
            log.exception("a %s could not be encoded, and is not sent", type(command).__name__)
            return b""
        if self._observe:
            self._observe(Frame("out", command, len(frame), at=time.monotonic()))
        return frame

    async def _send_all(self) -> None:
        sent = 0
        while True:
            frame = self._encoded(await self._outbox.take())
            if not frame:
                self._outbox.done()
                continue
            others_wait = not self._outbox.empty or self._socket.transport.get_write_buffer_size() > 0
            try:
                await self._socket.send(frame, text=True)
            except ConnectionClosed:
                return  # `receive` raises why
            self._outbox.done()
            if others_wait:
                self._keep_alive.progressed()
                sent += 1
                if sent % BREATHER == 0:
                    await asyncio.sleep(0)
