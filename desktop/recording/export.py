"""The conversation as a document: Markdown, plain text, JSON, and subtitles with the times of speech.

Documents for people are in the window's language. JSON is for programs: its names and states are English.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication

from desktop.recording.background import NOTHING, Background
from desktop.recording.escaping import as_cue, as_text
from desktop.recording.json_document import to_json
from desktop.recording.markdown import speaker_name, to_markdown
from desktop.viewmodels.line_words import note_words, tool_words
from desktop.viewmodels.transcript_line import Line

CHARS_PER_S = 15.0
"""How fast subtitles can be read, for lines without an end: typed ones, and silent responses."""
SHORTEST = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(hours=12)
"""Between two lines of subtitles, and of one line. What is longer is a clock that was set, or another day."""
PAUSE = timedelta(minutes=1)
"""What is left of a longer pause."""


def to_text(lines: Iterable[Line], background: Background = NOTHING) -> str:
    """The lines as plain text; what was not heard is in brackets. Further lines of a text are set in."""
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
            words = f"{speaker_name(line)}: " + " ".join(parts)
        entries.append(f"{line.at:%Y-%m-%d %H:%M:%S}  {as_text(words)}\n")
    return "".join(entries)


def to_srt(lines: Iterable[Line], background: Background = NOTHING) -> str:
    """The spoken lines as subtitles, timed from the conversation's first line.

    A take lasts from press to release, a response from its first sound to its last. Lines without an end
    stay as long as they take to read, or until the next line.
    """
    every = _steady(lines)
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
        cues.append(f"{number}\n{times}\n{speaker_name(line)}: {as_cue(line.heard_text)}\n")
    return "\n".join(cues)


Format = Callable[[Iterable[Line], Background], str]
FORMATS: dict[str, Format] = {
    ".md": to_markdown,
    ".txt": to_text,
    ".json": to_json,
    ".srt": to_srt,
}
"""The document formats, by the ending of the file."""


def _called(line: Line, name: str) -> str:
    """A tool's call."""
    words = QCoreApplication.translate("Export", "Tool {0}: {1}")
    return words.format(name, tool_words(line.tool) if line.tool else "")


def _steady(lines: Iterable[Line]) -> list[Line]:
    """The lines with times as a clock gives them that nobody sets: lines begin in their order."""
    steady: list[Line] = []
    shift = timedelta()
    for line in lines:
        before = steady[-1].at if steady else line.at
        if line.at + shift < before:
            shift = before - line.at
        elif line.at + shift > before + LONGEST_PAUSE:
            shift = before + PAUSE - line.at
        at = line.at + shift
        moments = [moment + shift if moment else None for moment in (line.sounded_at, line.ended_at)]
        sounded, ended = [one if one and at <= one <= at + LONGEST_PAUSE else None for one in moments]
        steady.append(replace(line, at=at, sounded_at=sounded, ended_at=ended))
    return steady


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
