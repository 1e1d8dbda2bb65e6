"""Tool tips of words that come from a server or a tool: Qt would take some of them for HTML."""

from __future__ import annotations

import html

LONGEST = 600
"""Characters of a tool tip."""


def plain_tip(words: str) -> str:
    """The tool tip that shows exactly these words, or their beginning."""
    if len(words) > LONGEST:
        words = f"{words[:LONGEST]}…"
    return f"<qt>{html.escape(words).replace(chr(10), '<br>')}</qt>" if words else ""
