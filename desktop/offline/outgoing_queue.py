"""Frames on their way to the client, so that nothing else waits for a slow reader.

Only speech is held back: whoever makes it waits for `room`. Everything else is small and goes in at once;
a client that lets more than `MOST_FRAMES` of it pile up reads nothing any more, and is given up.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

ROOM_FRAMES = 64
"""Frames waiting above which speech is held back: 6 s of it, about 400 kB."""
MOST_FRAMES = 10_000


class NotReading(Exception):
    """The client has stopped reading."""


class Outbox:
    """The frames that wait to be sent, in order; `run` sends them and must be running."""

    def __init__(self, send: Callable[[str], Awaitable[None]]) -> None:
        self._send = send
        self._waiting: deque[tuple[str, bool]] = deque()
        self._answers = 0
        self._news = asyncio.Event()
        self._space = asyncio.Event()
        self._no_answer = asyncio.Event()
        self._update()

    def put(self, frame: str, *, answer: bool = False) -> None:
        """Adds a frame; one that is part of an `answer` can be recalled until it is sent.

        Raises:
            NotReading: far too many frames are waiting.
        """
        if len(self._waiting) >= MOST_FRAMES:
            raise NotReading
        self._waiting.append((frame, answer))
        self._answers += answer
        self._update()

    @property
    def waiting(self) -> int:
        """How many frames wait."""
        return len(self._waiting)

    @property
    def holds_answer(self) -> bool:
        """Whether any part of an answer is still here."""
        return self._answers > 0

    def recall_answer(self) -> None:
        """Takes back what was not sent of the answer."""
        self._waiting = deque(item for item in self._waiting if not item[1])
        self._answers = 0
        self._update()

    async def room(self) -> None:
        """Waits until speech may be added."""
        await self._space.wait()

    async def answer_gone(self) -> None:
        """Waits until no part of an answer is here."""
        await self._no_answer.wait()

    def _update(self) -> None:
        _show(self._news, bool(self._waiting))
        _show(self._space, len(self._waiting) < ROOM_FRAMES)
        _show(self._no_answer, not self.holds_answer)

    async def run(self) -> None:
        """Sends what comes, until it is cancelled."""
        while True:
            await self.flush()
            await self._news.wait()

    async def flush(self) -> None:
        """Sends all that is waiting."""
        while self._waiting:
            frame, answer = self._waiting.popleft()
            self._answers -= answer
            self._update()
            await self._send(frame)


def _show(event: asyncio.Event, state: bool) -> None:
    if state:
        event.set()
    else:
        event.clear()
