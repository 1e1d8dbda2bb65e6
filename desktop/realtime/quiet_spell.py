"""When a session that is billed by the open minute is closed: nobody has spoken for a while."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from desktop.base.message import Message, Text
from desktop.turn.effects import TurnActivity

NOTHING_SAVED = Text("rests-quietly", "Nobody spoke for a while, so the session rests. Press to talk again.")


class RestRule(NamedTuple):
    """Asked at each look, so that a setting holds at once."""

    after_s: Callable[[], float] = lambda: 0.0
    """The seconds of quiet after which the session rests; 0: never."""
    message: Callable[[], Message] = NOTHING_SAVED
    """What the user is told."""


NEVER = RestRule()


class QuietSpell:
    """Measures the quiet. Times are seconds of the caller's clock, which never runs backwards."""

    def __init__(self) -> None:
        self._since: float | None = None

    def due(self, now: float, activity: TurnActivity, after_s: float) -> bool:
        """Whether it has been quiet for so long."""
        if activity != "quiet" or after_s <= 0:
            self._since = None
            return False
        if self._since is None:
            self._since = now
        return now - self._since >= after_s

    def over(self) -> None:
        """Count from the beginning again."""
        self._since = None
