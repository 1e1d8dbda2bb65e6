"""What every export has in common: no secrets, whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from desktop.base import redaction
from desktop.recording import export, export_file
from desktop.viewmodels.transcript_line import Line
from desktop.viewmodels.transcript_model import TranscriptModel

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


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ('Use "Authorization: Bearer my-token-123" here.', 'Use "Authorization: Bearer …" here.'),
        ('curl "https://x/y?ticket=abc"', 'curl "https://x/y?ticket=…"'),
        ("Bearer abc\nsecond line", "Bearer …\nsecond line"),
        ('set {"api_key": "abcdef"} ok', 'set {"api_key": "…"} ok'),
        ("The keys:\nsk-0123456789abcdef\tsk-123456789abcdef0", "The keys:\nsk-…\tsk-…"),
    ],
)
def test_json_stays_json_without_its_secrets(tmp_path: Path, words: str, kept: str):
    path = tmp_path / "talk.json"
    export_file.write_conversation(path, lines(words))
    (line,) = json.loads(path.read_text(encoding="utf-8"))["lines"]
    assert line["text"] == kept


@pytest.mark.parametrize("ending", export.FORMATS)
def test_a_secret_with_signs_that_are_escaped_is_not_in_an_export(tmp_path: Path, ending: str):
    redaction.protect('marked_secret"*<4711>')
    path = tmp_path / f"talk{ending}"
    export_file.write_conversation(path, lines('My key is marked_secret"*<4711>.'))
    text = path.read_text(encoding="utf-8")
    assert "My key is …." in text
    assert "4711" not in text


@pytest.mark.parametrize(
    ("heard", "heard_text", "unheard_text"),
    [(7, "First,", "op-… and more"), (14, "First, op-", "… and more"), (27, "First, op-… and", "more")],
)
def test_a_secret_that_was_heard_in_part_is_redacted(
    tmp_path: Path, heard: int, heard_text: str, unheard_text: str
):
    path, found = tmp_path / "talk.json", lines("First, op-0123456789abc and more")
    found[0].heard = heard
    export_file.write_conversation(path, found)
    (line,) = json.loads(path.read_text(encoding="utf-8"))["lines"]
    assert (line["heard"], line["not_heard"]) == (heard_text, unheard_text)


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
