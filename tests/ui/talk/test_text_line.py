"""The line for typing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from desktop.ui.common.icon_button import IconButton
from desktop.ui.talk.message_field import LONGEST


def paste(field) -> None:
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def test_a_megabyte_is_not_pasted_and_nothing_is_lost(shown):
    field = shown.window.text_line.field
    QTest.keyClicks(field, "as I said: ")
    QApplication.clipboard().setText("word " * 200_000)
    paste(field)
    assert field.text() == "as I said: "
    assert "too long" in shown.window.note_line.text
    QTest.keyClicks(field, "hello")
    assert field.text() == "as I said: hello"
    assert len(QApplication.clipboard().text()) == 1_000_000, "it can be pasted elsewhere"


def test_as_much_as_is_taken_is_taken(shown):
    field = shown.window.text_line.field
    QApplication.clipboard().setText("x" * LONGEST)
    paste(field)
    assert len(field.text()) == LONGEST
    QTest.keyClicks(field, "y")
    assert field.text() == "x" * LONGEST
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shown.emitted == [("text_entered", "x" * LONGEST)]


def composed(field, text: str, commit: str = "") -> None:
    event = QInputMethodEvent(text, [])
    event.setCommitString(commit)
    QApplication.sendEvent(field, event)


def test_shift_return_begins_a_line_and_return_sends_all_of_them(shown):
    field = shown.window.text_line.field
    QTest.keyClicks(field, "one")
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(field, "two")
    assert shown.emitted == []
    QTest.keyClick(field, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert shown.emitted == [("text_entered", "one\ntwo")]


def test_pasted_lines_stay_lines(shown):
    field = shown.window.text_line.field
    QApplication.clipboard().setText("a\r\nb\n\nc")
    paste(field)
    assert field.text() == "a\nb\n\nc"


@pytest.mark.parametrize("size", [(1040, 700), (720, 480)])
def test_it_grows_with_its_lines_up_to_a_share_of_the_window_and_then_scrolls(shown, qtbot, size):
    window = shown.window
    window.resize(*size)
    field = window.text_line.field
    heights = []
    for number in range(8):
        field.set_text("\n".join(["line"] * (number + 1)))
        heights.append(field.height())
    assert heights == sorted(heights)
    assert heights[1] > heights[0]
    assert heights[-1] == heights[-3], "it scrolls from here on"
    assert heights[-1] <= size[1] / 4
    assert field.verticalScrollBar().maximum() > 0
    field.clear()
    assert field.height() == heights[0]


def test_a_long_line_is_wrapped_and_takes_the_room_of_its_lines(shown):
    field = shown.window.text_line.field
    low = field.height()
    field.set_text("many words " * 30)
    assert field.height() > low


def test_the_return_that_ends_a_composition_sends_nothing(shown):
    field = shown.window.text_line.field
    composed(field, "にほん")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shown.emitted == []
    composed(field, "", "日本")
    assert field.text() == "日本"
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shown.emitted == [("text_entered", "日本")]


def test_up_in_the_empty_line_brings_back_what_was_sent(shown):
    line, field = shown.window.text_line, shown.window.text_line.field
    for text in ("first", "second\nline", "third"):
        field.set_text(text)
        line.clear(text)
    assert field.text() == ""
    seen = []
    for key in ("Up", "Up", "Up", "Up", "Up", "Down", "Down", "Down"):
        QTest.keyClick(field, getattr(Qt.Key, f"Key_{key}"))
        seen.append(field.text())
    # The cursor goes through the two lines before it leaves them.
    assert seen == [
        "third",
        "second\nline",
        "second\nline",
        "first",
        "first",
        "second\nline",
        "third",
        "",
    ]
    QTest.keyClicks(field, "mine")
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.text() == "mine", "what was typed is never replaced"


def test_a_recalled_text_that_was_changed_stays(shown):
    line, field = shown.window.text_line, shown.window.text_line.field
    line.clear("before")
    line.clear("after")
    QTest.keyClick(field, Qt.Key.Key_Up)
    QTest.keyClicks(field, "!")
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.text() == "after!"


def test_a_text_is_edited_in_the_line_and_undo_brings_back_what_was_there(shown):
    line, field = shown.window.text_line, shown.window.text_line.field
    QTest.keyClicks(field, "half a thought")
    line.edit("what was sent")
    assert field.text() == "what was sent"
    assert field.hasFocus()
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == "half a thought"


def test_another_text_that_was_sent_leaves_the_line_alone(shown):
    line, field = shown.window.text_line, shown.window.text_line.field
    QTest.keyClicks(field, "not yet")
    line.clear("the result of a tool")
    assert field.text() == "not yet"


def test_the_buttons_stay_beside_the_last_line(shown, qtbot):
    line = shown.window.text_line
    line.field.set_text("a\nb\nc\nd")
    (send,) = (one for one in line.findChildren(QPushButton) if one.text() == "Send")
    qtbot.waitUntil(lambda: send.geometry().bottom() == line.field.geometry().bottom())
    assert send.y() > 0


def test_all_lines_are_seen_that_have_room(shown, qtbot):
    field = shown.window.text_line.field
    field.set_text("a\nb\nc\nd")
    line = field.fontMetrics().lineSpacing()
    qtbot.waitUntil(lambda: field.height() >= 4 * line)
    assert field.verticalScrollBar().value() == 0
    field.set_text("\n".join("abcdefghij"))
    qtbot.waitUntil(lambda: field.height() >= 5 * line)
    bar = field.verticalScrollBar()
    assert bar.value() == bar.maximum(), "the cursor is in the last line"


def test_a_single_line_is_in_the_middle(shown):
    field = shown.window.text_line.field
    line = field.cursorRect()
    middle = field.viewport().y() + line.y() + line.height() / 2
    assert abs(middle - field.height() / 2) <= 1


def test_one_click_clears_the_line_and_undo_brings_it_back(shown):
    field = shown.window.text_line.field
    clear = next(one for one in field.findChildren(IconButton) if one.accessibleName() == "Clear the text")
    assert not clear.isVisible()
    QTest.keyClicks(field, "words that nobody needs")
    assert clear.isVisible()
    assert field.rect().contains(clear.geometry()), "it is inside the field"
    assert not clear.geometry().intersects(field.viewport().geometry()), "it covers no words"
    QTest.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert (field.text(), field.hasFocus(), clear.isVisible()) == ("", True, False)
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == "words that nobody needs"
    assert shown.emitted == []


@pytest.mark.parametrize("lines", [1, 3, 40])
@pytest.mark.parametrize("percent", [80, 100, 200])
def test_the_clear_button_is_beside_the_first_line_at_any_size(shown, lines: int, percent: int):
    field = shown.window.text_line.field
    shown.window.show_text_size(percent)
    field.set_text("\n".join(["word"] * lines))
    clear = field.findChild(IconButton)
    assert field.rect().contains(clear.geometry())
    assert not clear.geometry().intersects(field.viewport().geometry())
    bar = field.verticalScrollBar()
    assert not bar.isVisible() or not clear.geometry().intersects(
        bar.geometry().translated(bar.parentWidget().pos())
    )
