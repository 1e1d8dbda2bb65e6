"""Recognised English made plain for rules: lower case, digits for numbers, durations in seconds. Pure.

The recogniser writes the same words in many ways: "twelve times seven", "12 x 7", "a twenty-sided die",
"6:30", "to-morrow", "per cent".
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {word: value for value, word in enumerate(_UNITS)} | {
    word: (place + 2) * 10 for place, word in enumerate(_TENS)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}

_SPELLINGS = {
    r"\bwhat['\u2019]?s\b": "what is",
    r"\bwho['\u2019]?s\b": "who is",
    r"\bhow['\u2019]?s\b": "how is",
    r"['\u2019]": "",
    r"\bto-(day|morrow|night)\b": r"to\1",
    r"\bper cent\b|%": " percent ",
    r"[\u00d7\u2715]": " x ",
    r"\u00f7": " / ",
    r"(?<=\d),(?=\d{3}\b)": "",
    # A hyphen joins words ("twenty-one", "20-sided"); between numbers it is a minus.
    r"(?<=[a-z])-(?=[a-z0-9])|(?<=\d)-(?=[a-z])": " ",
    r"[\u2013\u2014\u2212]": " - ",
    # A full stop or a colon stays only between digits.
    r"[.:](?!\d)|(?<!\d)[.:]": " ",
    r"[^a-z0-9.:+*/^() -]": " ",
}


def plain(text: str) -> str:
    """The text in lower case with digits for number words, and no punctuation but that of numbers."""
    for pattern, replacement in _SPELLINGS.items():
        text = re.sub(pattern, replacement, text.lower())
    return " ".join(_with_digits(text.split()))


def _with_digits(words: list[str]) -> list[str]:
    out: list[str] = []
    place = 0
    while place < len(words):
        number, length = _number_at(words, place)
        if length:
            out.append(number)
            place += length
        else:
            out.append(words[place])
            place += 1
    return out


def _number_at(words: list[str], place: int) -> tuple[str, int]:
    """The number that begins at that word, and how many words it takes (0: none)."""
    total, current, length = 0, 0, 0
    previous = ""
    for offset, word in enumerate(words[place:]):
        if word in _SMALL and _may_follow(previous, word):
            current += _SMALL[word]
        elif word in _SCALES and (previous or (offset == 0 and word != "hundred")):
            total, current = _scaled(total, current or 1, _SCALES[word])
        elif word == "a" and offset == 0 and words[place + 1 : place + 2] and words[place + 1] in _SCALES:
            current = 1
        elif word == "and" and previous in _SCALES and _next_is_small(words, place + offset + 1):
            continue
        else:
            break
        previous, length = word, offset + 1
    if not length:
        return "", 0
    return _with_point(words, place + length, str(total + current), length)


def _scaled(total: int, current: int, scale: int) -> tuple[int, int]:
    """`two thousand` goes to the total, `two hundred` may still grow (`two hundred thousand`)."""
    return (total, current * scale) if scale == 100 else (total + current * scale, 0)


def _may_follow(previous: str, word: str) -> bool:
    """ "twenty one" is one number, "one two" are two."""
    if not previous or previous in _SCALES or previous == "a":
        return True
    return previous in _TENS and 0 < _SMALL[word] < 10


def _next_is_small(words: list[str], place: int) -> bool:
    return place < len(words) and words[place] in _SMALL


def _with_point(words: list[str], after: int, whole: str, length: int) -> tuple[str, int]:
    """Adds what follows a spoken "point": "three point one four"."""
    if words[after : after + 1] != ["point"]:
        return whole, length
    digits = ""
    for word in words[after + 1 :]:
        if not (word.isdigit() or _SMALL.get(word, 10) < 10):
            break
        digits += word if word.isdigit() else str(_SMALL[word])
        length += 1
    return (f"{whole}.{digits}", length + 1) if digits else (whole, length)


def respelled(text: str, vocabulary: Iterable[str]) -> str:
    """The plain text with near misses of the vocabulary ("timmer") corrected.

    Only words of four letters and more: shorter ones are too similar.
    """
    known = [word for word in vocabulary if len(word) >= 4]
    return " ".join(_nearest(word, known) for word in text.split())


def _nearest(word: str, known: list[str]) -> str:
    if len(word) < 4 or not word.isalpha() or word in known or word.rstrip("s") in known:
        return word
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.82)
    return near[0] if near else word


_SECONDS = {"second": 1, "sec": 1, "minute": 60, "min": 60, "hour": 3_600}
_UNIT = r"(second|sec|minute|min|hour)s?"
_DURATION = re.compile(
    r"(?:(?P<n>(?<![\d.])\d++(?:\.\d++)?|an?|half an?|(?P<mixed>(?<!\d)\d++) and a half|a couple of)"
    rf" ?(?P<u>{_UNIT})(?P<half> and a half)?)"
)


def duration(text: str) -> tuple[float, str] | None:
    """The duration in a plain text, in seconds, and the text without it.

    "1 minute and 30 seconds" is 90, "an hour and a half" 5400, "half an hour" 1800.
    """
    total = 0.0
    for match in _DURATION.finditer(text):
        unit = _SECONDS[match["u"].rstrip("s")]
        total += (_amount(match) + (0.5 if match["half"] else 0)) * unit
    if not total:
        return None
    rest = re.sub(r"\b(and)? *$", "", " ".join(_DURATION.sub(" ", text).split()))
    return total, rest


def _amount(match: re.Match[str]) -> float:
    if match["mixed"]:
        return float(match["mixed"]) + 0.5
    named = {"a": 1.0, "an": 1.0, "half a": 0.5, "half an": 0.5, "a couple of": 2.0}
    return named[match["n"]] if match["n"] in named else float(match["n"])


def spoken_duration(seconds: float) -> str:
    """The duration in words: "1 minute and 30 seconds"."""
    rest = round(seconds)
    parts = []
    for unit, length in (("hour", 3_600), ("minute", 60), ("second", 1)):
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count} {unit}{'s' if count > 1 else ''}")
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def spoken_number(value: float) -> str:
    """The number in words: "84", "about 3.33", "minus 5"."""
    sign = "minus " if value < 0 else ""
    value = abs(value)
    if value == int(value) and value < 1e15:
        return f"{sign}{int(value):,}"
    short = f"{value:.2f}".rstrip("0").rstrip(".") if 0.01 <= value < 1e15 else f"{value:.3g}"
    return f"{sign}{short}" if float(short) == value else f"about {sign}{short}"
