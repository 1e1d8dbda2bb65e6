"""Exports as files: whole or not at all, and without secrets. All of it blocks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from desktop.base import atomic_file
from desktop.base.redaction import redact
from desktop.recording import export
from desktop.viewmodels.transcript_model import Line


def with_ending(path: Path) -> Path:
    """The path, with the ending of Markdown if it has none of `export.FORMATS`."""
    return path if path.suffix.lower() in export.FORMATS else path.with_name(path.name + ".md")


def write_conversation(path: Path, lines: Iterable[Line]) -> None:
    """Write the document that the path's ending says; there must be one. Raises OSError."""
    write_text(path, export.FORMATS[path.suffix.lower()](lines))


def write_text(path: Path, text: str) -> None:
    """Write a text in UTF-8 with the line ends it has; its folder must exist. Raises OSError."""
    # Half of a surrogate pair can't be written, and must not cost the rest.
    atomic_file.write(path, redact(text).encode("utf-8", "replace"))
