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


LONGEST_GAP = 8
"""Spaces in a row that stay spaces: more of them push what follows out of sight."""
_LOOK_ALIKE = dict(
    zip(
        "\u2215\u2044\u29f8\u2216\u29f5\ua789\u2236\u02d0\u2024\u0701\u201a\u02cb\u2032\u2010\u2011\u2212",
        "///\\\\:::..,'`---",
        strict=False,
    )
)
"""Punctuation that looks like ASCII's in paths, addresses and commands. Source: Unicode's confusables.txt."""
_LIKE_LATIN = frozenset("асеорхуіјѕһԁԛԝӏвкмнтАВЕКМНОРСТХУІЈЅԌαβγικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧϲϳօսոհցզԼՏ")
"""Letters of other alphabets that look like Latin ones. Source: as above."""


def unmasked(text: str) -> str:
    """The text with whatever isn't plain in it made visible: for what the user is to approve.

    Besides what `visible` shows: letters, signs and spaces that look like others, with their number, where a
    text in their own script doesn't explain them; line breaks and tabs; the number of spaces in a long gap.
    """
    if text.isascii() and text.isprintable() and " " * (LONGEST_GAP + 1) not in text:
        return text
    own_script = any(_foreign(char) and char not in _LIKE_LATIN for char in text)
    words: list[str] = []
    for word in _pieces(text):
        if word.isspace() and set(word) == {" "} and len(word) > LONGEST_GAP:
            words.append(f"[{len(word)} spaces]")
            continue
        mixed = any("a" <= char.lower() <= "z" for char in word) or not own_script
        words.append("".join(_unmasked(char, char in _LIKE_LATIN and mixed) for char in word))
    return "".join(words)


def _pieces(text: str) -> list[str]:
    """Words, gaps, and single signs between them, in order."""
    pieces: list[str] = []
    for char in text:
        kind = "a" if char.isalnum() else char if char == " " else ""
        last = pieces[-1][-1] if pieces else ""
        same = last and kind and kind == ("a" if last.isalnum() else last if last == " " else "")
        if same:
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _unmasked(char: str, looks_latin: bool) -> str:
    if char in "\n\t" or not _is_seen(char):
        return f"[U+{ord(char):04X}]"
    if looks_latin or char in _LOOK_ALIKE or _seems_ascii(char):
        return f"{char}[U+{ord(char):04X}]"
    return char


def _seems_ascii(char: str) -> bool:
    """Whether this is another form of one ASCII character: a wide letter, a space that doesn't break."""
    if char.isascii() or unicodedata.category(char) == "No":
        return False
    plain = unicodedata.normalize("NFKC", char)
    return len(plain) == 1 and plain.isascii()


def _foreign(char: str) -> bool:
    return not char.isascii() and char.isalpha() and "LATIN" not in unicodedata.name(char, "LATIN")
