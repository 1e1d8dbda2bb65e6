"""The dialogs of the window, with those who serve them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from desktop.app import main as app
from desktop.app.build import Parts, build
from desktop.app.connections import connect
from desktop.audio.fakes import FakeAudioBackend
from desktop.base import paths
from desktop.settings.store import SettingsStore
from desktop.tools.builtin import default_registry
from desktop.ui.dialogs.about_dialog import AboutDialog
from desktop.ui.dialogs.history_dialog import HistoryDialog
from desktop.ui.dialogs.keys_dialog import KeysDialog
from desktop.ui.dialogs.save_conversation_dialog import SaveConversationDialog
from desktop.ui.dialogs.save_times_dialog import SaveTimesDialog
from desktop.ui.transcript.transcript_pane import TranscriptPane
from desktop.ui.transcript.transcript_view import TranscriptView
from tests.recording.test_conversation_store import put

pytestmark = pytest.mark.qt_log_ignore(r"does not support (propagateSizeHints|raise)")

WITHIN_S = 5.0


@pytest.fixture
async def parts(qapp) -> AsyncIterator[Parts]:
    store = SettingsStore.load(paths.config())
    parts = build(qapp, store, default_registry(), FakeAudioBackend(), None)
    connect(parts)
    yield parts
    parts.window.close()
    await app._end(parts)
    parts.window.deleteLater()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not condition():
            QApplication.processEvents()  # the loop here is not Qt's
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            await asyncio.sleep(0.001)


@pytest.mark.parametrize(
    ("signal", "kind"),
    [("history_clicked", HistoryDialog), ("keys_clicked", KeysDialog), ("about_clicked", AboutDialog)],
)
async def test_a_dialog_is_opened_once_and_again_when_it_was_closed(parts: Parts, signal: str, kind: type):
    window = parts.window
    for _ in range(2):
        getattr(window, signal).emit()
    (dialog,) = window.findChildren(kind)
    assert dialog.isVisible()
    assert not dialog.isModal()
    dialog.close()
    await until(lambda: not window.findChildren(kind))
    getattr(window, signal).emit()
    assert window.findChild(kind).isVisible()


async def test_the_talk_key_works_in_a_dialog(parts: Parts):
    pressed: list[bool] = []
    parts.latch.pressed.connect(lambda: pressed.append(True))
    parts.window.keys_clicked.emit()
    parts.window.findChild(KeysDialog).talk_pressed.emit()
    assert pressed == [True]


async def test_the_history_lists_shows_and_deletes_what_is_on_disk(parts: Parts):
    paths.conversations().mkdir(parents=True)
    path = put(paths.conversations(), ("user", "Hello"), ("assistant", "Hi."))
    parts.window.history_clicked.emit()
    dialog = parts.window.findChild(HistoryDialog)
    await until(lambda: dialog.list.model().rowCount() == 1)
    await until(lambda: len(lines(dialog)) == 2)
    assert [line.text for line in lines(dialog)] == ["Hello", "Hi."]
    dialog.list.delete_asked.emit()
    await until(lambda: not path.exists())
    dialog.undo_requested.emit()
    await until(lambda: dialog.list.model().rowCount() == 1)
    assert path.exists()


async def test_exports_ask_where_and_write_there(parts: Parts, tmp_path: Path):
    parts.transcript.add_typed("Hello")
    parts.window.export_conversation_clicked.emit()
    parts.window.findChild(SaveConversationDialog).fileSelected.emit(str(tmp_path / "talk.txt"))
    parts.window.export_times_clicked.emit()
    parts.window.findChild(SaveTimesDialog).fileSelected.emit(str(tmp_path / "times.csv"))
    await until(lambda: (tmp_path / "talk.txt").exists() and (tmp_path / "times.csv").exists())
    await until(lambda: "Saved as" in parts.window.note_line.text)


async def test_the_diagnostics_come_when_they_are_asked_for(parts: Parts):
    parts.window.about_clicked.emit()
    parts.window.findChild(AboutDialog).diagnostics_requested.emit()
    await until(lambda: "Versions" in QApplication.clipboard().text())


def lines(dialog: HistoryDialog) -> list:
    view = dialog.findChildren(TranscriptPane)[-1].findChild(TranscriptView)
    return view.model().lines
