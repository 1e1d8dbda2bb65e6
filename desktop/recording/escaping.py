"""Words of others in each kind of document, so that they stay words: no heading, no cue, no formula, no turn.

What a document's reader would obey is escaped as that reader needs it. Nobody should be able to say
something after which the document shows that somebody else had spoken.
"""

from __future__ import annotations

import re

from desktop.base.terminal import plain_json, plain_text

CONTINUED = "    "
"""Before each further line of a turn in a text document: only turns begin at the margin."""
CONTINUED_CUE = "\N{EM SPACE}"
"""The same in subtitles; players show it as a space."""

_MARKDOWN = re.compile(r"([\\`*_<\[\]~|&!])")
# What means something at the beginning of a line only: headings, also those underlined with "=" or "-",
# quotes, lists.
_LEADING = re.compile(r"^(\d{0,9})([#>+=-]|(?<=\d)[.)](?=\s|$))", re.MULTILINE)
_TAG = re.compile(r"<(?=[/!a-zA-Z])")
_OVERRIDE = re.compile(r"\{(?=\s*\\)")
_FORMULA = ("=", "+", "-", "@", "\t")


def as_markdown(text: str) -> str:
    """The text for a paragraph of Markdown; its line breaks stay."""
    # Four spaces at the beginning of a line would make it code, in which nothing is escaped.
    lines = (line.strip() for line in plain_text(text).split("\n"))
    escaped = _MARKDOWN.sub(r"\\\1", "\n".join(lines))
    return _LEADING.sub(_escaped_leading, escaped)


def as_markdown_line(text: str) -> str:
    """The text on one line of Markdown."""
    return as_markdown(" ".join(plain_text(text).split()))


def as_text(text: str) -> str:
    """The text for a turn of a text document: its further lines are indented."""
    return plain_text(text).replace("\n", f"\n{CONTINUED}")


def as_cue(text: str) -> str:
    """The text for a subtitle, in which a blank line or an arrow would begin another one."""
    lines = (line.strip() for line in plain_text(text).replace("-->", "\N{RIGHTWARDS ARROW}").split("\n"))
    words = f"\n{CONTINUED_CUE}".join(line for line in lines if line)
    # Players read "<i>" and "{\an8}" as commands; there is no way to escape them.
    return _OVERRIDE.sub("(", _TAG.sub("\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}", words))


def as_json(document: str) -> str:
    """A JSON document in which nothing is invisible, and nothing is left that a terminal would obey."""
    return plain_json(document)


def as_csv(text: str) -> str:
    """The text for a cell: a spreadsheet would work out what begins like a formula."""
    plain = plain_text(text)
    return f"'{plain}" if plain.lstrip(" \n").startswith(_FORMULA) else plain


def _escaped_leading(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}"
