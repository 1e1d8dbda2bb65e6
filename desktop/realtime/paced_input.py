"""Feeds what a socket has read to the protocol a little at a time.

One read can bring 256 kB, which are 65,000 of the smallest frames: to parse them takes most of a second, and
their answers (pongs) would fill the memory where the other side doesn't read them.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from desktop.realtime.loop_budget import LoopBudget

PIECE = 4 * 1024
"""Bytes between two looks at the clock: a thousand of the smallest frames, about 10 ms."""
MOST_UNSENT = 1024 * 1024
"""Bytes that may wait to be sent. Beyond that no more is parsed: an answer to it would wait too."""
LOOK_S = 0.05
"""Between two looks whether they have gone."""
AT_END_S = 0.05
"""What may be spent on the last bytes of a connection, which have the reason for its end."""


class PacedInput:
    """Takes what was read, and feeds it in pieces; while some of it waits, the transport reads no more.

    Args:
        transport: is read from.
        feed: parses a piece.
        library_waits: whether the protocol's own queue is full: no more is parsed until `go_on`.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        feed: Callable[[bytes], None],
        library_waits: Callable[[], bool],
    ) -> None:
        self._transport = transport
        self._feed = feed
        self._library_waits = library_waits
        self._budget = LoopBudget()
        self._waiting: deque[memoryview] = deque()
        self._next: asyncio.Handle | None = None

    @property
    def waiting(self) -> bool:
        """Whether some of what was read isn't parsed yet."""
        return bool(self._waiting)

    def put(self, data: bytes) -> None:
        """Some bytes were read."""
        self._waiting.append(memoryview(data))
        if len(self._waiting) == 1:
            self._work()
        else:
            self._transport.pause_reading()

    def go_on(self) -> None:
        """The protocol's own queue has room again."""
        if not self._waiting:
            self._transport.resume_reading()
        elif self._next is None:
            self._next = asyncio.get_running_loop().call_soon(self._work)

    def finish(self) -> None:
        """Nothing more will be read: parse what waits, as far as `AT_END_S` allow. The rest is dropped."""
        until = time.monotonic() + AT_END_S
        while self._waiting and time.monotonic() < until:
            self._feed_piece()
        self.stop()

    def stop(self) -> None:
        """The connection is lost: drop what waits."""
        self._waiting.clear()
        if self._next:
            self._next.cancel()
            self._next = None

    def _work(self) -> None:
        self._next = None
        self._budget.renew()
        if self._transport.is_closing():
            self._waiting.clear()
        while self._waiting:
            if self._transport.get_write_buffer_size() > MOST_UNSENT:
                self._go_on_later(LOOK_S)
                return
            self._feed_piece()
            if self._library_waits():
                self._transport.pause_reading()
                return  # `go_on` follows
            if self._budget.spent:
                break
        if self._waiting:
            self._go_on_later(0.0)
        else:
            self._transport.resume_reading()

    def _feed_piece(self) -> None:
        data = self._waiting.popleft()
        if len(data) > PIECE:
            self._waiting.appendleft(data[PIECE:])
        self._feed(bytes(data[:PIECE]))

    def _go_on_later(self, seconds: float) -> None:
        self._transport.pause_reading()
        loop = asyncio.get_running_loop()
        self._next = loop.call_later(seconds, self._work) if seconds else loop.call_soon(self._work)
