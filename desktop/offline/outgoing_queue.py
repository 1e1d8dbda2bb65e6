"""Frames on their way to the client, so that nothing else waits for a slow reader.

Only speech is held back, by `wait_for_room`. Everything else is small and goes in at once. A client that lets
more than `MOST_FRAMES` pile up has stopped reading, and its session ends.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

ROOM_FRAMES = 64
"""Frames waiting above which speech is held back: 6 s of it, about 400 kB."""
MOST_FRAMES = 10_000


class ClientNotReading(Exception):
    """The client has stopped reading."""


class OutgoingQueue:
    """The frames that wait to be sent, in order; `run` sends them and must be running."""

    def __init__(self, send: Callable[[str], Awaitable[None]]) -> None:
        self._send = send
        self._waiting: deque[tuple[str, bool]] = deque()
        self._response_frames = 0
        self._news = asyncio.Event()
        self._space = asyncio.Event()
        self._response_sent = asyncio.Event()
        self._update()

    def put(self, frame: str, *, response: bool = False) -> None:
        """Adds a frame; one that is part of a `response` can be dropped until it is sent.

        Raises:
            ClientNotReading: far too many frames are waiting.
        """
        if self.waiting >= MOST_FRAMES:
            raise ClientNotReading
        self._waiting.append((frame, response))
        self._response_frames += response
        self._update()

    @property
    def waiting(self) -> int:
        """How many frames wait."""
        return len(self._waiting)

    @property
    def holds_response(self) -> bool:
        """Whether any frame of a response is still queued."""
        return self._response_frames > 0

    def drop_response(self) -> None:
        """Drops the unsent part of the response."""
        self._waiting = deque(item for item in self._waiting if not item[1])
        self._response_frames = 0
        self._update()

    async def wait_for_room(self) -> None:
        """Waits until speech may be added."""
        await self._space.wait()

    async def wait_until_response_sent(self) -> None:
        """Waits until no frame of a response is queued."""
        await self._response_sent.wait()

    def _update(self) -> None:
        _set(self._news, bool(self._waiting))
        _set(self._space, self.waiting < ROOM_FRAMES)
        _set(self._response_sent, not self.holds_response)

    async def run(self) -> None:
        """Sends queued frames until it is cancelled."""
        while True:
            await self.flush()
            await self._news.wait()

    async def flush(self) -> None:
        """Sends all that is waiting."""
        while self._waiting:
            frame, response = self._waiting.popleft()
            self._response_frames -= response
            self._update()
            await self._send(frame)


def _set(event: asyncio.Event, state: bool) -> None:
    if state:
        event.set()
    else:
        event.clear()
