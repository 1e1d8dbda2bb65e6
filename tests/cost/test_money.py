"""Amounts, and what they are in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from desktop.base.message import from_builtins
from desktop.cost.money import PICOS, Money, picos


@pytest.mark.parametrize(
    ("dollars", "words"),
    [
        ("0", "$0.00"),
        ("0.00001", "< $0.0001"),
        ("0.0001", "$0.0001"),
        ("0.0042", "$0.0042"),
        ("0.01", "$0.01"),
        ("0.125", "$0.13"),
        ("1234.5", "$1234.50"),
    ],
)
def test_an_amount_in_words(dollars: str, words: str) -> None:
    amount = Money(picos(dollars) or 0)
    assert str(amount) == words
    assert from_builtins(amount.worded().to_builtins()) == amount.worded()


@pytest.mark.parametrize("amount", [0, 1, PICOS, 123_456_789_012_345_678, 10**30 + 1])
def test_programs_get_every_digit(amount: int) -> None:
    assert Decimal(Money(amount).exactly()) == Decimal(amount).scaleb(-12) or amount > 10**28
    assert int(Decimal(Money(1_500_000_000_000).exactly()) * 2) == 3


@pytest.mark.parametrize("digits", ["1e999999", "NaN", "Infinity", "x", "1" * 50])
def test_a_file_cant_bring_a_number_that_takes_for_ever_to_write(digits: str) -> None:
    assert from_builtins({"id": "dollars", "arguments": {"amount": {"decimal": digits}}}) is None
