"""Money as whole numbers: 10⁻¹² of a currency's unit, so that a sum is exact and the same in any order.

A token of the cheapest models costs 10⁻⁸ dollars, so cents or micro-dollars would round each turn. Floats
drift in sums; `Decimal` rounds to its context, and is slower. A price per million tokens with six decimals is
a whole number of these units per token.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from desktop.base.message import Message, Text, verbatim

PICOS = 10**12
"""Of the units here, in one dollar."""
USD = "USD"
"""What prices are in where a list names no currency: all that the service's providers publish are dollars."""
CENT = PICOS // 100
LEAST = PICOS // 10_000
"""Smaller amounts than this are shown as "less than" it."""

DOLLARS = Text("dollars", "${amount}")
EUROS = Text("euros", "€{amount}")
POUNDS = Text("pounds", "£{amount}")
OTHER_MONEY = Text("other-money", "{amount} {currency}")
LESS_THAN = Text("less-money-than", "< {amount}")
ABOUT = Text("about-money", "≈ {amount}")
NOT_KNOWN = Text("money-not-known", "—")
AND_MORE = Text("money-of-two-currencies", "{first} + {second}")
_SIGNS = {USD: DOLLARS, "EUR": EUROS, "GBP": POUNDS}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: `picos` is 10⁻¹² of the currency's unit, never negative."""

    picos: int = 0
    currency: str = USD

    def __str__(self) -> str:
        return str(self.worded())

    def worded(self) -> Message:
        """It in words: "$0.12", "$0.0042" below a cent, "< $0.0001" below what is worth reading."""
        if 0 < self.picos < LEAST:
            return LESS_THAN(amount=in_currency(Decimal("0.0001"), self.currency))
        digits = 2 if self.picos >= CENT or not self.picos else 4
        return in_currency(rounded(self.picos, digits), self.currency)

    def exactly(self) -> str:
        """It as a number for programs, without a currency: "0.1234"."""
        # Not normalised: that would round to the context's digits.
        whole, part = divmod(self.picos, PICOS)
        fraction = f"{part:012}".rstrip("0")
        return f"{whole}.{fraction}" if fraction else str(whole)


def is_currency(word: str) -> bool:
    """Whether it has the form of a code of ISO 4217, like USD."""
    return len(word) == 3 and word.isascii() and word.isalpha() and word.isupper()


def picos(value: object) -> int | None:
    """A number of the currency's units as picos; None for what is no amount: negative, not finite, a word."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    if isinstance(value, str) and len(value) > 40:
        return None
    try:
        # By its shortest text: 0.1 is a tenth, not what a float makes of it.
        amount = Decimal(str(value))
        if not amount.is_finite() or not 0 <= amount <= 10**9:
            return None
        return int((amount * PICOS).to_integral_value(ROUND_HALF_EVEN))
    except (InvalidOperation, ValueError):
        return None


def rounded(amount: int, digits: int) -> Decimal:
    """Picos as a number of the currency's units with so many digits after the point."""
    step = 10 ** (12 - digits)
    return Decimal((amount + step // 2) // step).scaleb(-digits)


def in_currency(amount: Decimal, currency: str) -> Message:
    """A number of the currency's units, with its sign."""
    text = _SIGNS.get(currency)
    if text is not None:
        return text(amount=amount)
    return OTHER_MONEY(amount=amount, currency=verbatim(currency))


def as_price(amount: int, currency: str) -> Message:
    """A price with as many digits as it has, two at least where it has some: "$32", "$0.05", "$0.004"."""
    price = Decimal(amount) / PICOS
    exponent = price.normalize().as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) else 0
    shown = 0 if digits <= 0 else min(max(2, digits), 6)
    return in_currency(rounded(amount, shown), currency)
