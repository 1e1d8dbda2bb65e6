"""The same end after the same turn: no clock, no socket."""

from __future__ import annotations

import pytest

from desktop.realtime.repeated_ends import RepeatedEnds


@pytest.mark.parametrize(
    ("ends", "repeats"),
    [
        ([("1011", 1), ("1011", 1)], [False, True]),
        ([("1011", 1), ("1011", 2)], [False, False]),
        ([("1011", 1), ("1011", 2), ("1011", 2)], [False, False, True]),
        ([("1011", 1), ("4001", 1)], [False, False]),
        ([("1011", 1), ("4001", 1), ("1011", 1)], [False, False, True]),
        ([("1011", None)] * 3, [False] * 3),
        ([("1011", 1), ("1011", None), ("1011", 1)], [False, False, True]),
        ([("1011", 1), ("1011", 2), ("1011", 1)], [False, False, False]),
    ],
)
def test_the_same_end_after_the_same_turn(ends: list[tuple[str, int | None]], repeats: list[bool]):
    rule = RepeatedEnds()
    assert [rule.repeats(code, turn) for code, turn in ends] == repeats
