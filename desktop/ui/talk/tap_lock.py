"""The talk key's double tap: a pure object that gets every key-down and key-up with its time.

              down            up, short              down in time              up, short
    UP ----------------> HELD --------------> TAPPED --------------> AGAIN --------------> LOCKED
     ^                    |                      |                     |                     |
     +---- up, long ------+    (window over) ----+----- up, long ------+                     | down
     +-------------------------------- up -------------------------- SPENT <-----------------+

Sound is recorded from every key-down on; whether it was a tap shows at the key-up. A tap's take is kept
open until a second one can't come in time any more, whatever the tail is: so a second tap continues
the same take, and a single tap is sent, or discarded with the hint, only then. While locked the next
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
"""The take lasts this much longer than the window: its end is counted in sound, which comes in blocks."""
WAIT_MS = 1_000 * (WINDOW_S + MARGIN_S)


class TapAction(Enum):
    """What a key means for the take."""

    PRESS = "press"
    RELEASE = "release"
    TAP = "tap"
    """A release after which the take is kept open for `WAIT_MS`: another press may follow."""
    LOSE = "lose"
    """A release, because the key-up will not come."""


class TalkKeyState(Enum):
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
        self._key = TalkKeyState.UP
        self._at = 0.0
        self._open = False

    @property
    def key(self) -> TalkKeyState:
        """The state of the key."""
        return self._key

    @property
    def locked(self) -> bool:
        """Whether the microphone is open without a key being held."""
        return self._key is TalkKeyState.LOCKED

    def down(self, now: float) -> list[TapAction]:
        """The key went down."""
        return self._do("down", now)

    def up(self, now: float) -> list[TapAction]:
        """The key went up."""
        return self._do("up", now)

    def up_no_tap(self, now: float) -> list[TapAction]:
        """The key went up, and this was no tap, however short: a modifier's chord, or a stroke read late."""
        return self._do("up, no tap", now)

    def lost(self, now: float) -> list[TapAction]:
        """The window lost the focus: the key-up may never come, and nothing stays locked."""
        return self._do("lost", now)

    def take_is(self, open_: bool, now: float) -> list[TapAction]:
        """Whether a take is open now. Nothing locks without one, and a lock ends with it."""
        ended, self._open = self._open and not open_, open_
        return self._do("ended", now) if ended else []

    def _do(self, what: str, now: float) -> list[TapAction]:
        rule = _TABLE.get((self._key, what))
        return rule(self, now) if rule else []

    def _go(self, key: TalkKeyState, now: float, *acts: TapAction) -> list[TapAction]:
        self._key, self._at = key, now
        return list(acts)

    def _hold(self, now: float) -> list[TapAction]:
        return self._go(TalkKeyState.HELD, now, TapAction.PRESS)

    def _let_go(self, now: float) -> list[TapAction]:
        if self.enabled and now - self._at <= TAP_S:
            return self._go(TalkKeyState.TAPPED, now, TapAction.TAP)
        return self._go(TalkKeyState.UP, now, TapAction.RELEASE)

    def _hold_again(self, now: float) -> list[TapAction]:
        in_time = self.enabled and now - self._at <= WINDOW_S
        return self._go(TalkKeyState.AGAIN if in_time else TalkKeyState.HELD, now, TapAction.PRESS)

    def _lock(self, now: float) -> list[TapAction]:
        if self.enabled and self._open and now - self._at <= TAP_S:
            return self._go(TalkKeyState.LOCKED, now)
        return self._go(TalkKeyState.UP, now, TapAction.RELEASE)

    def _release(self, now: float) -> list[TapAction]:
        return self._go(TalkKeyState.UP, now, TapAction.RELEASE)

    def _end(self, now: float) -> list[TapAction]:
        return self._go(TalkKeyState.SPENT, now, TapAction.RELEASE)

    def _lose(self, now: float) -> list[TapAction]:
        return self._go(TalkKeyState.UP, now, TapAction.LOSE)

    def _spend(self, now: float) -> list[TapAction]:
        return self._go(TalkKeyState.SPENT, now)

    def _rest(self, now: float) -> list[TapAction]:
        return self._go(TalkKeyState.UP, now)


_TABLE: dict[tuple[TalkKeyState, str], Callable[[TapLock, float], list[TapAction]]] = {
    (TalkKeyState.UP, "down"): TapLock._hold,
    (TalkKeyState.HELD, "up"): TapLock._let_go,
    (TalkKeyState.HELD, "up, no tap"): TapLock._release,
    (TalkKeyState.HELD, "lost"): TapLock._lose,
    (TalkKeyState.HELD, "ended"): TapLock._spend,
    (TalkKeyState.TAPPED, "down"): TapLock._hold_again,
    (TalkKeyState.TAPPED, "lost"): TapLock._rest,
    (TalkKeyState.AGAIN, "up"): TapLock._lock,
    (TalkKeyState.AGAIN, "up, no tap"): TapLock._release,
    (TalkKeyState.AGAIN, "lost"): TapLock._lose,
    (TalkKeyState.AGAIN, "ended"): TapLock._spend,
    (TalkKeyState.LOCKED, "down"): TapLock._end,
    (TalkKeyState.LOCKED, "lost"): TapLock._lose,
    (TalkKeyState.LOCKED, "ended"): TapLock._rest,
    (TalkKeyState.SPENT, "up"): TapLock._rest,
    (TalkKeyState.SPENT, "up, no tap"): TapLock._rest,
    (TalkKeyState.SPENT, "lost"): TapLock._rest,
}
"""What each event means in each state; a pair that isn't here means nothing."""
