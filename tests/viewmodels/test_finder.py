"""Finding words in texts that come, change and go."""

from __future__ import annotations

import pytest

from desktop.viewmodels.finder import Finder

TEXTS = ["One fish, two fish", "nothing", "FISH"]


@pytest.fixture
def finder() -> Finder:
    made = Finder()
    made.search("fish", TEXTS)
    return made


def test_it_counts_and_places_matches_whatever_their_case(finder):
    assert finder.total == 3
    assert finder.spans(TEXTS[0]) == [(4, 8), (14, 18)]
    assert [finder.has(row) for row in range(3)] == [True, False, True]


def test_it_goes_round_forward_and_back(finder):
    assert finder.first_from(1) == (2, 0)
    assert finder.after((0, 0)) == (0, 1)
    assert finder.after((0, 1)) == (2, 0)
    assert finder.after((2, 0)) == (0, 0)
    assert finder.before((0, 0)) == (2, 0)
    assert finder.before((2, 0)) == (0, 1)
    assert [finder.ordinal(match) for match in ((0, 0), (0, 1), (2, 0))] == [1, 2, 3]


def test_rows_that_come_change_and_go_are_counted(finder):
    finder.insert(3, ["fish fish"])
    assert finder.total == 5
    finder.update(1, "a fish")
    assert finder.total == 6
    finder.remove(0, 1)
    assert finder.total == 3
    assert finder.first_from(0) == (0, 0)


def test_nothing_is_found_nowhere(finder):
    finder.search("", TEXTS)
    assert finder.total == 0
    assert finder.first_from(0) is finder.after((0, 0)) is finder.before((0, 0)) is None
    assert finder.spans("text") == []


def test_a_letter_that_is_two_in_lower_case_moves_nothing():
    finder = Finder()
    finder.search("straße", ["İİ Straße"])
    assert finder.total == 1
    assert finder.spans("İİ Straße") == [(3, 9)]
