"""The history with its folder: what the dialog asks for is done on disk, and what is on disk is shown."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.base.message import verbatim
from desktop.recording import conversation_store, file_lock
from desktop.recording.history_controller import HistoryController
from desktop.ui.dialogs.history_dialog import HistoryDialog
from desktop.ui.transcript.transcript_pane import TranscriptPane
from desktop.viewmodels.transcript import TranscriptModel
from tests.recording.test_conversation_store import AT, put

pytestmark = pytest.mark.qt_log_ignore(r"does not support (propagateSizeHints|raise)")

WITHIN_S = 5.0


class Opened:
    """A history, its folder, and what it said."""

    def __init__(self, qtbot, folder: Path) -> None:
        self.folder = folder
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.transcript = TranscriptModel()
        self.history = HistoryController(self.transcript, lambda: folder, self.window)
        self.offered: list[bool] = []
        self.dialogs: list[HistoryDialog] = []
        self.history.cut_short_found.connect(lambda: self.offered.append(True))
        self.history.opened.connect(self.dialogs.append)

    @property
    def dialog(self) -> HistoryDialog:
        return self.dialogs[-1]

    @property
    def titles(self) -> list[str]:
        model = self.dialog.list.model()
        return [model.index(row, 0).data() for row in range(model.rowCount())]

    @property
    def words(self) -> list[str]:
        return [line.text for line in self.dialog.findChildren(TranscriptPane)[-1]._model.lines]

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not condition():
                QApplication.processEvents()  # the loop here is not Qt's
                await asyncio.sleep(0.001)

    async def open(self, *titles: str) -> None:
        self.history.open()
        await self.until(lambda: self.titles == list(titles))


@pytest.fixture
async def opened(qtbot, tmp_path) -> AsyncIterator[Opened]:
    made = Opened(qtbot, tmp_path / "conversations")
    yield made
    await made.history.close()


def rows(transcript: TranscriptModel) -> list[str]:
    return [line.text for line in transcript.lines]


async def test_a_conversation_that_was_cut_short_is_offered_and_shown_above(opened):
    cut = put(opened.folder, ("user", "Where was I?"), ("assistant", "Here."), ended=False)
    opened.transcript.add_note(verbatim("Connected."))
    await opened.history.start(0)
    assert opened.offered == [True]
    opened.history.show_last()
    first, second, end, now = rows(opened.transcript)
    assert (first, second, now) == ("Where was I?", "Here.", "Connected.")
    assert "cut short" in end
    assert opened.transcript.earlier == 3
    await opened.until(lambda: conversation_store.last_cut_short(opened.folder) is None)
    assert conversation_store.summaries(opened.folder)[0].path == cut


async def test_dismissed_it_is_offered_no_more(opened):
    put(opened.folder, ("user", "Where was I?"), ended=False)
    await opened.history.start(0)
    opened.history.dismiss_last()
    await opened.until(lambda: conversation_store.last_cut_short(opened.folder) is None)
    assert rows(opened.transcript) == []
    await opened.history.start(0)
    assert opened.offered == [True]


async def test_unanswered_it_is_offered_again(opened):
    put(opened.folder, ("user", "Where was I?"), ended=False)
    await opened.history.start(0)
    await opened.history.start(0)
    assert opened.offered == [True, True]


async def test_the_start_removes_what_was_kept_for_long_enough(opened):
    old, new = put(opened.folder, ("user", "old")), put(opened.folder, ("user", "new"))
    os.utime(old, (1_000, 1_000))
    await opened.history.start(30)
    assert [one.path for one in conversation_store.summaries(opened.folder)] == [new]
    assert opened.offered == []


async def test_a_folder_that_cant_be_read_holds_up_nothing(opened):
    opened.folder.write_text("no folder")
    await opened.history.start(30)
    assert opened.offered == []
    opened.history.open()
    await opened.until(lambda: "can't be read" in opened.dialog._words.text())


async def test_what_is_chosen_is_read(opened):
    put(opened.folder, ("user", "Hello"), ("assistant", "Hi."), ("tool", "get_time"))
    put(opened.folder, ("user", "Newer"), at=AT + timedelta(days=1))
    await opened.open("Newer", "Hello")
    await opened.until(lambda: opened.words == ["Newer"])
    opened.dialog.list.go_to(1)
    await opened.until(lambda: opened.words == ["Hello", "Hi.", "get_time"])


async def test_all_are_searched(opened):
    put(opened.folder, ("user", "Tea"), ("assistant", "Earl Grey"))
    put(opened.folder, ("user", "Dice"), at=AT + timedelta(days=1))
    await opened.open("Dice", "Tea")
    opened.dialog.field.setText("grey")
    await opened.until(lambda: opened.titles == ["Tea"])
    await opened.until(lambda: opened.words == ["Tea", "Earl Grey"])


async def test_deleted_undone_and_deleted_for_good(opened):
    kept, gone = (
        put(opened.folder, ("user", "Keep"), at=AT + timedelta(days=1)),
        put(opened.folder, ("user", "Go")),
    )
    await opened.open("Keep", "Go")
    opened.dialog.list.go_to(1)
    opened.dialog.list.delete_asked.emit()
    opened.dialog.undo_requested.emit()
    await opened.until(lambda: opened.titles == ["Keep", "Go"])
    assert gone.exists()
    opened.dialog.list.delete_asked.emit()
    await opened.until(lambda: not gone.exists())
    opened.dialog.close()
    await opened.until(lambda: list(opened.folder.iterdir()) == [kept])


async def test_what_another_window_has_begun_meanwhile_is_not_deleted(opened):
    path = put(opened.folder, ("user", "Mine"), ended=False)
    await opened.open("Mine")
    with path.open("rb") as file:
        assert file_lock.hold(file.fileno())
        opened.dialog.list.delete_asked.emit()
        await opened.until(lambda: opened.titles == ["Mine"] and opened.dialog.list.key)
        assert path.exists()


@pytest.mark.parametrize(
    ("name", "words"), [("talk.txt", "You: Hello"), ("talk", "**You**"), ("talk.srt", "-->")]
)
async def test_exports_are_those_of_the_conversation(opened, tmp_path, name, words):
    path = put(opened.folder, ("user", "Hello"))
    await opened.open("Hello")
    opened.dialog.export_requested.emit(str(path), tmp_path / name)
    await opened.until(lambda: "Saved as talk" in opened.dialog._words.text())
    (out,) = tmp_path.glob("talk*")
    assert words in out.read_text(encoding="utf-8")


async def test_a_place_that_cant_be_written_is_said(opened, tmp_path):
    path = put(opened.folder, ("user", "Hello"))
    await opened.open("Hello")
    opened.dialog.export_requested.emit(str(path), tmp_path / "nowhere" / "talk.md")
    await opened.until(lambda: "Choose another place" in opened.dialog._words.text())


async def test_damage_is_said_and_the_rest_is_shown(opened):
    path = put(opened.folder, ("user", "Hello"), ended=False)
    with path.open("ab") as file:
        file.write(
            b'\x00\x00\x00\n{"type":"line","id":9,"at":"2026-05-01T12:00:00Z","speaker":"user","growing":true}\n'
        )
    await opened.open("Hello")
    await opened.until(lambda: len(opened.words) == 2)
    assert "could not be kept" in opened.dialog._words.text()
    pane = opened.dialog.findChildren(TranscriptPane)[-1]
    assert pane._model.lines[-1].note == "cut short"
