"""Each status code of a line has its text."""

from __future__ import annotations

from typing import get_args

import pytest

from desktop.viewmodels import line_words
from desktop.viewmodels.line_words import LineNote, note_words, state_words, tool_words
from desktop.viewmodels.tool_calls_model import CallState
from desktop.viewmodels.transcript_line import CUT_SHORT, ToolCard


def test_each_note_and_each_state_has_words(qapp) -> None:
    assert set(line_words.NOTES) == {note for note in get_args(LineNote) if note}
    assert set(line_words.STATES) == {*get_args(CallState), CUT_SHORT}


@pytest.mark.parametrize("code", ["", "of a later version"])
def test_an_unknown_code_stays_as_it_is(qapp, code: str) -> None:
    assert (note_words(code), state_words(code)) == (code, code)


def test_a_tool_says_how_long_it_took(qapp) -> None:
    assert tool_words(ToolCard("c", "done", 12.4)) == "done · 12 ms"
    assert tool_words(ToolCard("c", "late", 1_500)) == "too late · 1.5 s"
    assert tool_words(ToolCard("c", "running")) == "running"
