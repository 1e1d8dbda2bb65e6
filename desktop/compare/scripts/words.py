"""Words as they are compared: the error rate, and the language of a text. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

MOST_WORDS = 2_000
LEAST_HITS = 1

_WORD = re.compile(r"[\w']+")
_COMMON: dict[str, str] = {
    "da": "og i jeg det at en den til er som på de med han af for ikke der var mig sig men et har om vi",
    "de": "der die und in zu den das nicht von sie ist des sich mit dem dass er es ein ich auf so eine",
    "en": "the be to of and a in that have it is for not on with i you do at this but by from are it's i'm",
    "es": "de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha",
    "fi": "ja on ei se että hän oli mutta niin kun minä mitä ole tämä myös sitten jos vain kuin nyt olen",
    "fr": "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont",
    "it": "di e il la che in un a per è una sono con non si da come le i del della ma gli anche più questo",
    "nl": "de en van ik te dat die in een hij het niet zijn is was op aan met als voor had er maar om hem",
    "no": "og i jeg det at en den til er som på de med han av for ikke der var meg seg men et har om vi",
    "pl": "w i na z się nie do to że jest o jak za po co tak ale od jego dla już tylko czy przez przy",
    "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos como mas ao ele das à",
    "sv": "och i att det som en på är av för med till den har de inte om ett han men var jag sig från vi",
}
"""The commonest words. Languages that have none here can't be told by them."""
_SETS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_SCRIPTS = (
    ("HIRAGANA", "ja"),
    ("KATAKANA", "ja"),
    ("HANGUL", "ko"),
    ("CJK", "zh"),
    ("CYRILLIC", "ru"),
    ("GREEK", "el"),
    ("ARABIC", "ar"),
    ("HEBREW", "he"),
    ("DEVANAGARI", "hi"),
    ("THAI", "th"),
)
"""Scripts by the names of their characters; the first that is there decides."""
LANGUAGES = tuple(sorted({*_COMMON, *(language for _, language in _SCRIPTS)}))


def words_of(text: str) -> list[str]:
    """The words of a text, without case and marks."""
    return _WORD.findall(
        unicodedata.normalize("NFKC", text).casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    )


def error_rate(said: str, heard: str) -> float:
    """The word error rate: exchanged, added and missing words, by those that were said."""
    one, other = words_of(said)[:MOST_WORDS], words_of(heard)[:MOST_WORDS]
    if not one:
        return 0.0 if not other else 1.0
    row = list(range(len(other) + 1))
    for at, word in enumerate(one, 1):
        before, row[0] = row[0], at
        for to, there in enumerate(other, 1):
            before, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1, before + (word != there))
    return row[-1] / len(one)


def language_of(text: str) -> str:
    """The language of a text as ISO 639-1: by its script, else by its commonest words; empty if unsure."""
    names = Counter(
        language
        for letter in text[:4_000]
        if letter.isalpha() and not letter.isascii()
        for begin, language in _SCRIPTS
        if unicodedata.name(letter, "").startswith(begin)
    )
    letters = sum(letter.isalpha() for letter in text[:4_000])
    if names and sum(names.values()) > letters / 3:
        return next(language for _, language in _SCRIPTS if names[language])
    words = words_of(text)
    hits = Counter({language: sum(word in common for word in words) for language, common in _SETS.items()})
    (first, most), (_, second) = hits.most_common(2)
    return first if most >= LEAST_HITS and most > second else ""
