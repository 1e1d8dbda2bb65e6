"""Takes out of a recording what isn't for others: keys, e-mail addresses, home folders and names.

Pure. Stricter than `base.redaction`, which keeps secrets off our own disk: what is shared is read by
strangers, so a word too many may go, and a name must. Each pattern takes a time that grows with the text
alone, whatever the text is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from desktop.base.redaction import secret_spans
from desktop.recording.share import secret_patterns

Kind = Literal["key", "email", "home", "user", "host"]
KINDS: tuple[Kind, ...] = ("key", "email", "home", "user", "host")
IN_PLACE: dict[Kind, str] = {
    "key": "[key]",
    "email": "[e-mail]",
    "home": "~",
    "user": "[user]",
    "host": "[host]",
}
GONE = "…"
"""What stands in a recording where a secret was taken out when it was written."""
SHORTEST_NAME = 3
COMMON_NAMES = frozenset(
    "admin administrator anonymous assistant computer container debian default desktop docker fedora guest "
    "home host laptop linux local localhost localdomain mac macbook nobody owner root runner server system "
    "test tool ubuntu user users voice windows workstation you "
    "and bin dal dos del den der des die ibn the und van von".split()
)
"""Logins, hosts and parts of names that say nothing of anybody, and would blot out words that are needed."""
LONGEST_LOCAL = 64
ESCAPED_TIMES = 6
"""How deeply JSON in a text in JSON is looked into, behind its escapes."""
WORD_FIELDS = frozenset({"type", "speaker", "direction", "mark", "outcome", "state"})
"""Fields of a recording that hold a word of the format."""

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([\"\\/]))")
_WORD = re.compile(r"\A[a-z0-9_. ]{0,40}\Z")
_AT = re.compile(r"@|%40", re.IGNORECASE)
_DOMAIN = re.compile(r"[^\W_](?:[\w-]{0,62}\.){1,8}[^\W\d_]{2,24}")
_HOMES = re.compile(
    r"(?:(?<![\w.-])/(?:home|Users)/|[A-Za-z]:[\\/]{1,4}Users[\\/]{1,4}|%2F(?:home|Users)%2F)"
    r"(?:[^/\\\"'<>:|?*\r\n]{1,64}(?=[\\/])|[^\s/\\\"'<>:|?*,;)\]}]{1,255})",
    re.IGNORECASE,
)


class Span(NamedTuple):
    """A part of a text that has to go."""

    begin: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose recording it is: logins and names of the user, names of the computer, home folders."""

    users: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    homes: tuple[str, ...] = ()


class Redactor:
    """Redacts texts and JSON values, and counts in `counts` what it has taken out, by kind."""

    def __init__(self, identity: Identity) -> None:
        self.counts: Counter[Kind] = Counter()
        self._names: list[tuple[re.Pattern[str], Kind]] = []
        homes = {variant for home in identity.homes for variant in _home_variants(home)}
        if homes:
            self._names.append((re.compile(rf"(?:{_either(homes)})(?![^\W_])", re.I), "home"))
        known: tuple[tuple[set[str], Kind], ...] = (
            (_user_names(identity.users), "user"),
            (_host_names(identity.hosts), "host"),
        )
        for names, kind in known:
            if names:
                self._names.append((re.compile(rf"(?<![^\W_])(?:{_either(names)})(?![^\W_])", re.I), kind))

    def spans(self, text: str, *, ids: bool = False) -> list[Span]:
        """What has to go, in order, none within another. `ids`: long random words are ids, and stay."""
        if len(text) < SHORTEST_NAME:
            return []
        found = [Span(span.begin, span.end, "key") for span in secret_spans(text)]
        found += [Span(begin, end, "key") for begin, end in secret_patterns.spans(text)]
        if not ids:
            found += [Span(begin, end, "key") for begin, end in secret_patterns.random_words(text)]
        found += _addresses(text)
        found += [Span(*match.span(), "home") for match in _HOMES.finditer(text)]
        for pattern, kind in self._names:
            found += [Span(*match.span(), kind) for match in pattern.finditer(text)]
        return _joined(found)

    def text(self, text: str, *, ids: bool = False) -> str:
        """The text without what has to go."""
        clean = self._cut(text, ids)
        plain = clean
        for _ in range(ESCAPED_TIMES):
            once = _ESCAPE.sub(_unescaped, plain) if "\\" in plain else plain
            if once == plain:
                break
            plain = once
            if self.spans(plain, ids=ids):
                return self._cut(plain, ids)
        return clean

    def value(self, value: Any, name: str = "") -> Any:
        """A JSON value without it, in keys too; a text in a field whose name is a secret's goes whole."""
        if isinstance(value, str):
            if name in WORD_FIELDS and _WORD.match(value):
                return value
            if value not in ("", GONE) and secret_patterns.is_secret_name(name):
                self.counts["key"] += 1
                return IN_PLACE["key"]
            return self.text(value, ids=name.lower().endswith("id"))
        if isinstance(value, dict):
            secret = secret_patterns.is_secret_name(name)
            return {
                self.text(str(key)): self.value(inner, name if secret else str(key))
                for key, inner in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.value(inner, name) for inner in value]
        return value

    def _cut(self, text: str, ids: bool) -> str:
        spans = self.spans(text, ids=ids)
        if not spans:
            return text
        self.counts.update(span.kind for span in spans)
        return cut(text, spans)


def cut(text: str, spans: list[Span]) -> str:
    """The text with a mark in place of each of these."""
    parts, at = [], 0
    for span in spans:
        parts += [text[at : span.begin], IN_PLACE[span.kind]]
        at = span.end
    return "".join([*parts, text[at:]])


def _unescaped(escape: re.Match[str]) -> str:
    """What an escape of JSON's stands for; half of a surrogate pair stays."""
    if escape[2]:
        return escape[2]
    character = chr(int(escape[1], 16))
    return escape[0] if "\ud800" <= character <= "\udfff" else character


def _joined(found: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(found, key=lambda span: (span.begin, -span.end)):
        if joined and span.begin < joined[-1].end:
            if span.end > joined[-1].end:
                joined[-1] = joined[-1]._replace(end=span.end)
        elif span.end > span.begin:
            joined.append(span)
    return joined


def _addresses(text: str) -> Iterator[Span]:
    for sign in _AT.finditer(text):
        begin = sign.start()
        while begin > max(0, sign.start() - LONGEST_LOCAL) and _is_local(text[begin - 1]):
            begin -= 1
        domain = _DOMAIN.match(text, sign.end())
        if domain and begin < sign.start():
            yield Span(begin, domain.end(), "email")


def _is_local(character: str) -> bool:
    return character.isalnum() or character in "._%+-'"


def _home_variants(home: str) -> Iterator[str]:
    bare = home.rstrip("/\\")
    if len(bare) > SHORTEST_NAME:
        yield from (bare, bare.replace("\\", "\\\\"), bare.replace("\\", "/"), bare.replace("/", "%2F"))


def _user_names(users: tuple[str, ...]) -> set[str]:
    """Each name, its parts, and its parts joined as logins are."""
    found: set[str] = set()
    for user in users:
        parts = [part for part in re.split(r"[\s,._-]+", user) if part]
        found |= {user.strip(), *parts, *(sign.join(parts) for sign in ("", ".", "_", "-"))}
    return _worth(found)


def _host_names(hosts: tuple[str, ...]) -> set[str]:
    return _worth({name for host in hosts for name in (host, host.partition(".")[0])})


def _worth(names: set[str]) -> set[str]:
    return {name for name in names if len(name) >= SHORTEST_NAME and name.lower() not in COMMON_NAMES}


def _either(names: set[str]) -> str:
    return "|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name))))
