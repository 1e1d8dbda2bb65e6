"""The conversation as a document: Markdown, plain text, JSON, and subtitles with the times of speech.

Documents for people are in the window's language. JSON is for programs: its names and states are English.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import QCoreApplication

from desktop.base.redaction import redact_all
from desktop.recording.escaping import as_cue, as_json, as_markdown, as_markdown_line, as_text
from desktop.viewmodels.line_words import note_words, tool_words
from desktop.viewmodels.transcript_model import Line

CHARS_PER_S = 15.0
"""How fast subtitles can be read, for lines without an end: typed ones, and silent responses."""
SHORTEST = timedelta(seconds=1)


def to_markdown(lines: Iterable[Line]) -> str:
    """The lines as Markdown, with their times; what was not heard is struck through."""
    title = QCoreApplication.translate("Export", "Conversation")
    parts = [f"# {title}"]
    for line in lines:
        if line.tool is not None:
            parts.append(f"_{_called(line, as_markdown_line(line.text))}_")
        elif line.speaker == "system":
            parts.append(f"_{as_markdown_line(line.text)}_")
        else:
            note = f" _({note_words(line.note)})_" if line.note else ""
            parts.append(f"**{_name(line)}** · {line.at:%H:%M:%S}{note}\n\n{_marked(line)}")
    return "\n\n".join(parts) + "\n"


def to_text(lines: Iterable[Line]) -> str:
    """The lines as plain text; what was not heard is in brackets."""
    entries = []
    for line in lines:
        if line.tool is not None:
            words = _called(line, line.text)
        elif line.speaker == "system":
            words = line.text
        else:
            unheard = QCoreApplication.translate("Export", "[not heard: {0}]")
            unheard = unheard.format(line.unheard_text) if line.unheard_text else ""
            note = f"({note_words(line.note)})" if line.note else ""
            parts = [part for part in (line.heard_text, unheard, note) if part]
            words = f"{_name(line)}: " + " ".join(parts)
        entries.append(f"{line.at:%Y-%m-%d %H:%M:%S}  {as_text(words)}\n")
    return "".join(entries)


def to_json(lines: Iterable[Line]) -> str:
    """The lines as JSON: an object with `version` 1 and `lines`; times are ISO 8601 with their zone."""
    records = redact_all([_record(line) for line in lines])
    return as_json(json.dumps({"version": 1, "lines": records}, ensure_ascii=False, indent=2))


def to_srt(lines: Iterable[Line]) -> str:
    """The spoken lines as subtitles, timed from the conversation's first line.

    A take lasts from press to release, a response from its first sound to its last. Lines without an end
    stay as long as they take to read, or until the next line.
    """
    every = list(lines)
    if not every:
        return ""
    zero = min(_begin(line) for line in every)
    spoken = sorted(
        (line for line in every if line.speaker in ("user", "assistant") and line.heard_text.strip()),
        key=_begin,
    )
    cues = []
    for number, (line, end) in enumerate(zip(spoken, _ends(spoken), strict=True), 1):
        times = f"{_clock(_begin(line) - zero)} --> {_clock(end - zero)}"
        cues.append(f"{number}\n{times}\n{_name(line)}: {as_cue(line.heard_text)}\n")
    return "\n".join(cues)


FORMATS: dict[str, Callable[[Iterable[Line]], str]] = {
    ".md": to_markdown,
    ".txt": to_text,
    ".json": to_json,
    ".srt": to_srt,
}
"""The document formats, by the ending of the file."""


def _name(line: Line) -> str:
    translate = QCoreApplication.translate
    return translate("Export", "You") if line.speaker == "user" else translate("Export", "Assistant")


def _called(line: Line, name: str) -> str:
    """A tool's call."""
    words = QCoreApplication.translate("Export", "Tool {0}: {1}")
    return words.format(name, tool_words(line.tool) if line.tool else "")


def _marked(line: Line) -> str:
    parts = (as_markdown(line.heard_text), _struck(line.unheard_text))
    return " ".join(part for part in parts if part)


def _struck(text: str) -> str:
    """Marks each line by itself: Markdown has no mark that spans paragraphs."""
    return "\n".join(f"~~{part}~~" if part else "" for part in as_markdown(text).split("\n"))


def _record(line: Line) -> dict[str, Any]:
    record: dict[str, Any] = {"speaker": line.speaker, "at": line.at.isoformat(), "text": line.stored_text}
    if line.sounded_at:
        record["sounded_at"] = line.sounded_at.isoformat()
    if line.ended_at:
        record["ended_at"] = line.ended_at.isoformat()
    if line.note:
        record["note"] = line.note
    if line.heard is not None:
        record |= {"heard": line.heard_text, "not_heard": line.unheard_text}
    if line.tool is not None:
        card = line.tool
        record |= {"call_id": card.call_id, "state": card.state, "duration_ms": card.duration_ms}
    return record


def _begin(line: Line) -> datetime:
    return line.sounded_at or line.at


def _ends(spoken: Sequence[Line]) -> list[datetime]:
    ends = []
    for place, line in enumerate(spoken):
        begin = _begin(line)
        if line.ended_at and line.ended_at > begin:
            ends.append(line.ended_at)
            continue
        end = begin + max(SHORTEST, timedelta(seconds=len(line.heard_text) / CHARS_PER_S))
        following = _begin(spoken[place + 1]) if place + 1 < len(spoken) else end
        ends.append(min(end, following) if following > begin else end)
    return ends


def _clock(span: timedelta) -> str:
    ms = round(span.total_seconds() * 1_000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1_000 % 60:02},{ms % 1_000:03}"
