"""Joins words that come in parts: whole sentences, or pieces of words with their own spaces."""

from __future__ import annotations

_ENDS = ".!?…"
_PAUSES = _ENDS + ",;:"
_CLOSING = _PAUSES + ")]}%'\u2019\u201d»"
# First and last characters of scripts that put no spaces between words: Thai and its neighbours, Khmer,
# and East Asia's without Korean.
_WITHOUT_SPACES = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3000, 0x30FF), (0x3400, 0x9FFF))


def gap(before: str, after: str) -> str:
    """What belongs between two parts: a space, or nothing where one has it already, and within a word."""
    if not before or not after or before[-1].isspace() or after[0].isspace():
        return ""
    last, first = before[-1], after[0]
    if first in _CLOSING or _no_spaces(last) or _no_spaces(first):
        return ""
    if last in _PAUSES:
        number = len(before) > 1 and before[-2].isdigit() and first.isdigit()
        return "" if number else " "
    return " " if last.islower() and first.isupper() else ""


def continuation(before: str, after: str) -> str:
    """What to append to a text so that it goes on with another part, with one space at most between them."""
    if not before or before[-1].isspace():
        return after.lstrip()
    return gap(before, after) + after


class JoinedWords:
    """The transcript of one take, which may come whole, sentence by sentence, or in pieces of words.

    Pieces bring their own spaces; whether they do may show only at the third one, so the text is joined anew
    with each.
    """

    def __init__(self) -> None:
        self._count = 0
        self._last = ""
        self._spaced = False
        self._as_sent = ""
        """For parts that bring their own spaces."""
        self._by_rule = ""
        """For parts that don't."""

    @property
    def text(self) -> str:
        """What has come so far, in one line."""
        return " ".join((self._as_sent if self._spaced else self._by_rule).split())

    def add(self, part: str) -> str:
        """Another part has come: the whole text."""
        bare = part.strip()
        self._spaced |= (bool(self._as_sent) and part != bare) or part != part.rstrip()
        new_sentence = self._last[-1:] in tuple(_ENDS) and bare[:1].isupper()
        self._as_sent += (gap(self._as_sent, part) if new_sentence else "") + part
        # Within a part that has spaces no word was cut: it doesn't begin or end in the middle of one.
        phrases = " " in self._last or " " in bare
        between = " " if phrases and self._by_rule and bare[:1] not in tuple(_CLOSING) else None
        self._by_rule += (gap(self._by_rule, bare) if between is None else between) + bare
        self._last = bare or self._last
        self._count += bool(bare)
        return self.text

    def continued_by(self, part: str) -> bool:
        """Whether this part, which nobody says where it belongs, goes on with these words."""
        bare = part.strip()
        if not self._count or not bare:
            return False
        if self._last[-1] in _ENDS:
            return self._count > 1 and part[0].isspace()
        first = bare[0]
        return part[0].isspace() or first.islower() or first in _CLOSING or _no_spaces(first)


def _no_spaces(char: str) -> bool:
    return any(first <= ord(char) <= last for first, last in _WITHOUT_SPACES)
