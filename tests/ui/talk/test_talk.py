"""Talking: by the button and by the keys, with real events."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from desktop.turn.effects import DisplayState
from desktop.ui.talk.talk_button import TalkButton
from desktop.ui.talk.talk_keys import TalkKeys
from tests.ui.find import button


def key(shown, kind: QEvent.Type, code: Qt.Key, repeat: bool = False) -> None:
    event = QKeyEvent(kind, code, Qt.KeyboardModifier.NoModifier, " ", repeat)
    QApplication.sendEvent(shown.window.windowHandle(), event)


def test_space_held_is_talk(shown):
    handle = shown.window.windowHandle()
    QTest.keyPress(handle, Qt.Key.Key_Space)
    assert shown.emitted == [("talk_pressed",)]
    QTest.keyRelease(handle, Qt.Key.Key_Space)
    assert shown.emitted == [("talk_pressed",), ("talk_released",)]


def test_auto_repeat_is_ignored(shown):
    key(shown, QEvent.Type.KeyPress, Qt.Key.Key_Space)
    for _ in range(5):
        key(shown, QEvent.Type.KeyRelease, Qt.Key.Key_Space, repeat=True)
        key(shown, QEvent.Type.KeyPress, Qt.Key.Key_Space, repeat=True)
    key(shown, QEvent.Type.KeyRelease, Qt.Key.Key_Space)
    assert shown.emitted == [("talk_pressed",), ("talk_released",)]


def test_space_in_the_text_field_is_a_space(shown):
    shown.window.text_line.field.setFocus()
    QTest.keyClicks(shown.window.text_line.field, "a b")
    key(shown, QEvent.Type.KeyPress, Qt.Key.Key_Space)
    assert shown.emitted == []
    assert shown.window.text_line.field.text() == "a b "


def test_space_in_the_timeline_plays_and_one_that_was_held_before_still_ends_its_take(shown):
    shown.window.timeline.toggle()
    drawer = shown.window.timeline.drawer
    played = []
    shown.window.timeline_play_toggled.connect(lambda: played.append(True))
    drawer.view.setFocus()
    QTest.keyClick(shown.window.windowHandle(), Qt.Key.Key_Space)
    assert shown.emitted == []
    assert played == [True]
    shown.window.talk_button.setFocus()
    QTest.keyPress(shown.window.windowHandle(), Qt.Key.Key_Space)
    drawer.view.setFocus()
    QTest.keyRelease(shown.window.windowHandle(), Qt.Key.Key_Space)
    assert shown.emitted == [("talk_pressed",), ("talk_released",)]
    assert played == [True]


def test_space_talks_though_the_focus_is_left_in_another_windows_text_field(shown, qtbot):
    """As Qt leaves it when a dialog is closed under its open menu."""
    other = QWidget()
    line = QLineEdit(other)
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    key(shown, QEvent.Type.KeyPress, Qt.Key.Key_Space)
    assert shown.emitted == [("talk_pressed",)]


def test_space_talks_with_the_focus_on_a_button(shown):
    button(shown.window.session_bar, "Connect").setFocus()
    key(shown, QEvent.Type.KeyPress, Qt.Key.Key_Space)
    assert shown.emitted == [("talk_pressed",)]


def test_enter_presses_the_focused_button(shown):
    button(shown.window.session_bar, "Connect").setFocus()
    key(shown, QEvent.Type.KeyPress, Qt.Key.Key_Return)
    assert shown.emitted == [("connect_clicked",)]


def test_escape_escapes(shown):
    key(shown, QEvent.Type.KeyPress, Qt.Key.Key_Escape)
    assert shown.emitted == [("escaped",)]


def test_escape_closes_the_find_bar_and_not_the_answer(shown, qtbot):
    shown.window.transcript.open_find()
    bar = shown.window.transcript.find_bar
    qtbot.waitUntil(bar.isVisible)
    QTest.keyClick(shown.window.windowHandle(), Qt.Key.Key_Escape)
    assert shown.emitted == []
    qtbot.waitUntil(bar.isHidden)
    QTest.keyClick(shown.window.windowHandle(), Qt.Key.Key_Escape)
    assert shown.emitted == [("escaped",)]


def test_escape_throws_away_what_is_locked_even_from_the_find_bar(shown, qtbot):
    shown.window.transcript.open_find()
    qtbot.waitUntil(shown.window.transcript.find_bar.isVisible)
    shown.window.show_locked(True)
    QTest.keyClick(shown.window.windowHandle(), Qt.Key.Key_Escape)
    assert shown.emitted == [("escaped",)]


def test_the_locked_button_says_so_in_words_and_looks_different(qtbot):
    button = TalkButton()
    qtbot.addWidget(button)
    button.show_state(DisplayState.LISTENING)
    open_ = button.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    button.show_locked(True)
    assert button.accessibleName() == "Talk: Locked · Tap to send"
    assert button.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8) != open_
    button.show_locked(False)
    assert button.accessibleName() == "Talk: Listening"


class Typist:
    """A window on X11, where a held key repeats as pairs of up and down with one time stamp."""

    def __init__(self, qtbot) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.keys = TalkKeys(self.window, settle_ms=20)
        self.emitted: list[str] = []
        for name in ("pressed", "released", "lost"):
            getattr(self.keys, name).connect(lambda name=name: self.emitted.append(name))

    def key(self, kind: QEvent.Type, at: int) -> None:
        event = QKeyEvent(kind, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", False)
        event.setTimestamp(at)
        QApplication.sendEvent(self.window.windowHandle(), event)


def test_repeats_that_look_like_key_strokes_are_ignored(qtbot):
    typist = Typist(qtbot)
    typist.key(QEvent.Type.KeyPress, 1_000)
    for at in range(1_500, 2_500, 40):
        typist.key(QEvent.Type.KeyRelease, at)
        typist.key(QEvent.Type.KeyPress, at)
    assert typist.emitted == ["pressed"]
    typist.key(QEvent.Type.KeyRelease, 2_501)
    qtbot.waitUntil(lambda: typist.emitted == ["pressed", "released"])


def test_a_repeat_that_a_stall_keeps_apart_is_no_key_stroke(qtbot):
    typist = Typist(qtbot)
    typist.key(QEvent.Type.KeyPress, 1_000)
    typist.key(QEvent.Type.KeyRelease, 1_050)
    time.sleep(0.06)  # the stall: the wait is over before the window has read on
    QApplication.processEvents()
    typist.key(QEvent.Type.KeyPress, 1_050)
    assert typist.emitted == ["pressed"]
    typist.key(QEvent.Type.KeyRelease, 1_100)
    qtbot.waitUntil(lambda: typist.emitted == ["pressed", "released"])


def test_a_repeat_of_what_went_down_in_a_text_field_is_no_stroke(qtbot):
    typist = Typist(qtbot)
    field = QLineEdit(typist.window)
    typist.window.show()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    typist.key(QEvent.Type.KeyPress, 1_000)
    field.clearFocus()
    for at in (1_660, 1_700):
        typist.key(QEvent.Type.KeyRelease, at)
        typist.key(QEvent.Type.KeyPress, at)
    assert typist.emitted == []
    typist.key(QEvent.Type.KeyRelease, 1_710)
    typist.key(QEvent.Type.KeyPress, 1_760)
    assert typist.emitted == ["pressed"]


@pytest.mark.parametrize("gone", [False, True])
def test_a_doubt_is_settled_whatever_became_of_the_take(qtbot, gone: bool):
    typist = Typist(qtbot)
    typist.window.show()
    typist.keys.doubted.connect(lambda: typist.emitted.append("doubted"))
    typist.keys.settled.connect(lambda: typist.emitted.append("settled"))
    typist.key(QEvent.Type.KeyPress, 1_000)
    if gone:
        typist.window.hide()
    typist.key(QEvent.Type.KeyRelease, 1_100)
    ends = ["lost", "doubted"] if gone else ["doubted", "released"]
    qtbot.waitUntil(lambda: typist.emitted == ["pressed", *ends, "settled"])


def test_two_real_strokes_are_two_however_quick(qtbot):
    typist = Typist(qtbot)
    for at in (1_000, 1_010):
        typist.key(QEvent.Type.KeyPress, at)
        typist.key(QEvent.Type.KeyRelease, at + 5)
    qtbot.waitUntil(lambda: typist.emitted == ["pressed", "released"] * 2)


def test_a_key_up_right_before_the_focus_goes_is_a_key_up(qtbot):
    typist = Typist(qtbot)
    typist.key(QEvent.Type.KeyPress, 1_000)
    typist.key(QEvent.Type.KeyRelease, 1_100)
    typist.keys.on_deactivated()
    assert typist.emitted == ["pressed", "released"]


def test_a_lost_focus_ends_the_take(shown, qtbot):
    key(shown, QEvent.Type.KeyPress, Qt.Key.Key_Space)
    shown.window._keys.on_deactivated()
    assert shown.emitted == [("talk_pressed",), ("talk_lost",)]
    key(shown, QEvent.Type.KeyRelease, Qt.Key.Key_Space)
    assert len(shown.emitted) == 2, "the late key-up means nothing any more"


def test_a_key_up_with_another_key_held_is_not_lost(shown):
    key(shown, QEvent.Type.KeyPress, Qt.Key.Key_Space)
    control = Qt.KeyboardModifier.ControlModifier
    event = QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_Space, control, " ", False)
    QApplication.sendEvent(shown.window.windowHandle(), event)
    assert shown.emitted == [("talk_pressed",), ("talk_released",)]


def test_a_key_up_under_an_open_list_is_not_lost(shown, monkeypatch: pytest.MonkeyPatch):
    key(shown, QEvent.Type.KeyPress, Qt.Key.Key_Space)
    monkeypatch.setattr(QApplication, "activePopupWidget", lambda: shown.window)
    key(shown, QEvent.Type.KeyRelease, Qt.Key.Key_Space)
    assert shown.emitted == [("talk_pressed",), ("talk_released",)]


def test_the_button_held_while_the_focus_goes_is_lost(shown):
    QTest.mousePress(shown.window.talk_button, Qt.MouseButton.LeftButton)
    shown.window.talk_button.on_deactivated()
    QTest.mouseRelease(shown.window.talk_button, Qt.MouseButton.LeftButton)
    assert shown.emitted == [("talk_pressed",), ("talk_lost",)]


def test_a_held_enter_presses_once(shown):
    button(shown.window.session_bar, "Connect").setFocus()
    key(shown, QEvent.Type.KeyPress, Qt.Key.Key_Return)
    for _ in range(4):
        key(shown, QEvent.Type.KeyPress, Qt.Key.Key_Return, repeat=True)
    assert shown.emitted == [("connect_clicked",)]


def test_another_window_takes_the_focus(shown, qtbot):
    from PySide6.QtWidgets import QWidget

    key(shown, QEvent.Type.KeyPress, Qt.Key.Key_Space)
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    assert ("talk_lost",) in shown.emitted


def test_the_button_held_with_the_mouse(shown):
    button = shown.window.talk_button
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    assert shown.emitted == [("talk_pressed",)]
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert shown.emitted == [("talk_pressed",), ("talk_released",)]


def test_the_right_button_is_not_talk(shown):
    QTest.mouseClick(shown.window.talk_button, Qt.MouseButton.RightButton)
    assert shown.emitted == []


def test_ctrl_k_connects(shown):
    QTest.keyClick(shown.window.windowHandle(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert shown.emitted == [("connect_clicked",)]


@pytest.mark.parametrize("state", list(DisplayState))
def test_every_state_can_be_shown_and_is_named(qtbot, state: DisplayState):
    button = TalkButton()
    qtbot.addWidget(button)
    button.show_state(state)
    picture = button.grab()
    assert not picture.isNull()
    assert button.accessibleName().startswith("Talk: ")


def test_the_states_can_be_told_apart_in_grey(qtbot):
    """Not by the colour alone: the pictures differ without it."""
    button = TalkButton()
    qtbot.addWidget(button)
    seen = set()
    for state in (
        DisplayState.READY,
        DisplayState.LISTENING,
        DisplayState.SPEAKING,
        DisplayState.THINKING,
        DisplayState.OFFLINE,
        DisplayState.ERROR,
    ):
        button.show_state(state)
        grey = button.grab().toImage().convertToFormat(button.grab().toImage().Format.Format_Grayscale8)
        seen.add(bytes(grey.constBits()))
    assert len(seen) == 6
