"""Finds a dead connection by time, and leaves a slow one alone.

A sign of life is a byte that arrives, of whatever frame. While more waits to be sent than the network takes,
each frame that it takes is one too, and so are bytes that the other side's system has acknowledged: the
answer to a ping then waits behind much speech. A frame that merely went into an empty buffer is never one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
import sys
from collections.abc import Iterator
from typing import Any, cast

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.connection import broadcast
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from desktop.base.task_set import TaskSet
from desktop.realtime.paced_input import PacedInput

log = logging.getLogger(__name__)

PING_S = 20.0
"""Between two pings."""
PONG_S = 8.0
"""How long after a ping the next sign of life may take: a dead socket is found 28 s after its last one."""
CLOSE_TIMEOUT_S = 2.0
"""How long a close may take, theirs or ours: some servers send the close frame and keep the socket."""
SEND_BUFFER = 64 * 1024
"""Bytes in the system's buffer for sending. The usual one takes megabytes of speech, which a ping then waits
behind. A second of speech fits into it, and more than 300 kB/s pass at a round trip of 200 ms."""
MOST_UNREAD = 1024 * 1024
"""Bytes of whole frames that wait to be read, or are handled. Sixteen of the largest are 256 MB."""
PROBE_LOOK_S = 0.1
"""Between two looks for a sign of life when one is urgent."""
_SO_NWRITE = 0x1024
"""macOS's sys/socket.h."""


class WatchedSocket(ClientConnection):
    """The library's connection, which also notes when it last heard something, and ends when it is closed."""

    heard_at = 0.0
    """When the last byte arrived, in seconds of the loop's clock."""
    _expiry: asyncio.TimerHandle | None = None
    _handled = 0
    """Bytes of the frame that is being handled."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open."""
        self.heard_at = self.loop.time()
        raw: Any = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        super().connection_made(transport)
        self._input = PacedInput(cast(asyncio.Transport, transport), self._parse, self._is_full)
        self.recv_messages.resume = self._input.go_on

    @property
    def is_behind(self) -> bool:
        """Whether more has come in than was read."""
        return self._input.waiting or self.recv_messages.paused

    @property
    def takes_at_once(self) -> bool:
        """Whether it is open, and the system has taken all that was sent."""
        # A transport that has failed is closing at once; the protocol learns of it in the loop's next turn.
        writable = self.protocol.state is State.OPEN and not self.transport.is_closing()
        return writable and self.transport.get_write_buffer_size() == 0

    def send_at_once(self, frame: bytes) -> None:
        """Send a text without waiting, also for room. A task's way through the loop costs as much again."""
        broadcast([self], frame, text=True)

    def data_received(self, data: bytes) -> None:
        """Some bytes have arrived."""
        self.heard_at = self.loop.time()
        self._input.put(data)

    @contextlib.contextmanager
    def handling(self, size: int) -> Iterator[None]:
        """While a frame of so many bytes is handled: no other comes in beside a large one."""
        self._handled = size
        try:
            yield
        finally:
            self._handled = 0
            if size > MOST_UNREAD:
                self.recv_messages.maybe_resume()

    def _is_full(self) -> bool:
        """Whether frames wait to be read: sixteen, as the library counts, or so many bytes of them."""
        frames = self.recv_messages
        if not frames.paused:
            unread = sum(len(frame.data) for frame in frames.frames.queue)
            # The library resumes when some of them have been read.
            frames.paused = unread + self._handled > MOST_UNREAD
        return frames.paused

    def _parse(self, data: bytes) -> None:
        super().data_received(data)
        if self.protocol.close_rcvd is not None and self._expiry is None:
            self._expiry = self.loop.call_later(CLOSE_TIMEOUT_S, self.transport.abort)

    def eof_received(self) -> None:
        """The other side sends no more."""
        self._input.finish()
        super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is closed."""
        self._input.stop()
        if self._expiry:
            self._expiry.cancel()
        super().connection_lost(exc)
        self.transport = cast(asyncio.Transport, _LostTransport(self.transport))


class _LostTransport:
    """A transport that is closed, and may be aborted all the same.

    asyncio's own fails then, if it was closed while its buffer was full: its `_call_connection_lost` forgets
    the loop, and `abort` asks for it. The library aborts transports that are closed.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def abort(self) -> None:
        """Do nothing: it is closed."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class KeepAlive:
    """Pings, and aborts the socket when there is no sign of life. `close` it with the connection."""

    def __init__(self, watched: WatchedSocket) -> None:
        self._socket = watched
        self._loop = asyncio.get_running_loop()
        self._progressed_at = 0.0
        self._unacknowledged = 0
        self._tasks = TaskSet()
        self._tasks.spawn(self._watch(), name="realtime keep-alive")

    def progressed(self) -> None:
        """The network has taken a frame while others waited."""
        self._progressed_at = self._loop.time()

    async def probe(self, within_s: float) -> None:
        """Abort the socket unless there is a sign of life within so many seconds."""
        begun = self._loop.time()
        self._look_at_acknowledgements()
        self._ping()
        while not self._lived_since(begun):
            left = begun + within_s - self._loop.time()
            if left <= 0:
                log.info("no sign of life for %.0f s after a change", within_s)
                self._socket.transport.abort()
                return
            await asyncio.sleep(min(left, PROBE_LOOK_S))

    def _lived_since(self, moment: float) -> bool:
        self._look_at_acknowledgements()
        return self._lived_at > moment or self._socket.state is not State.OPEN

    @property
    def _lived_at(self) -> float:
        return max(self._socket.heard_at, self._progressed_at)

    def _look_at_acknowledgements(self) -> None:
        before, self._unacknowledged = self._unacknowledged, unacknowledged_bytes(self._socket.transport)
        if self._unacknowledged < before:
            self.progressed()

    async def close(self) -> None:
        """Watch no longer."""
        await self._tasks.close()

    async def _watch(self) -> None:
        self._ping()  # the round trip is known from the beginning
        pinged_at = self._loop.time()
        while True:
            self._look_at_acknowledgements()
            now = self._loop.time()
            dies_at = self._lived_at + PING_S + PONG_S
            if now >= dies_at:
                log.info("no sign of life for %.0f s", PING_S + PONG_S)
                self._socket.transport.abort()
                return
            if now >= pinged_at + PING_S:
                self._ping()
                pinged_at = now
            await asyncio.sleep(min(dies_at, pinged_at + PING_S) - now)

    def _ping(self) -> None:
        # In a task of its own: with a full buffer it waits until there is room.
        self._tasks.spawn(_send_ping(self._socket), name="realtime ping")


async def _send_ping(watched: WatchedSocket) -> None:
    try:
        await watched.ping()
    except ConnectionClosed:
        pass  # `Connection.receive` raises why


def unacknowledged_bytes(transport: asyncio.BaseTransport) -> int:
    """What the system has taken to send and the other side's has not confirmed; 0 where that isn't known."""
    raw: Any = transport.get_extra_info("socket")
    if raw is None or raw.fileno() < 0:
        return 0
    try:
        if sys.platform == "linux":
            from fcntl import ioctl
            from termios import TIOCOUTQ

            # SIOCOUTQ of linux/sockios.h has the same number.
            return int(struct.unpack("i", ioctl(raw.fileno(), TIOCOUTQ, bytes(4)))[0])
        if sys.platform == "darwin":
            return int(raw.getsockopt(socket.SOL_SOCKET, _SO_NWRITE))
    except OSError:
        pass  # closed meanwhile
    return 0
