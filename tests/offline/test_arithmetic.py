from __future__ import annotations

import pytest

from desktop.offline import arithmetic
from desktop.offline.text_normalization import plain


@pytest.mark.parametrize(
    ("heard", "expression", "value"),
    [
        ("What is twelve times seven?", "12 * 7", 84),
        ("What's 12 x 7", "12 * 7", 84),
        ("five plus six", "5 + 6", 11),
        ("What's nineteen minus eleven?", "19 - 11", 8),
        ("How much is one hundred divided by four?", "100 / 4", 25),
        ("9-4", "9 - 4", 5),
        ("two to the power of ten", "2 ** 10", 1024),
        ("What is the square root of eighty-one?", "81 ** 0.5", 9),
        ("the cube root of 27", "27 ** (1 / 3)", 3),
        ("fifteen percent of eighty", "15 / 100 * 80", 12),
        ("12 squared", "12 ** 2", 144),
        ("minus three squared", "(-3) ** 2", 9),
        ("minus five plus seven", "- 5 + 7", 2),
        ("half of fifty", "50 / 2", 25),
        ("twice 21", "2 * 21", 42),
        ("add five and six", "5 + 6", 11),
        ("subtract three from ten", "10 - 3", 7),
        ("multiply six by seven", "6 * 7", 42),
        ("divide ten by four", "10 / 4", 2.5),
        ("12 minus 3 minus 4 times 2", "12 - 3 - 4 * 2", 1),
        ("007 plus 1", "7 + 1", 8),
        ("add 05 and 6", "5 + 6", 11),
        ("0.5 plus 0.25", "0.5 + 0.25", 0.75),
    ],
)
def test_sums_are_found_and_worked_out(heard: str, expression: str, value: float) -> None:
    found = arithmetic.find(plain(heard))

    assert found is not None
    assert found.expression == expression
    assert arithmetic.work_out(found.expression) == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["What time is it?", "roll two dice", "one two three", "6:30 - 2", "three times", "", "seven x"]
)
def test_what_is_no_sum(text: str) -> None:
    assert arithmetic.find(plain(text)) is None


@pytest.mark.parametrize("expression", ["1 / 0", "10 ** 400", "(-8) ** 0.5", "x + 1", "1 +", "9 ** 9 ** 9"])
def test_sums_without_a_value(expression: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        arithmetic.work_out(expression)


def test_a_sum_is_said_as_a_sentence() -> None:
    assert (
        arithmetic.spoken(arithmetic.Calculation("10 / 3", "10 divided by 3"), 10 / 3)
        == "10 divided by 3 is about 3.33."
    )
    assert (
        arithmetic.spoken(arithmetic.Calculation("81 ** 0.5", "the square root of 81"), 9)
        == "The square root of 81 is 9."
    )
