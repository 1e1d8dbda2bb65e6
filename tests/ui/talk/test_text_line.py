"""The line for typing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.ui.talk.text_line import LONGEST


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
