"""The history by keyboard: found, read, deleted, brought back, exported; and the talk key goes on working."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton, QWidget

from desktop.recording.export import FORMATS
from desktop.ui.dialogs.history_dialog import HistoryDialog
from desktop.ui.transcript.transcript_pane import TranscriptPane
from desktop.viewmodels.history_model import HistoryEntry, HistoryModel
from desktop.viewmodels.transcript_line import Line
from tests.ui.opened import use_light_theme

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
ENTRIES = [
    HistoryEntry(key, AT - timedelta(days=day), key.title(), "offline/demo", 2, mark)
    for day, (key, mark) in enumerate([("now", "open"), ("tea", "cut short"), ("dice", ""), ("story", "")])
]


def user_line(text: str) -> Line:
    line = Line("user", at=AT)
    line.spoken.add(text, 0)
    return line


class History:
    """A dialog on the screen, and what it said."""

    def __init__(self, qtbot) -> None:
        use_light_theme()
        self.dialog = HistoryDialog(HistoryModel(), FORMATS)
        qtbot.addWidget(self.dialog)
        self.emitted: list[tuple] = []
        for name in ("search_requested", "open_requested", "delete_requested"):
            getattr(self.dialog, name).connect(lambda word, name=name: self.emitted.append((name, word)))
        self.dialog.export_requested.connect(lambda *words: self.emitted.append(("export_requested", *words)))
        for name in ("undo_requested", "ended"):
            getattr(self.dialog, name).connect(lambda name=name: self.emitted.append((name,)))
        self.dialog.show()
        qtbot.waitExposed(self.dialog)
        self.dialog.activateWindow()
        qtbot.waitUntil(self.dialog.isActiveWindow)
        self.dialog.field.setFocus()

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.dialog.windowHandle(), key)

    @property
    def focus(self) -> QWidget:
        focus = QApplication.focusWidget()
        assert focus is not None
        return focus

    @property
    def titles(self) -> list[str]:
        rows = range(self.dialog.list.model().rowCount())
        return [self.dialog.list.model().index(row, 0).data() for row in rows]

    def shown(self) -> list[str]:
        return [line.text for line in self.dialog.findChildren(TranscriptPane)[-1]._model.lines]

    def button(self, words: str) -> QPushButton:
        return next(one for one in self.dialog.findChildren(QPushButton) if one.text() == words)

    def tab_to(self, widget: QWidget) -> None:
        for _ in range(20):
            if QApplication.focusWidget() is widget:
                return
            self.key(Qt.Key.Key_Tab)
        raise AssertionError("it can't be reached by the Tab key")


@pytest.fixture
def history(qtbot) -> History:
    return History(qtbot)


@pytest.fixture
def filled(history) -> History:
    history.dialog.show_entries(ENTRIES)
    history.emitted.clear()
    return history


def test_the_newest_is_opened_at_once(history):
    history.dialog.show_entries(ENTRIES)
    assert history.titles == ["Now", "Tea", "Dice", "Story"]
    assert history.emitted == [("open_requested", "now")]
    history.dialog.show_lines("now", [user_line("Hello")])
    assert history.shown() == ["Hello"]


def test_lines_of_one_that_is_not_chosen_any_more_are_passed_over(filled):
    filled.dialog.show_lines("story", [user_line("Once")])
    assert filled.shown() == []


def test_arrows_go_through_the_list_from_the_search_field(filled):
    filled.key(Qt.Key.Key_Down)
    assert filled.focus is filled.dialog.list
    filled.key(Qt.Key.Key_Down)
    filled.key(Qt.Key.Key_Down)
    filled.key(Qt.Key.Key_End)
    assert filled.emitted == [("open_requested", key) for key in ("tea", "dice", "story")]


def test_typing_searches_and_shows_where(filled, qtbot):
    QTest.keyClicks(filled.focus, "dice")
    qtbot.waitUntil(lambda: ("search_requested", "dice") in filled.emitted)
    filled.dialog.show_found("di", {"story"})
    assert len(filled.titles) == 4, "an answer to other words"
    filled.dialog.show_found("dice", {"dice"})
    assert filled.titles == ["Dice"]
    assert filled.emitted[-1] == ("open_requested", "dice")
    filled.dialog.show_lines("dice", [user_line("Roll a dice"), user_line("A dice rolls")])
    pane = filled.dialog.findChildren(TranscriptPane)[-1]
    assert pane.find_bar.isVisible()
    assert pane.find_bar.count_text() == "1 of 2"
    assert filled.focus is filled.dialog.field, "one goes on typing"
    filled.dialog.show_found("dice", set())
    assert filled.dialog.list.empty_words == "Nothing found."
    filled.dialog.field.clear()
    qtbot.waitUntil(lambda: len(filled.titles) == 4)


def test_delete_and_undo(filled):
    filled.key(Qt.Key.Key_Down)
    filled.key(Qt.Key.Key_Down)
    filled.key(Qt.Key.Key_Delete)
    assert filled.titles == ["Now", "Dice", "Story"]
    assert ("delete_requested", "tea") in filled.emitted
    assert filled.dialog.list.key == "dice", "one goes on from there"
    filled.tab_to(filled.button("Undo"))
    filled.key(Qt.Key.Key_Return)
    assert filled.emitted[-1] == ("undo_requested",)
    filled.dialog.put_back(ENTRIES[1])
    assert filled.titles == ["Now", "Tea", "Dice", "Story"]
    assert filled.dialog.list.key == "tea"
    assert not filled.button("Undo").isVisible()


@pytest.mark.parametrize(("width", "lines"), [(304, ""), (480, "2 lines · ")])
def test_a_models_name_is_not_cut_for_the_length(history, monkeypatch, width: int, lines: str):
    painted: list[str] = []
    monkeypatch.setattr(QFontMetrics, "elidedText", lambda metrics, words, *_: painted.append(words) or words)
    long = replace(ENTRIES[1], model="openai/gpt-realtime-2-preview")
    history.dialog.show_entries([long])
    history.dialog.list.setFixedWidth(width)
    history.dialog.list.grab()
    assert f"cut short · {lines}gpt-realtime-2-preview" in painted


def test_the_last_one_deleted_leaves_an_empty_list(history):
    history.dialog.show_entries(ENTRIES[1:2])
    history.key(Qt.Key.Key_Down)
    history.key(Qt.Key.Key_Delete)
    assert history.titles == []
    assert history.dialog.list.empty_words == "Your conversations are kept here."
    assert not history.button("Delete").isEnabled()
    assert not history.button("Export…").isEnabled()


def test_what_goes_on_cant_be_deleted(filled):
    filled.key(Qt.Key.Key_Down)
    filled.key(Qt.Key.Key_Delete)
    assert not filled.button("Delete").isEnabled()
    assert len(filled.titles) == 4
    filled.key(Qt.Key.Key_Down)
    assert filled.button("Delete").isEnabled()


def test_the_chosen_one_is_exported(filled, qtbot, tmp_path):
    assert not filled.button("Export…").isEnabled()
    filled.key(Qt.Key.Key_Down)
    filled.key(Qt.Key.Key_Down)
    filled.dialog.show_lines("tea", [user_line("Tea")])
    filled.tab_to(filled.button("Export…"))
    filled.key(Qt.Key.Key_Return)
    (asked,) = filled.dialog.findChildren(QFileDialog)
    assert not asked.isModal()
    asked.fileSelected.emit(str(tmp_path / "tea.srt"))
    assert filled.emitted[-1] == ("export_requested", "tea", tmp_path / "tea.srt")
    asked.close()


def test_a_new_list_keeps_the_chosen_one(filled):
    filled.key(Qt.Key.Key_Down)
    filled.key(Qt.Key.Key_Down)
    filled.dialog.show_entries(ENTRIES)
    assert filled.dialog.list.key == "tea"


def test_escape_closes_it(filled):
    filled.key(Qt.Key.Key_Down)
    handle = filled.dialog.windowHandle()
    QTest.keyClick(handle, Qt.Key.Key_Escape)
    assert not filled.dialog.isVisible()
    assert filled.emitted[-1] == ("ended",)


def test_everything_has_a_name_and_can_be_reached(filled):
    filled.dialog.show_lines("now", [user_line("Hello")])
    pane = filled.dialog.findChildren(TranscriptPane)[-1]
    for widget in (filled.dialog.list, pane.view, filled.button("Export…"), filled.button("Close")):
        filled.tab_to(widget)
    for widget in [*filled.dialog.findChildren(QLineEdit), filled.dialog.list, pane.view]:
        assert widget.accessibleName()
