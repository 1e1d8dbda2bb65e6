"""Keeps secrets out of everything that is written: the registered ones, and anything that looks like one.

Whatever leaves the program for a disk, a terminal or another program goes through here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

SHORTEST_SECRET = 6
"""Characters. Blotting out anything shorter would eat ordinary words."""

SECRET_FIELDS = frozenset({"api_key", "authorization", "client_secret", "ticket"})
"""Fields whose text is a secret whatever it looks like."""

# In JSON and in a `repr` the letter of an escaped line break or tab stands before what begins a line.
_ESCAPED = r"(?<=\\[nrt])"
# What looks like a secret without being registered; the part in the first group stays.
_PATTERNS = [
    re.compile(rf"((?:\b|{_ESCAPED})bearer\s+)[^\s\"',;]+", re.IGNORECASE),
    re.compile(rf"((?:\b|{_ESCAPED})opper-ticket\.)[^\s\"',;]+"),
    re.compile(r"([?&]ticket=)[^\s&\"']+"),
    re.compile(rf"(\"(?:{'|'.join(sorted(SECRET_FIELDS))})\"\s*:\s*\")[^\"]+", re.IGNORECASE),
    # Not in the middle of a compound: "co-op-partnership" is no key.
    re.compile(rf"((?:(?<![\w-])|{_ESCAPED})(?:op|opmak|sk)-)[\w-]{{8,}}"),
]
# Every match of a pattern contains one of these. Looking for them first costs a twentieth of the patterns.
_HINTS = ("bearer", "op-", "opmak-", "sk-", *sorted(SECRET_FIELDS))
_secrets: set[str] = set()


def protect(secret: str) -> None:
    """Never let these characters into the log. Secrets under 6 characters are not accepted (ValueError)."""
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"A secret has at least {SHORTEST_SECRET} characters")
    _secrets.add(secret)


def redact(text: str) -> str:
    """The text with every protected secret, and anything that looks like one, replaced by "…"."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "…")
    lower = text.lower()
    if not any(hint in lower for hint in _HINTS):
        return text
    for pattern in _PATTERNS:
        text = pattern.sub(r"\1…", text)
    return text


class SecretSpan(NamedTuple):
    """Where a secret is in a text, and where what tells that it is one begins, as `"api_key":` does."""

    sign: int
    begin: int
    end: int


def secret_spans(text: str) -> list[SecretSpan]:
    """The secrets that `redact` would replace, in order, none within another."""
    spans = []
    for secret in _secrets:
        at = text.find(secret)
        while at >= 0:
            spans.append(SecretSpan(at, at, at + len(secret)))
            at = text.find(secret, at + len(secret))
    lower = text.lower()
    if any(hint in lower for hint in _HINTS):
        for pattern in _PATTERNS:
            spans += [
                SecretSpan(found.start(), found.end(1), found.end()) for found in pattern.finditer(text)
            ]
    joined: list[SecretSpan] = []
    for span in sorted(spans, key=lambda span: span.begin):
        if joined and span.begin < joined[-1].end:
            last = joined.pop()
            span = SecretSpan(min(last.sign, span.sign), last.begin, max(last.end, span.end))
        joined.append(span)
    return joined


def redact_all(value: Any) -> Any:
    """A JSON value with `redact` applied to each text and key; fields in `SECRET_FIELDS` go whole."""
    if isinstance(value, str):
        return redact(value) if len(value) >= SHORTEST_SECRET else value
    if isinstance(value, Mapping):
        return {redact_all(key): _redact_field(key, inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [redact_all(inner) for inner in value]
    return value


def _redact_field(name: Any, value: Any) -> Any:
    named = isinstance(name, str) and name.lower() in SECRET_FIELDS
    return "…" if named and isinstance(value, str) and value else redact_all(value)
