"""The program's own sentences in the user's language, for those that are made where there is no Qt.

They are made in English and translated where they are shown: a sentence is known by its template in
`sentence_texts`, and its parts are put into the template's translation. What no template knows is shown as it
is: a service's own words.
"""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtCore import QCoreApplication

CONTEXT = "Sentences"
LONGEST = 2_000
"""Characters. None of ours is so long, and a service's own words can have any length."""
DEEPEST = 3
"""A part of a sentence can be a sentence again: what a service said, in what the settings say of it."""
_PROBE = "The service ended the session."
"""Where this one has no translation, none has."""
_PLACE = re.compile(r"\{(\d)\}")


def shown(text: str) -> str:
    """This sentence as it is shown, in the user's language."""
    translate = QCoreApplication.translate
    if not text or len(text) > LONGEST or translate(CONTEXT, _PROBE) == _PROBE:
        return text
    return _shown(text, DEEPEST)


def template_of(text: str) -> str:
    """The template that this sentence is known by; empty if there is none. The most specific one wins."""
    return next((template for pattern, template in _patterns() if pattern.fullmatch(text)), "")


def _shown(text: str, depth: int) -> str:
    translate = QCoreApplication.translate
    whole = translate(CONTEXT, text)
    if whole != text or depth == 0:
        return whole
    for pattern, template in _patterns():
        if found := pattern.fullmatch(text):
            parts = (_shown(part, depth - 1) for part in found.groups())
            return translate(CONTEXT, template).format(*parts)
    return text


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    # An English window needs neither.
    from desktop.viewmodels.sentence_texts import TEMPLATES

    by_words = sorted(TEMPLATES, key=lambda template: len(_PLACE.sub("", template)), reverse=True)
    return tuple((_pattern(template), template) for template in by_words)


def _pattern(template: str) -> re.Pattern[str]:
    """Its places are numbered in the order they stand in, so groups are places."""
    literal = (re.escape(part) for part in _PLACE.split(template)[::2])
    return re.compile("(.*?)".join(literal), re.DOTALL)
