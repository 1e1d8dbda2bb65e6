"""The offer after a crash stands above the conversation and takes no key away from talking."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from desktop.ui.common.icon_button import IconButton
from desktop.ui.session.recovery_strip import RecoveryStrip
from desktop.viewmodels.transcript_line import Line


@pytest.fixture
def strip(shown) -> RecoveryStrip:
    assert not shown.window.recovery.isVisible()
    shown.window.recovery.show()
    return shown.window.recovery


def test_it_asks_without_taking_the_focus(shown, strip):
    assert strip.isVisible()
    assert strip.accessibleName() == "The last conversation was cut short. Show it?"
    assert QApplication.focusWidget() is shown.window.talk_button
    assert shown.window.transcript.isAncestorOf(strip)


@pytest.mark.parametrize("name", ["Show it", "Dismiss"])
def test_answered_it_goes_and_space_talks_on(shown, strip, qtbot, name):
    emitted: list[str] = []
    strip.show_clicked.connect(lambda: emitted.append("Show it"))
    strip.dismissed.connect(lambda: emitted.append("Dismiss"))
    (button,) = (
        one
        for kind in (QPushButton, IconButton)
        for one in strip.findChildren(kind)
        if name in (one.text(), one.accessibleName())
    )
    button.setFocus()
    QTest.keyClick(shown.window.windowHandle(), Qt.Key.Key_Return)
    assert emitted == [name]
    assert not strip.isVisible()
    QTest.keyClick(shown.window.windowHandle(), Qt.Key.Key_Space)
    assert ("talk_pressed",) in shown.emitted


def test_earlier_lines_come_above_and_one_stays_where_one_reads(shown, qtbot):
    transcript, view = shown.transcript, shown.window.transcript.view
    for number in range(50):
        transcript.add_typed(f"line {number}")
    view.settle()
    view.scrollTo(transcript.index(10))
    view.select_all()
    words, y = view.selected_text(), view.visualRect(transcript.index(10)).y()
    transcript.put_above([Line("user"), Line("assistant")])
    assert [line.text for line in transcript.lines[:3]] == ["", "", "line 0"]
    assert view.visualRect(transcript.index(12)).y() == y
    assert view.selected_text() == words


def test_what_was_found_is_still_the_same_line(shown, qtbot):
    pane = shown.window.transcript
    shown.transcript.add_typed("tea")
    shown.transcript.add_typed("more tea")
    pane.open_find()
    pane.find_bar.field.setText("tea")
    pane.find_bar.next_asked.emit()
    assert pane.find_bar.count_text() == "2 of 2"
    earlier = Line("user")
    earlier.spoken.add("earlier tea", 0)
    shown.transcript.put_above([earlier])
    assert pane.find_bar.count_text() == "3 of 3"


def test_the_history_is_in_the_menus_and_has_a_key(shown, qtbot):
    window = shown.window
    assert window.menu.history in window.transcript.view.menu(-1).actions()
    assert window.menu.history in window.menu.menu_shown.actions()
    with qtbot.waitSignal(window.menu.history_clicked):
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)


def test_an_unheard_rest_without_sound_offers_no_button(shown):
    line = Line("assistant")
    line.spoken.add("It is noon in the city.", 0)
    line.heard = 5
    shown.transcript.put_above([line])
    view = shown.window.transcript.view
    assert view.laid(0).play is None
    assert "Play the rest" not in [action.text() for action in view.menu(0).actions()]
