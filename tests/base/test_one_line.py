"""Other people's words, cut to one line of plain text."""

from __future__ import annotations

import pytest

from desktop.base.terminal import one_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("Too many requests.", "Too many requests."),
        (" two\nlines\tand \x0b more ", "two lines and more"),
        ("\x1b[31mred\x1b[0m \x07bell\x00", "�[31mred�[0m �bell�"),
        ("left\u202eright\u2066", "leftright"),
        ("\u200bzero\ufeff", "zero"),
        ("half \ud83d of a pair", "half � of a pair"),
        ("na\u00efve \u4f60\u597d \u0645\u06cc\u200c\u0634\u0648\u062f", None),
        ("\U0001f468\u200d\U0001f469 family", None),
        ("x" * 20, "x" * 20),
        ("x" * 21, "x" * 19 + "…"),
        ("x" * 1_000_000, "x" * 19 + "…"),
    ],
)
def test_one_line(text: str, line: str | None):
    assert one_line(text, 20) == (text if line is None else line)
