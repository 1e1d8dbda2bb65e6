"""Other people's words, as one bounded line of plain text."""

from __future__ import annotations

JOINERS = "\u200c\u200d"
"""They print nothing, but some scripts and emoji need them."""


def one_line(text: str, longest: int) -> str:
    """The text in one line of at most `longest` characters, without control and formatting characters.

    A longer one ends with "…". Very long texts are not read to their end.
    """
    # White space and what is dropped below may be most of it: four times as much is looked at.
    kept = (char for char in text[: 4 * longest] if char.isprintable() or char.isspace() or char in JOINERS)
    plain = " ".join("".join(kept).split())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"
