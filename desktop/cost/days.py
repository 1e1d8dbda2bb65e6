"""What was spent on each day, by model. Adding a cost takes no longer over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from desktop.cost.total import Total
from desktop.cost.turn_cost import Cost

MOST_DAYS = 400
MOST_MODELS = 200
"""Of a day; what further ones cost is under no name."""
LONGEST_NAME = 200
"""Characters of a model's id."""


class Days:
    """The sums of each day. A day is a date of the user's calendar; older ones than `MOST_DAYS` go."""

    def __init__(self) -> None:
        self._models: dict[date, dict[str, Total]] = {}
        self._by_day: dict[date, Total] = {}
        self._by_model: dict[str, Total] = {}

    def __bool__(self) -> bool:
        return bool(self._models)

    def __len__(self) -> int:
        return len(self._models)

    def add(self, model: str, day: date, cost: Cost) -> None:
        """Add a cost to its day and its model."""
        total = Total()
        total.add(cost)
        self._merge_total(model, day, total)

    def merge(self, other: Days) -> None:
        """Add the sums of other days."""
        for day, models in other._models.items():
            for model, total in models.items():
                self._merge_total(model, day, total)

    def models(self, day: date) -> Mapping[str, Total]:
        """What was spent on this day, by the id of the model."""
        return self._models.get(day, {})

    def on(self, day: date) -> Total:
        """What was spent on this day."""
        return self._by_day.get(day, Total())

    def by_day(self) -> Iterator[tuple[date, Total]]:
        """The days, the newest first."""
        return iter(sorted(self._by_day.items(), reverse=True))

    def by_model(self) -> Iterator[tuple[str, Total]]:
        """The models since the oldest day that was read, the dearest first."""
        return iter(sorted(self._by_model.items(), key=lambda item: -item[1].most.picos))

    def _merge_total(self, model: str, day: date, total: Total) -> None:
        models = self._models.setdefault(day, {})
        name = model[:LONGEST_NAME]
        if name not in models and len(models) >= MOST_MODELS:
            name = ""
        models.setdefault(name, Total()).merge(total)
        self._by_day.setdefault(day, Total()).merge(total)
        self._by_model.setdefault(name, Total()).merge(total)
        if len(self._models) > MOST_DAYS:
            oldest = min(self._models)
            del self._models[oldest]
            self._by_day.pop(oldest, None)

    # On disk

    def to_builtins(self) -> dict[str, Any]:
        """The days as JSON values."""
        return {
            day.isoformat(): {model: total.to_builtins() for model, total in models.items()}
            for day, models in sorted(self._models.items())
        }

    @classmethod
    def from_builtins(cls, raw: object) -> Days:
        """The days that `to_builtins` gave. What can't be read of them is left out. Never raises."""
        days = cls()
        if not isinstance(raw, Mapping):
            return days
        for text in sorted(str(key) for key in raw)[-MOST_DAYS:]:
            models = raw.get(text)
            try:
                day = date.fromisoformat(text)
            except ValueError:
                continue
            if not isinstance(models, Mapping):
                continue
            for name in list(models)[:MOST_MODELS]:
                total = Total.from_builtins(models[name])
                if total.known or total.unknown:
                    days._merge_total(str(name), day, total)
        return days
