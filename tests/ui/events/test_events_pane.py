"""The events pane: rows, filter, an open frame, following the end, saving."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QLayout, QVBoxLayout, QWidget

from desktop.ui.common.icon_button import IconButton
from desktop.ui.common.theme import GRID
from desktop.ui.events.events_pane import EventsPane
from desktop.ui.events.frame_table import _font
from desktop.viewmodels import events_model
from desktop.viewmodels.event_record import EventRecord, clean_record
from desktop.viewmodels.events_model import Column, EventRole, EventsModel
from tests.ui.find import button, label
from tests.ui.opened import use_light_theme


def frame(kind: str, direction: str = "in", **content) -> EventRecord:
    return clean_record(0.0, direction, kind, 10, content)


class Shown:
    def __init__(self, qtbot) -> None:
        self.model = EventsModel(datetime(2026, 1, 2, tzinfo=UTC))
        self.pane = EventsPane(self.model)
        # In a window of a size of its own, as in the program.
        self.window = QWidget()
        row = QVBoxLayout(self.window)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.addWidget(self.pane)
        qtbot.addWidget(self.window)
        self.window.resize(344, 584)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    def add(self, *frames: EventRecord) -> None:
        for one in frames:
            self.model.add(one)
        self.model.flush()

    def types(self) -> list[str]:
        model = self.pane.table.model()
        return [model.index(row, 2).data() for row in range(model.rowCount())]

    def words(self) -> str:
        return label(self.pane, "muted").text()

    def click(self, qtbot, row: int) -> None:
        table = self.pane.table
        at = table.visualRect(table.model().index(row, 2)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)


@pytest.fixture
def shown(qtbot, qapp: QApplication) -> Shown:
    use_light_theme()
    return Shown(qtbot)


def test_an_empty_pane_says_what_will_appear(shown):
    assert "appear here" in shown.pane.table.empty_words
    assert shown.words() == "0 frames"


def test_a_filter_without_a_fit_says_so(shown, qtbot):
    shown.add(frame("a"))
    qtbot.keyClicks(shown.pane.field, "zzz")
    qtbot.waitUntil(lambda: shown.types() == [])
    assert "No frame matches" in shown.pane.table.empty_words


def test_filter_by_text_type_and_direction(shown, qtbot):
    shown.add(frame("error", message="too late"), frame("tool.call"), frame("tool.result", "out"))
    qtbot.keyClicks(shown.pane.field, "late")
    qtbot.waitUntil(lambda: shown.types() == ["error"])
    shown.pane.field.clear()
    shown.pane.directions.setCurrentIndex(2)
    assert shown.types() == ["tool.result"]
    shown.pane.directions.setCurrentIndex(0)
    choices = [shown.pane.types.itemText(row) for row in range(shown.pane.types.count())]
    assert choices == ["All types", "error", "tool.call", "tool.result"]
    shown.pane.types.setFocus()
    qtbot.keyClick(shown.pane.types, Qt.Key.Key_Down)
    qtbot.keyClick(shown.pane.types, Qt.Key.Key_Down)
    assert shown.types() == ["tool.call"]


def test_a_frame_opens_over_the_whole_pane(shown, qtbot):
    assert not shown.pane.tree.isVisible()
    shown.add(frame("tool.call", tool_arguments={"zone": "UTC"}), frame("error", message="no"))
    shown.click(qtbot, 0)
    assert shown.pane.tree.isVisible()
    assert not shown.pane.table.isVisible()
    assert not shown.pane.field.isVisible()
    assert shown.pane.tree.model.shown == {"type": "tool.call", "tool_arguments": {"zone": "UTC"}}
    qtbot.mouseClick(button(shown.pane, "The one after"), Qt.MouseButton.LeftButton)
    assert shown.pane.tree.model.shown == {"type": "error", "message": "no"}
    qtbot.mouseClick(button(shown.pane, "Back to the list"), Qt.MouseButton.LeftButton)
    assert shown.pane.table.isVisible()
    assert shown.pane.table.currentIndex().row() == 1


def test_a_frame_stays_open_when_its_row_has_gone(shown, qtbot, monkeypatch):
    monkeypatch.setattr(events_model, "CAPACITY", 20)
    monkeypatch.setattr(events_model, "BATCH", 5)
    shown.add(*(frame(f"t{number}") for number in range(20)))
    shown.click(qtbot, 0)
    shown.add(frame("new"))
    assert shown.types()[0] == "t6"
    assert shown.pane.tree.model.shown == {"type": "t0"}
    assert not shown.pane.table.currentIndex().isValid()
    assert not button(shown.pane, "The one after").isEnabled(), "after which?"


def test_the_tree_is_searched_and_copied(shown, qtbot):
    shown.add(
        frame("tool.result", tool_result={"list": [{"id": n, "name": f"item {n}"} for n in range(700)]})
    )
    shown.click(qtbot, 0)
    tree = shown.pane.tree
    tree.view.setFocus()
    qtbot.keyClick(tree.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert tree.field.hasFocus()
    qtbot.keyClicks(tree.field, "item 69")
    qtbot.waitUntil(lambda: label(tree, "muted").text() == "1 of 11")
    assert tree.view.currentIndex().data() == 'name: "item 69"'
    qtbot.keyClick(tree.field, Qt.Key.Key_Return)
    assert tree.view.currentIndex().data() == 'name: "item 690"'
    qtbot.keyClick(tree.view, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert tree.view.currentIndex().data() == 'name: "item 69"'
    qtbot.keyClick(tree.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "item 69"
    tree.view.setCurrentIndex(tree.view.currentIndex().parent())
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(tree.view, Qt.Key.Key_C, both)
    assert json.loads(QGuiApplication.clipboard().text()) == {"id": 69, "name": "item 69"}


def test_the_whole_frame_is_copied_without_a_chosen_row(shown, qtbot):
    shown.add(frame("error", message="no"))
    shown.click(qtbot, 0)
    qtbot.mouseClick(button(shown.pane.tree, "Copy as JSON"), Qt.MouseButton.LeftButton)
    assert json.loads(QGuiApplication.clipboard().text()) == {"type": "error", "message": "no"}


def test_it_follows_the_end_unless_scrolled_up(shown, qtbot):
    bar = shown.pane.table.verticalScrollBar()
    shown.add(*(frame(f"t{number}") for number in range(100)))
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    bar.setValue(40)
    height = bar.maximum()
    shown.add(*(frame(f"u{number}") for number in range(100)))
    qtbot.waitUntil(lambda: bar.maximum() > height)
    assert bar.value() == 40
    bar.setValue(bar.maximum())
    height = bar.maximum()
    shown.add(frame("last"))
    qtbot.waitUntil(lambda: bar.maximum() > height and bar.value() == bar.maximum())


def test_what_one_reads_stays_where_it_is_when_the_oldest_go(shown, qtbot, monkeypatch):
    monkeypatch.setattr(events_model, "CAPACITY", 200)
    monkeypatch.setattr(events_model, "BATCH", 50)
    table = shown.pane.table
    shown.add(*(frame(f"t{number}") for number in range(200)))
    qtbot.waitUntil(lambda: table.verticalScrollBar().maximum() > 0)
    table.verticalScrollBar().setValue(120 * 24)
    assert table.indexAt(table.viewport().rect().topLeft()).siblingAtColumn(2).data() == "t120"
    shown.add(frame("new"))
    assert shown.types()[0] == "t51"
    assert table.indexAt(table.viewport().rect().topLeft()).siblingAtColumn(2).data() == "t120"


def test_hold_still_and_go_on(shown, qtbot):
    shown.add(frame("a"))
    qtbot.mouseClick(shown.pane.pause, Qt.MouseButton.LeftButton)
    shown.add(frame("b"), frame("c"))
    assert shown.types() == ["a"]
    assert "2 more wait" in shown.words()
    qtbot.mouseClick(shown.pane.pause, Qt.MouseButton.LeftButton)
    assert shown.types() == ["a", "b", "c"]
    assert shown.words() == "3 frames"


def test_clear(shown, qtbot):
    shown.add(frame("a"))
    shown.click(qtbot, 0)
    qtbot.mouseClick(button(shown.pane, "Clear"), Qt.MouseButton.LeftButton)
    assert shown.types() == []
    assert not shown.pane.tree.isVisible()


def test_save(shown, qtbot, tmp_path, monkeypatch):
    # The offscreen platform warns of any dialog of a smallest size.
    opened = []
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: opened.append(dialog))
    shown.add(frame("a"), frame("b", "out"))
    qtbot.mouseClick(button(shown.pane, "Save as JSON Lines"), Qt.MouseButton.LeftButton)
    (dialog,) = opened
    chosen: list[str] = []
    shown.pane.path_chosen.connect(chosen.append)
    path = tmp_path / "frames.jsonl"
    dialog.fileSelected.emit(str(path))
    assert chosen == [str(path)]
    assert not path.exists(), "the pane itself writes nothing"
    shown.pane.show_saved(path.name, "")
    assert shown.words() == "Saved as frames.jsonl"


def test_a_file_that_cannot_be_written_is_reported(shown):
    shown.add(frame("a"))
    shown.pane.show_saved("frames.jsonl", "No such file or directory")
    assert shown.words().startswith("Not saved: No such file")


def test_every_control_has_a_name(shown):
    pane = shown.pane
    for control in (pane.field, pane.types, pane.directions, pane.table, pane.tree.field, pane.tree.view):
        assert control.accessibleName()
    buttons = pane.findChildren(IconButton)
    assert len(buttons) == 9
    assert all(one.accessibleName() for one in buttons)


def test_a_row_gives_its_record(shown):
    shown.add(frame("text.delta", delta="a"), frame("text.delta", delta="b"))
    row = shown.pane.table.model().index(0, 0).data(EventRole.ROW)
    assert [one.content for one in row.frames] == [{"delta": "a"}, {"delta": "b"}]


def test_a_file_that_has_all_frames_is_reported(qtbot, shown):
    shown.add(frame("pong"))
    shown.pane.show_file("/data/20260501-120000-0123abcd.frames.jsonl")
    assert shown.words() == "1 frames · all kept on disk"
    assert label(shown.pane, "muted").toolTip().endswith(".frames.jsonl")
    shown.pane.show_file("")
    assert shown.words() == "1 frames"


@pytest.mark.parametrize("width", [260, 300, 344, 600])
def test_no_type_of_the_protocol_is_cut(shown, width):
    shown.window.resize(width, 584)
    shown.add(frame("response.completed"), frame("transcript.committed"), frame("audio.delta"))
    table = shown.pane.table
    metrics, room = QFontMetrics(_font(table)), table.columnWidth(Column.TYPE) - GRID
    assert metrics.horizontalAdvance("transcript.committed") <= room
