"""Tooltips with words that aren't ours: Qt would take some of them for HTML."""

from __future__ import annotations

import html

LONGEST = 600
"""Characters of a tooltip."""
LONGEST_LINE = 80
"""Longer ones are wrapped, which Qt does for rich text only."""


def plain(words: str) -> str:
    """A tooltip that shows exactly these words, or their beginning."""
    if len(words) > LONGEST:
        words = f"{words[:LONGEST]}…"
    if "<" not in words and len(words) <= LONGEST_LINE:
        return words
    return f"<qt>{html.escape(words)}</qt>".replace("\n", "<br>")


def short(words: str) -> str:
    """The words on one line, cut where they are too long for a button's tooltip."""
    line = " ".join(words.split())
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"
