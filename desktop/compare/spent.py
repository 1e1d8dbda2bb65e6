"""What a comparison has cost so far, what all of it will, and whether the budget is used up. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from desktop.compare.results import Amount
from desktop.cost.money import USD, Money, picos


class Spent:
    """Adds up. `budget` is an amount of dollars; None: there is none."""

    def __init__(self, budget: Decimal | None = None) -> None:
        self._budget = None if budget is None else picos(budget)
        self._picos: dict[str, int] = {}
        self.unknown = 0
        """Turns whose cost isn't known."""
        self.estimated = False

    def add(self, cost: Iterable[Amount] | None) -> None:
        """Add the cost of a turn; None isn't known."""
        if cost is None:
            self.unknown += 1
            return
        for one in cost:
            self.estimated = self.estimated or one.estimated
            self._picos[one.currency] = self._picos.get(one.currency, 0) + (picos(one.amount) or 0)

    @property
    def used_up(self) -> bool:
        """Whether the budget is."""
        return self._budget is not None and self._picos.get(USD, 0) >= self._budget

    @property
    def budget_worded(self) -> str | None:
        """The budget in words."""
        return None if self._budget is None else str(Money(self._budget))

    def worded(self, share: float = 1.0) -> str:
        """So far in words; with a `share` below 1, what all of it will be, if it goes on like this."""
        if not self._picos:
            return "—"
        about = "≈ " if self.estimated or self.unknown or share < 1 else ""
        amounts = sorted(self._picos.items(), key=lambda item: -item[1])
        return about + " + ".join(str(Money(round(amount / share), name)) for name, amount in amounts)
