"""What can't be seen in a name, made visible: nobody should be able to disguise one with it.

For names, hosts, tools, arguments and what a status says, all of which others choose. What is said in a
conversation isn't changed: there such characters are part of the script.
"""

from __future__ import annotations

import unicodedata

_UNSEEN_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
"""Controls, marks of direction and joiners, surrogates, line and paragraph separators."""
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | frozenset(
    map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
"""Of other categories, but without a glyph of their own: fillers and selectors of variants. Source:
Unicode's Default_Ignorable_Code_Point."""
_JOINER = "\u200d"
_AS_EMOJI = "\ufe0f"


def visible(text: str) -> str:
    """The text with each character that has no glyph written as its number, like [U+202E].

    Line breaks and tabs stay, and so does what an emoji is made of.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char if _is_seen(char) or _is_in_emoji(text, at, char) else f"[U+{ord(char):04X}]"
        for at, char in enumerate(text)
    )


def visible_line(text: str) -> str:
    """The same as one line, for a name: a line break or tab in it becomes a space."""
    return visible(" ".join(text.split()) if any(char in text for char in "\n\r\t") else text)


def _is_seen(char: str) -> bool:
    if char in "\n\t":
        return True
    return unicodedata.category(char) not in _UNSEEN_CATEGORIES and char not in _UNSEEN


def _is_in_emoji(text: str, at: int, char: str) -> bool:
    before = text[at - 1] if at else ""
    if char == _AS_EMOJI:
        return _is_symbol(before)
    return (
        char == _JOINER and (before == _AS_EMOJI or _is_symbol(before)) and _is_symbol(text[at + 1 : at + 2])
    )


def _is_symbol(char: str) -> bool:
    """Whether this is a picture, or the colour of a skin, which is a modifier of one (Sk)."""
    return bool(char) and char != "\u2800" and unicodedata.category(char) in ("So", "Sk")
