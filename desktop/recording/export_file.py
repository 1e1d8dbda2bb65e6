"""Exports as files: whole or not at all, and without secrets. All of it blocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

import msgspec

from desktop.base import atomic_file
from desktop.base.redaction import redact
from desktop.recording import export
from desktop.recording.background import NOTHING, Background
from desktop.turn.heard_text import SpokenText
from desktop.viewmodels.event_record import EventRecord
from desktop.viewmodels.transcript_line import Line


def with_ending(path: Path) -> Path:
    """The path, with the ending of Markdown if it has none of `export.FORMATS`."""
    return path if path.suffix.lower() in export.FORMATS else path.with_name(path.name + ".md")


def write_conversation(path: Path, lines: Iterable[Line], background: Background = NOTHING) -> None:
    """Write the document that the path's ending says; there must be one. Raises OSError."""
    # A secret that a format has escaped isn't found any more, and blotting it out there breaks the format.
    write = export.FORMATS[path.suffix.lower()]
    _write(path, write([_redacted(line) for line in lines], background.redacted()))


def write_text(path: Path, text: str) -> None:
    """Write a text in UTF-8 with the line ends it has; its folder must exist. Raises OSError."""
    _write(path, redact(text))


def write_frames(path: Path, frames: Iterable[EventRecord]) -> None:
    """Write the frames as JSON Lines; the folder must exist. Raises OSError."""
    atomic_file.write(path, msgspec.json.Encoder().encode_lines([frame.to_object() for frame in frames]))


def _write(path: Path, text: str) -> None:
    # Half of a surrogate pair can't be written, and must not cost the rest.
    atomic_file.write(path, text.encode("utf-8", "replace"))


def _redacted(line: Line) -> Line:
    spoken = SpokenText()
    spoken.add(redact(line.text), 0)
    tool = line.tool and replace(
        line.tool,
        call_id=redact(line.tool.call_id),
        state=redact(line.tool.state),
        bench=redact(line.tool.bench),
    )
    message = line.message and line.message.mapped(redact)
    return replace(
        line, spoken=spoken, heard=_heard(line), note=redact(line.note), tool=tool, message=message
    )


def _heard(line: Line) -> int | None:
    """How much of the redacted text was heard; what was cut off within a secret was not."""
    if line.heard is None:
        return None
    whole, heard = redact(line.text), redact(line.text[: line.heard])
    pairs = zip(whole, heard, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
