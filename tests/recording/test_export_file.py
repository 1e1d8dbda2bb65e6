"""What every export has in common: no secrets, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop.base import redaction
from desktop.recording import export, export_file
from desktop.viewmodels.transcript_model import Line, TranscriptModel

SECRET = "marked-secret-4711"


def lines(text: str) -> list[Line]:
    transcript = TranscriptModel()
    transcript.add_typed(text)
    return transcript.lines


@pytest.mark.parametrize("ending", export.FORMATS)
def test_no_secret_is_in_an_export(tmp_path: Path, ending: str):
    redaction.protect(SECRET)
    path = tmp_path / f"talk{ending}"
    export_file.write_conversation(path, lines(f"My key is {SECRET}."))
    text = path.read_text(encoding="utf-8")
    assert "My key is" in text
    assert SECRET not in text


def test_what_was_there_stays_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "talk.md"
    path.write_text("before")

    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        export_file.write_conversation(path, lines("Hello"))
    assert [each.name for each in tmp_path.iterdir()] == ["talk.md"]
    assert path.read_text() == "before"


def test_half_of_a_pair_of_characters_costs_nothing_else(tmp_path: Path):
    export_file.write_conversation(tmp_path / "talk.txt", lines("Hello \ud83d there"))
    assert "there" in (tmp_path / "talk.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "written"), [("a.md", "a.md"), ("a.SRT", "a.SRT"), ("a", "a.md"), ("a.doc", "a.doc.md")]
)
def test_an_unknown_ending_is_kept_and_markdown_written(name: str, written: str):
    assert export_file.with_ending(Path(name)) == Path(written)
