"""`presstalk share` and `presstalk open`."""

from __future__ import annotations

import argparse
import zipfile
from pathlib import Path

import pytest

from desktop.cli.main import main
from desktop.recording.folder.reader import is_recording
from desktop.recording.share.redactor import Identity
from tests.recording.share.planted import IDENTITY, SECRETS, plant


@pytest.fixture(autouse=True)
def annas(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def identity() -> Identity:
        return IDENTITY

    monkeypatch.setattr("desktop.cli.share.this_identity", identity)
    monkeypatch.setenv("PRESSTALK_HOME", str(tmp_path / "home"))


def test_it_says_what_goes_in_and_what_was_taken_out_before_it_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = plant(tmp_path / "r")
    assert main(["share", str(folder)]) == 0
    said = capsys.readouterr().out
    for name in ("report.html", "session.json", "frames.jsonl", "marks.jsonl", "journal.jsonl"):
        assert name in said
    assert "keys and tokens" in said
    assert "e-mail addresses" in said
    assert "Nothing was written" in said
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "home") == ["r"]


def test_what_is_shared_is_opened_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = plant(tmp_path / "r")
    assert main(["share", str(folder), "--to", str(tmp_path / "x")]) == 0
    assert zipfile.is_zipfile(tmp_path / "x.zip")
    said = capsys.readouterr().out
    assert not [name for name, secret in SECRETS.items() if secret in said]
    assert main(["open", str(tmp_path / "x.zip"), "--to", str(tmp_path / "into")]) == 0
    (made,) = (tmp_path / "into").iterdir()
    assert capsys.readouterr().out.strip() == str(made)
    assert is_recording(made)


def test_without_a_folder_it_goes_to_the_conversations_and_the_window_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[argparse.Namespace] = []

    def show(options: argparse.Namespace) -> int:
        shown.append(options)
        return 0

    monkeypatch.setattr("desktop.cli.window_commands.show", show)
    assert main(["share", str(plant(tmp_path / "r")), "--to", str(tmp_path / "x.zip")]) == 0
    assert main(["open", str(tmp_path / "x.zip")]) == 0
    assert shown[0].opened.parent == tmp_path / "home" / "data" / "conversations"
    assert is_recording(shown[0].opened)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["share", "nowhere"], "is no recording"),
        (["open", "nowhere.zip"], "can't be read"),
        (["open", "text.zip"], "is no zip"),
    ],
)
def test_a_mistake_is_one_sentence(
    words: list[str],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.zip").write_text("hello")
    assert main(words) == 1
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1


def test_a_place_that_can_t_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["share", str(plant(tmp_path / "r")), "--to", str(tmp_path / "no" / "x.zip")]) == 1
    assert "can't be written" in capsys.readouterr().err
