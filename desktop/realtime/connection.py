"""One WebSocket to the service: open it, send commands, receive events, close it.

Sending never waits: frames go into a queue that one task empties. Receiving is one `async for`. Keep-alive
pings are the library's (every 20 s; a half-open socket is found within 30 s).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Literal

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from desktop import __version__
from desktop.base.task_set import TaskSet
from desktop.protocol import codec, commands, events
from desktop.realtime import messages
from desktop.realtime.endpoint import Endpoint as Endpoint
from desktop.realtime.errors import (
    DroppedError,
    RealtimeError,
    dropped,
)
from desktop.realtime.opening import open_socket

MAX_FRAME = 64 * 1024 * 1024
"""Bytes of an incoming frame. Other clients allow 16 MiB; four times that is still safe."""
MAX_QUEUED = 6_000
"""Frames that wait to be sent: two minutes of speech. A socket that took nothing for that long is dead, and
is closed; the open take is kept elsewhere and sent again."""
PING_S = 20.0
PONG_S = 8.0
"""With the close's timeout a dead socket is found 30 s after its last sign of life, at the latest."""
OPEN_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 2.0


class Frame(msgspec.Struct, frozen=True):
    """One frame as the event log sees it. `size` is in bytes on the wire; it holds no credential."""

    direction: Literal["in", "out"]
    message: events.Event | commands.Command
    size: int


FrameObserver = Callable[[Frame], None]


class Connection:
    """An open socket. Make it with `open`; whoever opened it closes it."""

    def __init__(self, socket: ClientConnection, observe: FrameObserver | None) -> None:
        self._socket = socket
        self._observe = observe
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(MAX_QUEUED)
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
            ping_interval=PING_S,
            ping_timeout=PONG_S,
            open_timeout=OPEN_TIMEOUT_S,
            close_timeout=CLOSE_TIMEOUT_S,
        )
        with contextlib.suppress(ConnectionClosed):  # `receive` raises why
            await socket.ping()  # the round trip is known from the beginning
        return cls(socket, observe)

    def send(self, command: commands.Command) -> None:
        """Queue a command's frame; never waits, never raises. On a dead socket it is dropped."""
        frame = codec.encode(command)
        if self._observe:
            self._observe(Frame("out", command, len(frame)))
        try:
            self._queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.abort()

    async def receive(self) -> AsyncIterator[events.Event]:
        """The server's events until the connection ends.

        Raises:
            DroppedError, EndedError: it ended, and not because we closed it.
        """
        try:
            while True:
                frame = await self._socket.recv(decode=False)
                event = codec.decode(frame)
                if self._observe:
                    self._observe(Frame("in", event, len(frame)))
                yield event
        except ConnectionClosed as exc:
            if not exc.rcvd_then_sent and exc.sent is not None and exc.sent.code == 1000:
                return
            raise self._why(exc) from exc

    @property
    def round_trip_ms(self) -> float:
        """The last ping's round trip, 0 before the first."""
        return self._socket.latency * 1_000

    async def probe(self, within_s: float) -> None:
        """Check that the other side still answers within so many seconds; if not, end the connection."""
        try:
            async with asyncio.timeout(within_s):
                await (await self._socket.ping())
        except ConnectionClosed:
            return  # `receive` raises why
        except TimeoutError:
            self.abort()

    def abort(self) -> None:
        """Drop the connection at once, without a close frame."""
        self._socket.transport.abort()

    async def drain(self) -> None:
        """Wait until all that was queued has been handed to the socket, or the socket is dead."""
        drained = asyncio.create_task(self._queue.join(), name="realtime drain")
        try:
            if len(self._sender):
                await asyncio.wait({drained, *self._sender}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            drained.cancel()

    async def close(self) -> None:
        """Send what is queued, close with code 1000, wait at most 2 s for the answer."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self.drain()
        await self._sender.close()
        await self._socket.close()

    def _why(self, exc: ConnectionClosed) -> RealtimeError:
        if exc.sent is not None and exc.sent.code == 1009 and not exc.rcvd_then_sent:
            return DroppedError(messages.FRAME_TOO_LARGE(), code="1009")
        return dropped(exc)

    async def _send_all(self) -> None:
        while True:
            frame = await self._queue.get()
            try:
                await self._socket.send(frame, text=True)
            except ConnectionClosed:
                return  # `receive` raises why
            finally:
                self._queue.task_done()
