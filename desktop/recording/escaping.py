"""Words of others in each kind of document, so that they stay words: no cue, no command, no turn.

What a document's reader would obey is escaped as that reader needs it. Nobody should be able to say
something after which the document shows that somebody else had spoken. Markdown's own signs: `markdown.py`.
"""

from __future__ import annotations

import re

from desktop.base.terminal import plain_json, plain_text

CONTINUED = 21 * " "
"""Before each further line of a turn in a text document, below its words: only turns begin at the margin."""
CONTINUED_CUE = "\N{EM SPACE}"
"""The same in subtitles; players show it as a space."""

_TAG = re.compile(r"<(?=[/!a-zA-Z])")
_BREAK = re.compile(r"\\(?=[Nnh])")
_BRACES = str.maketrans("{}", "()")


def as_text(text: str) -> str:
    """The text for a turn of a text document: its further lines are indented."""
    return f"\n{CONTINUED}".join(plain_text(text).splitlines())


def as_cue(text: str) -> str:
    """The text for a subtitle, in which a blank line or an arrow would begin another one."""
    lines = (line.strip() for line in plain_text(text).replace("-->", "\N{RIGHTWARDS ARROW}").split("\n"))
    words = f"\n{CONTINUED_CUE}".join(line for line in lines if line)
    # Players read "<i>", "{\an8}" and "{y:i}" as commands, leave out what else is in braces, and begin a line
    # at "\N"; there is no way to escape them.
    words = _TAG.sub("\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}", words)
    return _BREAK.sub("\N{REVERSE SOLIDUS OPERATOR}", words.translate(_BRACES))


def as_json(document: str) -> str:
    """A JSON document in which nothing is invisible, and nothing is left that a terminal would obey."""
    return plain_json(document)
