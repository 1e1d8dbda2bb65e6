"""Tooltips with words that aren't ours: Qt would take some of them for HTML."""

from __future__ import annotations

import html

LONGEST = 80


def plain(words: str) -> str:
    """A tooltip that shows these words as they are."""
    return f"<span>{html.escape(words)}</span>".replace("\n", "<br>") if "<" in words else words


def short(words: str) -> str:
    """The words on one line, cut where they are too long for a button's tooltip."""
    line = " ".join(words.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
