"""The talk key's double tap: a pure object that gets every key-down and key-up with its time.

              down            up, short              down in time              up, short
    UP ----------------> HELD --------------> TAPPED --------------> AGAIN --------------> LOCKED
     ^                    |                      |                     |                     |
     +---- up, long ------+    (window over) ----+----- up, long ------+                     | down
     +-------------------------------- up -------------------------- SPENT <-----------------+

Sound is recorded from every key-down on; whether it was a tap shows at the key-up. A tap's take is kept
open until a second one can't come in time any more, whatever the tail is: so one that does come goes on
with the same take, and a lone one is sent, or thrown away with the hint, only then. While locked the next
key-down ends the take, and its key-up means nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

TAP_S = 0.25
"""A press no longer than this is a tap. To say "no" takes 0.3 s and more."""
WINDOW_S = 0.3
"""From the first tap's key-up to the second one's key-down: the usual double click has 0.4 to 0.5 s for
both, of which the first press takes 0.1."""
MARGIN_S = 0.05
"""The take lasts so much longer than the window: its end is counted in sound, which comes in blocks."""
WAIT_MS = 1_000 * (WINDOW_S + MARGIN_S)


class Act(Enum):
    """What a key means for the take."""

    PRESS = "press"
    RELEASE = "release"
    TAP = "tap"
    """A release after which the take is kept open for `WAIT_MS`: another press may follow."""
    LOSE = "lose"
    """A release, because the key-up will not come."""


class Key(Enum):
    """The states of the talk key."""

    UP = "up"
    HELD = "held"
    TAPPED = "tapped"
    AGAIN = "again"
    LOCKED = "locked"
    SPENT = "spent"


class TapLock:
    """One talk key, however it is pressed. Times are seconds of a monotonic clock.

    Args:
        enabled: whether a double tap locks. It can be changed at any time; what is locked stays so.
    """

    def __init__(self, enabled: bool = True) -> None:
        self.enabled = enabled
        self._key = Key.UP
        self._at = 0.0
        self._fingers = 0
        self._open = False

    @property
    def key(self) -> Key:
        """The state of the key."""
        return self._key

    @property
    def locked(self) -> bool:
        """Whether the microphone is open without a key being held."""
        return self._key is Key.LOCKED

    def down(self, now: float) -> list[Act]:
        """A key or button went down. A second one at the same time means nothing."""
        self._fingers += 1
        return self._do("down", now) if self._fingers == 1 else []

    def up(self, now: float) -> list[Act]:
        """The key or button went up; of two held at once, the last one counts."""
        if not self._fingers:
            return []  # it was given up as lost
        self._fingers -= 1
        return [] if self._fingers else self._do("up", now)

    def lost(self, now: float) -> list[Act]:
        """The window lost the focus: the key-up may never come, and nothing stays locked."""
        self._fingers = 0
        return self._do("lost", now)

    def take_is(self, open_: bool, now: float) -> list[Act]:
        """Whether a take is open now. Nothing locks without one, and a lock ends with it."""
        ended, self._open = self._open and not open_, open_
        return self._do("ended", now) if ended else []

    def _do(self, what: str, now: float) -> list[Act]:
        rule = _TABLE.get((self._key, what))
        return rule(self, now) if rule else []

    def _go(self, key: Key, now: float, *acts: Act) -> list[Act]:
        self._key, self._at = key, now
        return list(acts)

    def _hold(self, now: float) -> list[Act]:
        return self._go(Key.HELD, now, Act.PRESS)

    def _let_go(self, now: float) -> list[Act]:
        if self.enabled and now - self._at <= TAP_S:
            return self._go(Key.TAPPED, now, Act.TAP)
        return self._go(Key.UP, now, Act.RELEASE)

    def _hold_again(self, now: float) -> list[Act]:
        in_time = self.enabled and now - self._at <= WINDOW_S
        return self._go(Key.AGAIN if in_time else Key.HELD, now, Act.PRESS)

    def _lock(self, now: float) -> list[Act]:
        if self.enabled and self._open and now - self._at <= TAP_S:
            return self._go(Key.LOCKED, now)
        return self._go(Key.UP, now, Act.RELEASE)

    def _end(self, now: float) -> list[Act]:
        return self._go(Key.SPENT, now, Act.RELEASE)

    def _lose(self, now: float) -> list[Act]:
        return self._go(Key.UP, now, Act.LOSE)

    def _spend(self, now: float) -> list[Act]:
        return self._go(Key.SPENT, now)

    def _rest(self, now: float) -> list[Act]:
        return self._go(Key.UP, now)


_TABLE: dict[tuple[Key, str], Callable[[TapLock, float], list[Act]]] = {
    (Key.UP, "down"): TapLock._hold,
    (Key.HELD, "up"): TapLock._let_go,
    (Key.HELD, "lost"): TapLock._lose,
    (Key.HELD, "ended"): TapLock._spend,
    (Key.TAPPED, "down"): TapLock._hold_again,
    (Key.TAPPED, "lost"): TapLock._rest,
    (Key.AGAIN, "up"): TapLock._lock,
    (Key.AGAIN, "lost"): TapLock._lose,
    (Key.AGAIN, "ended"): TapLock._spend,
    (Key.LOCKED, "down"): TapLock._end,
    (Key.LOCKED, "lost"): TapLock._lose,
    (Key.LOCKED, "ended"): TapLock._rest,
    (Key.SPENT, "up"): TapLock._rest,
    (Key.SPENT, "lost"): TapLock._rest,
}
"""What each event means in each state; a pair that isn't here means nothing."""
