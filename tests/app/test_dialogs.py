"""The dialogs of the window, with their controllers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QStandardPaths, Qt, QTranslator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListWidget, QWidget

from desktop.app import main as app
from desktop.app import translation
from desktop.app.build import Parts, build
from desktop.app.connections import connect
from desktop.audio.fakes import FakeAudioBackend
from desktop.base import paths
from desktop.settings import store as settings_store
from desktop.settings.store import SettingsStore
from desktop.tools.builtin import default_registry
from desktop.turn.effects import DisplayState
from desktop.ui.dialogs.about_dialog import AboutDialog
from desktop.ui.dialogs.crash_dialog import CrashDialog
from desktop.ui.dialogs.history_dialog import HistoryDialog
from desktop.ui.dialogs.keys_dialog import KeysDialog
from desktop.ui.dialogs.save_conversation_dialog import SaveConversationDialog
from desktop.ui.dialogs.save_times_dialog import SaveTimesDialog
from desktop.ui.settings.settings_dialog import SettingsDialog
from desktop.ui.transcript.transcript_pane import TranscriptPane
from desktop.ui.transcript.transcript_view import TranscriptView
from tests.recording.test_conversation_store import put
from tests.ui.window.test_reach import description, stops

pytestmark = pytest.mark.qt_log_ignore(r"does not support (propagateSizeHints|raise)")

WITHIN_S = 5.0


@pytest.fixture
async def parts(qapp, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Parts]:
    # Written at the end: a timer that rings between the test and its end finds no loop running.
    monkeypatch.setattr(settings_store, "WRITE_AFTER_MS", 600_000)
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


async def test_escape_discards_a_take_in_a_dialog(parts: Parts):
    parts.window.keys_clicked.emit()
    dialog = parts.window.findChild(KeysDialog)
    parts.controller.state_changed.emit(DisplayState.LISTENING)
    QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_Escape)
    assert dialog.isVisible()
    parts.controller.state_changed.emit(DisplayState.READY)
    QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_Escape)
    await until(lambda: not parts.window.findChildren(KeysDialog))


@pytest.mark.parametrize(
    ("signal", "kind"),
    [
        ("settings_clicked", SettingsDialog),
        ("add_key_clicked", SettingsDialog),
        ("history_clicked", HistoryDialog),
        ("keys_clicked", KeysDialog),
        ("about_clicked", AboutDialog),
        ("export_conversation_clicked", SaveConversationDialog),
        ("export_times_clicked", SaveTimesDialog),
    ],
)
async def test_a_take_ends_before_a_dialog_is_made(parts: Parts, signal: str, kind: type):
    made: list[bool] = []
    parts.latch.lost.connect(lambda: made.append(parts.window.findChild(kind) is not None))
    parts.latch.press()
    getattr(parts.window, signal).emit()
    assert made == [False]


class SpaceTaker(QObject):
    """Stands before a control, and takes the Spaces that were meant for it."""

    def __init__(self) -> None:
        super().__init__()
        self.taken = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
        if event.type() not in kinds or event.key() != Qt.Key.Key_Space:
            return False
        self.taken += 1
        return True


def without_space(dialog: QWidget) -> list[str]:
    """The controls that didn't get a Space that was pressed while they had the focus."""
    missed: list[str] = []
    wanted = stops(dialog)
    assert wanted
    for control in wanted:
        taker = SpaceTaker()
        control.installEventFilter(taker)
        control.setFocus()
        QTest.keyPress(dialog.windowHandle(), Qt.Key.Key_Space)
        QTest.keyRelease(dialog.windowHandle(), Qt.Key.Key_Space)
        control.removeEventFilter(taker)
        if taker.taken != 2:
            missed.append(description(control))
    return missed


@pytest.mark.parametrize("kind", [HistoryDialog, KeysDialog, AboutDialog, CrashDialog, SettingsDialog])
async def test_space_in_a_dialog_belongs_to_the_control(parts: Parts, kind: type):
    pressed: list[bool] = []
    parts.latch.pressed.connect(lambda: pressed.append(True))
    window = parts.window
    opened_by = {
        HistoryDialog: window.history_clicked.emit,
        KeysDialog: window.keys_clicked.emit,
        AboutDialog: window.about_clicked.emit,
        CrashDialog: lambda: parts.dialogs.open_crash("what it was"),
        SettingsDialog: window.settings_clicked.emit,
    }
    opened_by[kind]()
    dialog = window.findChild(kind)
    dialog.activateWindow()
    await until(dialog.isActiveWindow)
    pages = dialog.findChild(QListWidget) if kind is SettingsDialog else None
    for page in range(pages.count()) if pages else (0,):
        if pages:
            pages.setCurrentRow(page)
        assert without_space(dialog) == []
    assert pressed == []


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


async def test_the_names_of_exports_are_german_in_german(parts: Parts, qapp):
    before = set(qapp.findChildren(QTranslator))
    translation.install(qapp, "de")
    for signal, kind, name in (
        ("export_conversation_clicked", SaveConversationDialog, r"Gespräch [-\d]+ [-\d]+\.md"),
        ("export_times_clicked", SaveTimesDialog, r"Zeiten [-\d]+ [-\d]+\.csv"),
    ):
        getattr(parts.window, signal).emit()
        dialog = parts.window.findChild(kind)
        assert re.fullmatch(name, Path(dialog.selectedFiles()[0]).name)
        dialog.close()
    for translator in set(qapp.findChildren(QTranslator)) - before:
        qapp.removeTranslator(translator)
        translator.setParent(None)


async def test_exports_begin_in_documents_or_where_the_last_one_went(parts: Parts, tmp_path, monkeypatch):
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    for folder in (home / "Papers", elsewhere):
        folder.mkdir(parents=True)
    places = {
        QStandardPaths.StandardLocation.DocumentsLocation: str(home / "Papers"),
        QStandardPaths.StandardLocation.HomeLocation: str(home),
    }
    monkeypatch.setattr(QStandardPaths, "writableLocation", places.__getitem__)
    suggested = []
    for signal, kind, name in (
        ("export_conversation_clicked", SaveConversationDialog, "talk.md"),
        ("export_times_clicked", SaveTimesDialog, "times.csv"),
        ("history_clicked", HistoryDialog, ""),
    ):
        getattr(parts.window, signal).emit()
        dialog = parts.window.findChild(kind)
        if name:
            suggested.append(dialog.directory().path())
            dialog.fileSelected.emit(str(elsewhere / name))
        else:
            suggested.append(dialog.export_folder())
        dialog.close()
    assert suggested == [str(home / "Papers"), str(elsewhere), str(elsewhere)]
    assert parts.store.current.export_folder == str(elsewhere)
    parts.store.replace(export_folder=str(tmp_path / "gone"))
    assert parts.dialogs.export_folder.suggest() == str(home / "Papers")
    places[QStandardPaths.StandardLocation.DocumentsLocation] = str(home / "none")
    assert parts.dialogs.export_folder.suggest() == str(home)
