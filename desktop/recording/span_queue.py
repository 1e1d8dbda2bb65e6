"""Spans on their way to the service: one after the other, tried again, and never waited for.

Source: the service's published OpenAPI document, `POST /v3/spans`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from desktop.base.task_set import TaskSet
from desktop.realtime.errors import RealtimeError, RefusedError

log = logging.getLogger(__name__)

Span = dict[str, Any]
Post = Callable[[Span], Awaitable[str]]
"""Writes a span, and gives the id that the service has for it. Raises RealtimeError."""
Children = Callable[[], list[Span]]
"""The spans below one that was written: the service names it only then."""

MOST = 500
"""Spans that wait. The oldest goes when there is one more: a day of talking has fewer turns an hour."""
OLDEST_S = 3_600.0
"""A span that waits for longer is dropped, and counted."""
SETTLE_S = 3.0
"""From a turn's end to its span: the words of what was said may come after the answer."""
RETRY_S, LONGEST_RETRY_S = 5.0, 60.0
"""Between two tries; doubled up to the longest."""
_USELESS = frozenset({"400", "413", "422"})
"""Statuses of what no other try makes better."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    added: float
    make: Callable[[], Span]
    children: Children = list


class SpanQueue:
    """Sends in a task of its own. `close` it before the loop ends: what still waits is dropped.

    `clock` gives seconds that never run backwards.
    """

    def __init__(
        self,
        post: Post,
        clock: Callable[[], float] = time.monotonic,
        settle_s: float = SETTLE_S,
        retry_s: float = RETRY_S,
    ) -> None:
        self._post, self._clock = post, clock
        self._settle_s, self._retry_s = settle_s, retry_s
        self._waiting: deque[_Waiting] = deque()
        self._tasks = TaskSet()
        self._sending = False
        self.dropped = 0
        """How many were given up."""

    @property
    def waiting(self) -> int:
        """How many are still to be sent."""
        return len(self._waiting)

    def add(self, make: Callable[[], Span], children: Children = list) -> None:
        """Send the span that `make` gives when it is its turn, then those below it. Returns at once."""
        if len(self._waiting) >= MOST:
            self._drop()
        self._waiting.append(_Waiting(self._clock(), make, children))
        if not self._sending:
            self._sending = self._tasks.spawn(self._send_all(), name="spans") is not None

    async def close(self) -> None:
        """Send no more."""
        if self._waiting:
            log.info("%d spans were not sent before the end", len(self._waiting))
        self._waiting.clear()
        await self._tasks.close()

    async def _send_all(self) -> None:
        wait_s = self._retry_s
        await asyncio.sleep(self._settle_s)
        while self._waiting:
            this = self._waiting[0]
            if self._clock() - this.added > OLDEST_S:
                self._drop()
                continue
            try:
                written = await self._post(this.make())
            except RealtimeError as exc:
                if isinstance(exc, RefusedError) and exc.code in _USELESS:
                    self._drop(this)
                    continue
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, LONGEST_RETRY_S)
            except Exception:  # a fault of ours must not end the spans that follow
                log.exception("a span could not be made or sent")
                self._drop(this)
            else:
                wait_s = self._retry_s
                self._take(this)
                self._add_below(this, written)
        # In the same step as the last look: the task itself is known to be done only later.
        self._sending = False

    def _add_below(self, this: _Waiting, parent: str) -> None:
        below = this.children()[: MOST - len(self._waiting)]
        for span in reversed(below):
            named = span | {"parent_id": parent} if parent else span
            self._waiting.appendleft(_Waiting(this.added, partial(dict, named)))

    def _take(self, this: _Waiting) -> bool:
        """Whether it still stood at the head: it may have made room for a newer one meanwhile."""
        if self._waiting and self._waiting[0] is this:
            self._waiting.popleft()
            return True
        return False

    def _drop(self, this: _Waiting | None = None) -> None:
        if this is None:
            self._waiting.popleft()
        elif not self._take(this):
            return
        self.dropped += 1
        log.info("a span was not accepted by the service; %d were given up so far", self.dropped)
