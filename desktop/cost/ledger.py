"""What was spent: by turn, in the session, by day and by model. Adding a cost takes no longer over time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from desktop.cost.days import Days
from desktop.cost.total import Total
from desktop.cost.turn_cost import Cost

MOST_TURNS = 1_000
"""Turns with a figure of their own; the sum of older ones stays in the session's."""
OPEN_TIME = 0
"""The number of the turn that open time belongs to before the first turn."""


@dataclass(slots=True)
class Ledger:
    """The sums of this session, and of the days."""

    session: Total = field(default_factory=Total)
    turns: dict[int, Total] = field(default_factory=dict)
    """By the number of the turn, `OPEN_TIME` for what belongs to none, in the order of their first cost."""
    days: Days = field(default_factory=Days)

    def begin_session(self) -> None:
        """What comes now belongs to another session."""
        self.session = Total()
        self.turns = {}

    def add(self, turn: int, model: str, day: date, cost: Cost) -> None:
        """Add a cost to its turn, the session, its day and its model."""
        self.session.add(cost)
        if turn not in self.turns and len(self.turns) >= MOST_TURNS:
            del self.turns[next(iter(self.turns))]
        self.turns.setdefault(turn, Total()).add(cost)
        self.days.add(model, day, cost)
