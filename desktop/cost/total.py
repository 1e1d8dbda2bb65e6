"""A sum of costs, in each currency by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop.cost.money import Money, is_currency
from desktop.cost.turn_cost import Cost

MOST_CURRENCIES = 10
LONGEST_AMOUNT = 30
"""Digits of an amount that is read: 10¹⁸ dollars."""
MOST_UNKNOWN = 10**9


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
        self._add_amount(cost.currency, cost.picos)

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

    def merge(self, other: Total) -> None:
        """Add another sum."""
        self.unknown += other.unknown
        self.estimated = self.estimated or other.estimated
        self.assumed = self.assumed or other.assumed
        for currency, picos in other.amounts.items():
            self._add_amount(currency, picos)

    def copy(self) -> Total:
        """The sum as it is now."""
        return Total(dict(self.amounts), self.unknown, self.estimated, self.assumed)

    def _add_amount(self, currency: str, picos: int) -> None:
        if currency in self.amounts or len(self.amounts) < MOST_CURRENCIES:
            self.amounts[currency] = self.amounts.get(currency, 0) + picos
        else:
            self.unknown += 1

    # On disk

    def to_builtins(self) -> dict[str, Any]:
        """It as JSON values. Amounts are texts: JSON's readers round large numbers."""
        out: dict[str, Any] = {"picos": {name: str(picos) for name, picos in self.amounts.items()}}
        for name in ("unknown", "estimated", "assumed"):
            if value := getattr(self, name):
                out[name] = value
        return out

    @classmethod
    def from_builtins(cls, raw: object) -> Total:
        """What `to_builtins` gave. What can't be read of it is left out. Never raises."""
        total = cls()
        if not isinstance(raw, Mapping):
            return total
        amounts = raw.get("picos")
        for name, text in list(amounts.items())[:MOST_CURRENCIES] if isinstance(amounts, Mapping) else []:
            good = (
                isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= LONGEST_AMOUNT
            )
            if good and isinstance(name, str) and is_currency(name):
                total._add_amount(name, int(text))
        unknown = raw.get("unknown")
        if isinstance(unknown, int) and 0 < unknown <= MOST_UNKNOWN:
            total.unknown = int(unknown)
        total.estimated, total.assumed = raw.get("estimated") is True, raw.get("assumed") is True
        return total
