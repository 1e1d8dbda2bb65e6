"""Shortcuts by a key's position, on a keyboard without Latin letters."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent

from desktop.ui.common.latin_keys import LatinKeys

CTRL, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)
RUSSIAN = {"Q": ("\u0439", 24), "E": ("\u0443", 26), "K": ("\u043b", 45), "H": ("\u0440", 43)}
RUSSIAN |= {"F": ("\u0430", 41), "M": ("\u044c", 58), "A": ("\u0444", 38), "C": ("\u0441", 54)}
RUSSIAN |= {"V": ("\u043c", 55), ",": ("\u0431", 59)}
"""What X11 reports for the keys of a Russian layout: the letter, and the key's number."""


def press(window, key: str, scan_code: int, modifiers=CTRL, text: str = "") -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, ord(key.upper()), modifiers, scan_code, 0, 0, text)
    QCoreApplication.sendEvent(window.windowHandle(), event)


@pytest.fixture
def russian(shown):
    LatinKeys(shown.window, active=True)
    shown.window.talk_button.setFocus()
    return shown


@pytest.mark.parametrize(
    ("key", "signal"),
    [
        ("K", "connect_clicked"),
        ("E", "export_conversation_clicked"),
        ("H", "history_clicked"),
        (",", "settings_clicked"),
        ("M", "mute_toggled"),
        ("Q", "closed"),
    ],
)
def test_a_shortcut_is_where_its_latin_letter_is(russian, key, signal):
    emitted = []
    getattr(russian.window, signal).connect(lambda *_: emitted.append(signal))
    press(russian.window, *RUSSIAN[key])
    assert emitted == [signal]


SCRIPTS = {
    "Greek": "\u03bb",
    "Hebrew": "\u05dc",
    "Arabic": "\u0646",
    "Georgian": "\u10e5",
    "Korean": "\u314f",
}


@pytest.mark.parametrize("letter", SCRIPTS.values(), ids=SCRIPTS)
def test_every_other_script_is_served(russian, letter):
    emitted = []
    russian.window.connect_clicked.connect(lambda: emitted.append(letter))
    press(russian.window, letter, RUSSIAN["K"][1])
    assert emitted == [letter]


@pytest.mark.parametrize("letter", ["L", "ö", "ş"])
def test_a_latin_layout_goes_by_its_letters(russian, letter):
    emitted = []
    russian.window.connect_clicked.connect(lambda: emitted.append(letter))
    press(russian.window, letter, RUSSIAN["K"][1])
    assert emitted == []


def test_letters_are_typed_as_ever(russian):
    field = russian.window.text_line.field
    field.setFocus()
    press(russian.window, *RUSSIAN["K"], NONE, "л")
    assert field.text() == "л"


def test_a_text_field_has_its_own_keys(russian):
    field = russian.window.text_line.field
    field.set_text("привет")
    field.setFocus()
    for key in ("A", "C"):
        press(russian.window, *RUSSIAN[key])
    assert QGuiApplication.clipboard().text() == "привет"
    press(russian.window, *RUSSIAN["V"])
    press(russian.window, *RUSSIAN["V"])
    assert field.text() == "приветпривет"


def test_find_opens_by_position_and_only_where_it_can_be_seen(russian, qtbot):
    window = russian.window
    press(window, *RUSSIAN["F"])
    assert window.transcript.find_bar.isVisible()
    window.transcript.find_bar.close_bar()
    window.resize(720, 480)
    qtbot.waitUntil(lambda: window.workspace.narrow)
    window.side.setCurrentWidget(window.side.timing)
    press(window, *RUSSIAN["F"])
    assert window.transcript.find_bar.isHidden()


def test_a_held_key_connects_once(russian):
    emitted = []
    russian.window.connect_clicked.connect(lambda: emitted.append(True))
    key, code = RUSSIAN["K"]
    for repeated in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, ord(key.upper()), CTRL, code, 0, 0, "", repeated)
        QCoreApplication.sendEvent(russian.window.windowHandle(), event)
    assert emitted == [True]
