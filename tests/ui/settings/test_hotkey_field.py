"""A key for all programs is chosen by being pressed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from desktop.base.hotkey import KEYS
from desktop.base.message import Shortcut
from desktop.ui.fields import hotkey as field_module
from desktop.ui.fields.hotkey import UNKNOWN, HotkeyField
from desktop.viewmodels.hotkey_words import sign_words
from desktop.viewmodels.wording import key_words

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier


class Chooser:
    """The field, and who presses."""

    def __init__(self, field: HotkeyField) -> None:
        self.field = field
        self.edited: list[object] = []
        self.recording: list[bool] = []
        field.edited.connect(self.edited.append)
        field.recording.connect(self.recording.append)

    def key(
        self, key: Qt.Key, held: Qt.KeyboardModifier = NONE, *, virtual: int = 0, down: bool = True
    ) -> None:
        kind = QEvent.Type.KeyPress if down else QEvent.Type.KeyRelease
        QApplication.sendEvent(self.field.target(), QKeyEvent(kind, key, held, 0, virtual, 0))

    def click(self, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        at = QPointF(4, 4)
        event = QMouseEvent(QEvent.Type.MouseButtonPress, at, at, button, button, NONE)
        QApplication.sendEvent(self.field.target(), event)


@pytest.fixture
def chooser(qtbot) -> Chooser:
    field = HotkeyField()
    qtbot.addWidget(field)
    field.show()
    return Chooser(field)


@pytest.mark.parametrize(
    ("key", "held", "name"),
    [
        (Qt.Key.Key_Space, CTRL | ALT, "Ctrl+Alt+Space"),
        (Qt.Key.Key_F13, NONE, "F13"),
        (Qt.Key.Key_Tab, CTRL, "Ctrl+Tab"),
        (Qt.Key.Key_Return, CTRL, "Ctrl+Return"),
        (Qt.Key.Key_PageDown, ALT, "Alt+PgDown"),
    ],
)
def test_the_next_key_is_taken(chooser, key, held, name) -> None:
    chooser.click()
    chooser.key(key, held)
    assert chooser.edited == [name]
    assert chooser.recording == [True, False]
    assert chooser.field.value() == name
    assert chooser.field.target().text() == key_words(Shortcut(name))


@pytest.mark.parametrize(
    ("virtual", "name"), [(0xFFE4, "Right Ctrl"), (0xFFE3, "Left Ctrl"), (0, "Left Ctrl")]
)
def test_a_modifier_is_taken_when_it_comes_up_alone(chooser, virtual, name) -> None:
    chooser.click()
    chooser.key(Qt.Key.Key_Control, virtual=virtual)
    assert chooser.edited == []
    chooser.key(Qt.Key.Key_Control, CTRL, virtual=virtual, down=False)
    assert chooser.edited == [name]


def test_a_modifier_before_a_key_is_a_part_of_the_chord(chooser) -> None:
    chooser.click()
    chooser.key(Qt.Key.Key_Control)
    chooser.key(Qt.Key.Key_M, CTRL)
    chooser.key(Qt.Key.Key_Control, CTRL, down=False)
    assert chooser.edited == ["Ctrl+M"]


def test_a_button_at_the_thumb_is_taken(chooser) -> None:
    chooser.click()
    chooser.click(Qt.MouseButton.ForwardButton)
    assert chooser.edited == ["Mouse 9"]


@pytest.mark.parametrize("how", ["escape", "click", "focus"])
def test_it_can_be_left_as_it_was(chooser, how: str) -> None:
    chooser.field.show_value("F9")
    chooser.click()
    if how == "escape":
        chooser.key(Qt.Key.Key_Escape)
    elif how == "click":
        chooser.click()
    else:
        QApplication.sendEvent(chooser.field.target(), QFocusEvent(QEvent.Type.FocusOut))
    assert chooser.edited == []
    assert chooser.recording == [True, False]
    assert chooser.field.target().text() == "F9"


def test_a_key_that_can_not_be_used_is_told_and_not_shown(chooser) -> None:
    chooser.field.show_value("F9")
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Dollar):
        chooser.click()
        chooser.key(key)
    assert chooser.edited == ["Space", UNKNOWN]
    assert chooser.field.value() == "F9"


def test_without_being_asked_no_key_is_taken(chooser) -> None:
    chooser.key(Qt.Key.Key_F13)
    chooser.click(Qt.MouseButton.ForwardButton)
    assert chooser.edited == []


def test_each_key_can_be_pressed() -> None:
    assert set(field_module.QT_KEYS.values()) == KEYS


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (("", "", "", None), "No talk key"),
        (("x11", "Right Ctrl", "", None), "Right Ctrl, by X11"),
        (("portal", "F9", "Press <b>V</b>", None), "Press <b>V</b>, by the desktop's portal"),
        (("", "F9", "", None), "rests"),
    ],
)
def test_the_sign_says_which_way_is_active(qapp, told, words) -> None:
    assert words in sign_words(*told)
