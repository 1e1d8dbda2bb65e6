"""Markup in which all words are escaped: the words of services, models and files are never anything else."""

from __future__ import annotations

import html

from desktop.base.redaction import redact
from desktop.base.terminal import plain_text

LONGEST = 4_000
"""Characters of one text in a report."""


class Markup(str):
    """A piece of markup. A `str` that isn't one is words, and is escaped."""

    __slots__ = ()


def words(text: object, longest: int = LONGEST) -> Markup:
    """Words as markup: without secrets and control characters, cut, escaped."""
    if isinstance(text, Markup):
        return text
    plain = plain_text(redact(str(text)))
    if len(plain) > longest:
        plain = plain[:longest] + " …"
    return Markup(html.escape(plain.encode("utf-8", "replace").decode()))


def tag(name: str, *content: object, **attributes: object) -> Markup:
    """An element; `cls` is its class, and an attribute that is None is left out."""
    written = "".join(
        f' {_attribute(key)}="{words(value)}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    inner = "".join(words(one) for one in content if one is not None)
    return Markup(f"<{name}{written}>{inner}</{name}>")


def empty(name: str, **attributes: object) -> Markup:
    """An element of SVG without content."""
    return tag(name, **attributes)


def joined(*content: object) -> Markup:
    """Pieces one after the other."""
    return Markup("".join(words(one) for one in content if one is not None))


def foreign(text: object) -> Markup:
    """Words of somebody else, whose direction of writing changes nothing around them."""
    return tag("bdi", text)


def _attribute(key: str) -> str:
    return {"cls": "class"}.get(key, key.replace("_", "-"))
