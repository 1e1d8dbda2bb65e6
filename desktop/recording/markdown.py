"""The conversation as Markdown (CommonMark). What was said is text in it: no heading, no turn, no mark.

It is quoted, line by line. Letters that look bold (U+1D5D4 and others) or signs that look like ours could
make a line of it look like the beginning of a turn; but that stands outside of the quotes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QCoreApplication

from desktop.base.terminal import plain_text
from desktop.recording.background import NOTHING, Background, calls_of
from desktop.recording.escaping import as_json
from desktop.viewmodels import spend_report
from desktop.viewmodels.line_words import note_words, tool_words
from desktop.viewmodels.tool_calls_model import Call
from desktop.viewmodels.transcript_line import Line

_SPECIAL = re.compile(r"([\\`*_<\[~|&])")
_LEADING = re.compile(r"^( {0,3}\d*)(#{1,6}(?=\s|$)|>|=|[+-](?=\s|-|$)|(?<=\d)[.)](?=\s|$))", re.MULTILINE)
_INDENTED = re.compile(r"^(?:\t| {4})[ \t]*", re.MULTILINE)
"""Four spaces or a tab begin code."""
_FENCE = re.compile(r"`{3,}")


def to_markdown(lines: Iterable[Line], background: Background = NOTHING) -> str:
    """The lines with their times, arguments and results; what was not heard is struck through."""
    every = list(lines)
    calls = calls_of(every, background.calls)
    title = QCoreApplication.translate("Export", "Conversation")
    parts = [f"# {title}"]
    if head := _head(every, background):
        parts.append(head)
    for place, line in enumerate(every):
        if line.tool is not None:
            parts.append(f"_{_called(line)}_")
            parts += _exchanged(calls.get(place))
        elif line.speaker == "system":
            parts.append(f"_{escaped(_one_line(line.text))}_")
        else:
            note = f" _({escaped(_one_line(note_words(line.note)))})_" if line.note else ""
            parts.append(f"**{speaker_name(line)}** · {line.at:%H:%M:%S}{note}\n\n{_quoted(_marked(line))}")
    return "\n\n".join(parts) + "\n"


def speaker_name(line: Line) -> str:
    """Whose line it is, in the window's language."""
    translate = QCoreApplication.translate
    return translate("Export", "You") if line.speaker == "user" else translate("Export", "Assistant")


def escaped(text: str) -> str:
    """A text in which nothing means anything to Markdown; its lines stay lines."""
    lines = "\n".join(plain_text(text).splitlines())  # there are ten ways to begin a line
    plain = _INDENTED.sub(lambda begin: "\u00a0" * len(begin[0].expandtabs(4)), lines)
    return _LEADING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", plain))


def _head(lines: list[Line], background: Background) -> str:
    translate = QCoreApplication.translate
    entries = []
    if lines:
        first, last = lines[0].at, lines[-1].at
        end = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
        entries.append(translate("Export", "Date: {0} to {1}").format(f"{first:%Y-%m-%d %H:%M}", end))
    used = dict.fromkeys((one.name, one.model, one.provider, one.voice) for one in background.sessions)
    for name, model, provider, voice in used:
        parts = [translate("Export", "Model: {0} ({1})").format(escaped(name), escaped(model))]
        parts.append(translate("Export", "Provider: {0}").format(escaped(provider)))
        if voice:
            parts.append(translate("Export", "Voice: {0}").format(escaped(voice)))
        entries += [_one_line(part) for part in parts]
    if background.spent.known or background.spent.unknown:
        spent = translate("Export", "Spent: {0}")
        entries.append(spent.format(escaped(spend_report.words(background.spent))))
    return "\n".join(f"- {entry}" for entry in entries)


def _called(line: Line) -> str:
    words = QCoreApplication.translate("Export", "Tool {0}: {1}")
    state = tool_words(line.tool) if line.tool else ""
    return words.format(escaped(_one_line(line.text)), escaped(_one_line(state)))


def _exchanged(call: Call | None) -> list[str]:
    """What a tool was given, and what came of it."""
    if call is None:
        return []
    translate = QCoreApplication.translate
    parts = [translate("Export", "Arguments:"), _code(call.arguments)]
    if call.result is not None:
        parts += [translate("Export", "Result:"), _code(call.result)]
    return parts


def _code(value: Any) -> str:
    """JSON in a fence that is longer than any within it: nothing in it can end it."""
    text = as_json(json.dumps(value, ensure_ascii=False, indent=2, default=str))
    longest = max((len(found) for found in _FENCE.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}json\n{text}\n{fence}"


def _quoted(text: str) -> str:
    return "\n".join(f"> {row}".rstrip() for row in text.split("\n"))


def _marked(line: Line) -> str:
    parts = (escaped(line.heard_text), _struck(line.unheard_text))
    return " ".join(part for part in parts if part)


def _struck(text: str) -> str:
    """Marks each line by itself: Markdown has no mark that spans paragraphs."""
    parts = (part.strip() for part in text.splitlines())
    return "\n".join(f"~~{escaped(part)}~~" if part else "" for part in parts)


def _one_line(text: str) -> str:
    return " ".join(text.split())
