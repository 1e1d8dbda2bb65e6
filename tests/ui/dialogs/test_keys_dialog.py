"""The list of the keys tells of keys that there are."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QScrollArea

from desktop.base.message import Shortcut
from desktop.turn.effects import DisplayState
from desktop.ui.dialogs.keys_dialog import KeysDialog
from desktop.viewmodels.wording import key_words

# The virtual screen says so of every window of a fixed size.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

TALKING = {"Space", "Esc", "Return"}
OF_TIMELINE = {"Right", "Ctrl+Right", "Shift+Right", "+", "-"}
OF_WIDGETS = {"Shift+Return", "Up", "F2", "Ctrl+C", "Ctrl+Return", "Ctrl+Backspace", *OF_TIMELINE}
"""Keys of the text line, the conversation and the timeline while they have the focus, and of the question
whether a tool may run while it is open: see their tests."""


def listed_keys(dialog: KeysDialog) -> set[str]:
    return {label.text() for label in dialog.findChildren(QLabel) if label.property("role") == "key"}


def test_every_key_that_is_told_of_does_something(qtbot, shown):
    dialog = KeysDialog(locks=True)
    qtbot.addWidget(dialog)
    window = shown.window
    keys = {one.key() for one in window.findChildren(QShortcut)}
    for action in window.findChildren(QAction):
        keys |= set(action.shortcuts())
    there = {key.toString(QKeySequence.SequenceFormat.NativeText) for key in keys}
    assert listed_keys(dialog) - {key_words(Shortcut(key)) for key in TALKING | OF_WIDGETS} <= there


def test_every_action_with_a_key_in_the_menu_is_told_of(qtbot, shown):
    dialog = KeysDialog(locks=True)
    qtbot.addWidget(dialog)
    for action in shown.window.menu.menu_shown.actions():
        if not action.shortcut().isEmpty():
            assert action.shortcut().toString(QKeySequence.SequenceFormat.NativeText) in listed_keys(dialog)


def test_the_lock_is_told_of_where_there_is_one(qtbot):
    for locks in (True, False):
        dialog = KeysDialog(locks)
        qtbot.addWidget(dialog)
        words = " ".join(label.text() for label in dialog.findChildren(QLabel))
        assert ("Tap twice" in words) == locks


def test_no_row_is_there_twice_and_the_columns_are_in_line(qtbot):
    dialog = KeysDialog(locks=True)
    qtbot.addWidget(dialog)
    dialog.show()
    words = [label for label in dialog.findChildren(QLabel) if label.accessibleName()]
    assert len({label.accessibleName() for label in words}) == len(words) >= 15
    assert len({label.mapTo(dialog, label.rect().topLeft()).x() for label in words}) == 1


def test_f1_asks_for_it(shown):
    asked = []
    shown.window.menu.keys_clicked.connect(lambda: asked.append(True))
    QTest.keyClick(shown.window.windowHandle(), Qt.Key.Key_F1)
    assert asked == [True]


def test_escape_discards_a_take_or_else_closes_it(qtbot):
    dialog = KeysDialog(locks=True)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    escaped = []
    dialog.take_escaped.connect(lambda: escaped.append(True))
    dialog.show_state(DisplayState.LISTENING)
    QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_Escape)
    assert escaped == [True]
    dialog.show_state(DisplayState.READY)
    QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert escaped == [True]


def test_the_whole_list_is_seen_where_there_is_room(qtbot):
    dialog = KeysDialog(locks=True)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    (scroll,) = dialog.findChildren(QScrollArea)
    qtbot.waitUntil(lambda: scroll.verticalScrollBar().maximum() == 0)


def test_a_low_screen_scrolls_it(qtbot):
    dialog = KeysDialog(locks=True)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.resize(520, 300)
    (scroll,) = dialog.findChildren(QScrollArea)
    qtbot.waitUntil(lambda: dialog.height() == 300 and scroll.verticalScrollBar().maximum() > 0)
