"""What was spent: by turn, in the session, by day and by model. Adding a cost takes no longer over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from desktop.cost.money import Money, is_currency
from desktop.cost.turn_cost import Cost

MOST_TURNS = 1_000
"""Turns with a figure of their own; the sum of older ones stays in the session's."""
MOST_DAYS = 400
MOST_MODELS = 200
"""Of a day; what further ones cost is under no name."""
MOST_CURRENCIES = 10
OPEN_TIME = 0
"""The number of the turn that open time belongs to before the first turn."""


@dataclass(slots=True)
class Total:
    """A sum. Currencies aren't mixed; `unknown` counts costs that nobody can tell."""

    amounts: dict[str, int] = field(default_factory=dict)
    """Picos by currency."""
    unknown: int = 0
    estimated: bool = False
    assumed: bool = False

    def add(self, cost: Cost) -> None:
        """Add a cost."""
        if cost.picos is None:
            self.unknown += 1
            return
        self.estimated = self.estimated or cost.estimated
        self.assumed = self.assumed or cost.assumed
        if cost.currency in self.amounts or len(self.amounts) < MOST_CURRENCIES:
            self.amounts[cost.currency] = self.amounts.get(cost.currency, 0) + cost.picos
        else:
            self.unknown += 1

    @property
    def known(self) -> bool:
        """Whether there is any amount; 0 is one."""
        return bool(self.amounts)

    @property
    def about(self) -> bool:
        """Whether the figure isn't exact: estimated, priced by assumption, or without what is unknown."""
        return self.estimated or self.assumed or bool(self.unknown)

    @property
    def money(self) -> tuple[Money, ...]:
        """The amounts, the largest first; empty where nothing is known."""
        ordered = sorted(self.amounts.items(), key=lambda item: (-item[1], item[0]))
        return tuple(Money(picos, currency) for currency, picos in ordered)

    @property
    def most(self) -> Money:
        """The largest amount, which a budget is compared with."""
        return self.money[0] if self.amounts else Money(0)

    def copy(self) -> Total:
        """The sum as it is now."""
        return Total(dict(self.amounts), self.unknown, self.estimated, self.assumed)


@dataclass(slots=True)
class Ledger:
    """The sums. A day is a date of the user's calendar."""

    session: Total = field(default_factory=Total)
    turns: dict[int, Total] = field(default_factory=dict)
    """By the number of the turn, `OPEN_TIME` for what belongs to none, in the order of their first cost."""
    days: dict[date, dict[str, Total]] = field(default_factory=dict)
    """By day, then by the id of the model."""
    _by_day: dict[date, Total] = field(default_factory=dict)
    _by_model: dict[str, Total] = field(default_factory=dict)

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
        self._add_to_day(model, day, cost)

    def _add_to_day(self, model: str, day: date, cost: Cost) -> None:
        models = self.days.setdefault(day, {})
        name = model if model in models or len(models) < MOST_MODELS else ""
        models.setdefault(name, Total()).add(cost)
        self._by_day.setdefault(day, Total()).add(cost)
        self._by_model.setdefault(name, Total()).add(cost)
        if len(self.days) > MOST_DAYS:
            oldest = min(self.days)
            del self.days[oldest]
            self._by_day.pop(oldest, None)

    def day(self, day: date) -> Total:
        """What was spent on this day."""
        return self._by_day.get(day, Total())

    def by_day(self) -> Iterator[tuple[date, Total]]:
        """The days, the newest first."""
        return iter(sorted(self._by_day.items(), reverse=True))

    def by_model(self) -> Iterator[tuple[str, Total]]:
        """The models since the oldest day that was read, the dearest first."""
        return iter(sorted(self._by_model.items(), key=lambda item: -item[1].most.picos))

    # On disk

    def to_builtins(self) -> dict[str, Any]:
        """The days as JSON values. Amounts are texts: JSON's readers round large numbers."""
        return {
            day.isoformat(): {model: _total_out(total) for model, total in models.items()}
            for day, models in sorted(self.days.items())
        }

    def read_days(self, raw: object) -> None:
        """Add the days that `to_builtins` gave. What can't be read of them is left out."""
        if not isinstance(raw, Mapping):
            return
        for text in sorted(str(key) for key in raw)[-MOST_DAYS:]:
            models = raw.get(text)
            try:
                day = date.fromisoformat(text)
            except ValueError:
                continue
            if not isinstance(models, Mapping):
                continue
            for name in list(models)[:MOST_MODELS]:
                for cost in _costs_in(models[name]):
                    self._add_to_day(str(name)[:200], day, cost)


def _total_out(total: Total) -> dict[str, Any]:
    out: dict[str, Any] = {"picos": {name: str(picos) for name, picos in total.amounts.items()}}
    for name in ("unknown", "estimated", "assumed"):
        if value := getattr(total, name):
            out[name] = value
    return out


def _costs_in(raw: object) -> Iterator[Cost]:
    if not isinstance(raw, Mapping):
        return
    amounts = raw.get("picos")
    for name, text in list(amounts.items())[:MOST_CURRENCIES] if isinstance(amounts, Mapping) else []:
        good = isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= 30
        if good and isinstance(name, str) and is_currency(name):
            yield Cost(int(text), name, raw.get("estimated") is True, raw.get("assumed") is True)
    unknown = raw.get("unknown")
    if isinstance(unknown, int) and unknown > 0:
        yield Cost()
