"""When the user is told of what they spend, and when no new turn begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from desktop.cost.ledger import Ledger
from desktop.cost.money import Money

NEAR = 80
"""Percent of a budget."""
NO_MONEY = Money()

Of = Literal["session", "day"]
Level = Literal["", "near", "reached"]
_ORDER: dict[Level, int] = {"": 0, "near": 1, "reached": 2}


@dataclass(frozen=True, slots=True)
class Limits:
    """In picos (`cost/money.py`) of whatever currency is spent; 0: none."""

    session: int = 0
    day: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a budget is used up. `of`: which one, the one that is further."""

    level: Level = ""
    of: Of = "session"
    spent: Money = NO_MONEY
    limit: Money = NO_MONEY


class Budget:
    """Compares what was spent with the limits. What the user goes on with isn't counted again."""

    def __init__(self) -> None:
        self._session_lifted = False
        self._day_lifted: date | None = None

    def begin_session(self) -> None:
        """Another session has a budget of its own."""
        self._session_lifted = False

    def go_on(self, today: date) -> None:
        """The user goes on past both limits: in this session, and on this day."""
        self._session_lifted = True
        self._day_lifted = today

    def standing(self, limits: Limits, ledger: Ledger, today: date) -> Standing:
        """The budget that is used up further."""
        found = [Standing()]
        if limits.session > 0 and not self._session_lifted:
            found.append(_standing("session", ledger.session.most, limits.session))
        if limits.day > 0 and self._day_lifted != today:
            found.append(_standing("day", ledger.days.on(today).most, limits.day))
        return max(found, key=lambda one: _ORDER[one.level])


def _standing(of: Of, spent: Money, limit: int) -> Standing:
    level: Level = ""
    if spent.picos >= limit:
        level = "reached"
    elif spent.picos * 100 >= limit * NEAR:
        level = "near"
    return Standing(level, of, spent, Money(limit, spent.currency))
