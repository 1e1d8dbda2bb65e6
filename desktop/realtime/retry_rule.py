"""Whether a session that was lost is opened again, and after how long."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from desktop.realtime import messages
from desktop.realtime.errors import DroppedError, EndedError, RealtimeError
from desktop.realtime.repeated_ends import RepeatedEnds
from desktop.realtime.retry import Backoff

STEADY_S = 10.0
"""A session that lived this long was a good one: the waits start over. Otherwise a server that ends every
session at once would be called again and again."""


class RetryRule:
    """The rule for one run: one session after the other. Times are seconds of a clock that only goes on.

    Args:
        patience: asked before each wait for how many seconds a lost connection is retried.
    """

    def __init__(self, patience: Callable[[], float]) -> None:
        self._patience = patience
        self._backoff = Backoff(patience)
        self._ends = RepeatedEnds()
        self._sessions = 0
        self._opened_at: float | None = None
        """When the present session was opened, None between two."""

    @property
    def sessions(self) -> int:
        """The sessions that were opened. A failure before the first is reported at once."""
        return self._sessions

    @property
    def tried(self) -> int:
        """Waits since the connection was lost."""
        return self._backoff.tried

    def session_opened(self, now: float) -> None:
        """A session is open."""
        self._sessions += 1
        self._opened_at = now

    def start_over(self) -> None:
        """Conditions have improved: begin with short waits again."""
        self._backoff.start_over()

    def next_s(self, exc: RealtimeError, turn: Hashable, now: float) -> float | None:
        """Seconds until the next try after this end, of a session or of a try to open one; None to give up.

        `turn` is what will be sent again, equal for the same, None for nothing. An end that isn't tried again
        is reworded where the user would not know what to do.
        """
        opened_at, self._opened_at = self._opened_at, None
        if opened_at is not None and now - opened_at > STEADY_S:
            self._backoff = Backoff(self._patience)
        if not self._sessions or not self._allows(exc, turn):
            return None
        delay = self._backoff.next_s(now, exc.after_s, opened=opened_at is not None)
        if delay is None and isinstance(exc, DroppedError):
            exc.reword(messages.CONNECT_AGAIN)
        return delay

    def _allows(self, exc: RealtimeError, turn: Hashable) -> bool:
        by_itself = exc.retry or (isinstance(exc, EndedError) and exc.rests)
        if not by_itself and not exc.may_pass:
            return False
        # What a service refuses in its own words is tried once more: it may be starting again.
        same = turn if by_itself else ("session", self._sessions)
        if not exc.deliberate or not self._ends.repeats(exc.code, same):
            return True
        if by_itself:
            exc.reword(messages.ENDED_TWICE)
        return False
