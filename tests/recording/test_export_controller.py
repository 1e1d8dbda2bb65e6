"""The conversation and its times as files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.recording.export_controller import ExportController
from desktop.turn.timing import TurnTiming
from desktop.viewmodels.timing import TimingModel
from desktop.viewmodels.transcript import TranscriptModel

WITHIN_S = 5.0


class Desk:
    """Documents of a small conversation, and what was said of them."""

    def __init__(self, qtbot) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.transcript = TranscriptModel()
        self.transcript.add_typed("What time is it?")
        self.timing = TimingModel()
        self.timing.show(TurnTiming(1, press=100, release=900))
        self.documents = ExportController(self.transcript, self.timing, self.window)
        self.said: list[tuple[bool, str]] = []
        self.documents.said.connect(lambda ok, message: self.said.append((ok, str(message))))

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not condition():  # noqa: ASYNC110 - a thread writes
                await asyncio.sleep(0.001)

    def dialog(self) -> QFileDialog:
        (dialog,) = self.window.findChildren(QFileDialog)
        return dialog


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


@pytest.fixture
def desk(qtbot) -> Desk:
    return Desk(qtbot)


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.md", "# Conversation"), ("a.txt", "20"), ("a.json", "{"), ("a.SRT", "1\n"), ("a", "# Conversation")],
)
async def test_the_ending_says_as_what_it_is_written(desk: Desk, tmp_path: Path, name: str, begins: str):
    desk.documents.write_conversation(tmp_path / name)
    await desk.until(lambda: desk.said)
    (path,) = files(tmp_path)
    assert path.name == (name if "." in name else "a.md")
    text = path.read_text(encoding="utf-8")
    assert text.startswith(begins)
    assert "What time is it?" in text
    assert desk.said == [(True, f"Saved as {path.name}.")]


async def test_a_folder_that_is_gone_is_told_and_nothing_is_left(desk: Desk, tmp_path: Path):
    desk.documents.write_conversation(tmp_path / "gone" / "a.md")
    await desk.until(lambda: desk.said)
    ok, words = desk.said[0]
    assert not ok
    assert "Choose another place." in words
    assert files(tmp_path) == []


async def test_the_times_are_a_table(desk: Desk, tmp_path: Path):
    desk.documents.write_times(tmp_path / "t.csv")
    await desk.until(lambda: desk.said)
    header, row = (tmp_path / "t.csv").read_text().splitlines()
    assert header.startswith("turn,press_ms")
    assert row.startswith("1,0.0,")


# The offscreen platform has no window manager to tell it to.
@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
async def test_the_dialog_asks_beside_the_window(desk: Desk, tmp_path: Path):
    desk.documents.export_conversation()
    dialog = desk.dialog()
    assert not dialog.isModal()
    names = dialog.nameFilters()
    assert [name.split("*")[1][:-1] for name in names] == [".md", ".txt", ".json", ".srt"]
    dialog.setDirectory(str(tmp_path))
    dialog.selectNameFilter(names[2])
    dialog.filterSelected.emit(names[2])
    assert Path(dialog.selectedFiles()[0]).suffix == ".json"
    dialog.fileSelected.emit(str(tmp_path / "c.json"))
    await desk.until(lambda: desk.said)
    assert json.loads((tmp_path / "c.json").read_text())["version"] == 1


async def test_the_end_waits_for_what_is_being_written(desk: Desk, tmp_path: Path):
    desk.documents.write_conversation(tmp_path / "a.md")
    await desk.documents.close()
    assert desk.said == [(True, "Saved as a.md.")]
