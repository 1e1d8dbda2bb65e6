"""Which words were heard."""

from __future__ import annotations

import pytest

from desktop.turn.heard_text import SpokenText


def heard(spoken: SpokenText, ms: float, of: float) -> str:
    return spoken.text[: spoken.heard_chars(ms, of)]


def test_text_that_came_before_its_audio_is_spread_evenly():
    spoken = SpokenText()
    spoken.add("one two ", 0)
    spoken.add("three four", 0)
    assert heard(spoken, 500, 1_000) == "one two"
    assert heard(spoken, 1_000, 1_000) == "one two three four"
    assert heard(spoken, 0, 1_000) == ""


def test_text_in_step_with_its_audio_keeps_its_place():
    spoken = SpokenText()
    spoken.add("A short one.", 0)
    spoken.add(" And a much longer second sentence.", 3_000)
    assert heard(spoken, 2_990, 6_000) == "A short"
    assert heard(spoken, 3_010, 6_000) == "A short one."


@pytest.mark.parametrize("ms", [0, 1, 250, 999, 1_000, 5_000])
def test_it_never_cuts_a_word(ms: int):
    spoken = SpokenText()
    spoken.add("alpha beta gamma", 100)
    assert heard(spoken, ms, 1_000) in ("", "alpha", "alpha beta", "alpha beta gamma")


def test_no_text_is_nothing_heard():
    assert SpokenText().heard_chars(10, 100) == 0
