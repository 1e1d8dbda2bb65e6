"""Every control has a name for screen readers, can be reached by Tab, and lets Tab go on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QScrollBar,
    QTabWidget,
    QTextEdit,
    QWidget,
)

from desktop.base.message import verbatim
from desktop.protocol.catalog import Model
from desktop.recording.export import FORMATS
from desktop.turn.effects import DisplayState
from desktop.ui.dialogs.about_dialog import AboutDialog
from desktop.ui.dialogs.crash_dialog import CrashDialog
from desktop.ui.dialogs.history_dialog import HistoryDialog
from desktop.ui.dialogs.keys_dialog import KeysDialog
from desktop.ui.session.voice_box import VoiceBox
from desktop.viewmodels.history_model import HistoryModel
from tests.ui.opened import Opened

# The virtual screen says so of every window of a fixed size.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

MOST = 200
LINKS = 1
"""Tab goes through the links of a text before it goes on: none has more than one."""
TEXT_FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)
CONTROLS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)


def stops(window: QWidget) -> list[QWidget]:
    """What Tab should stop at now. A part that hands its focus on counts as what it hands it to."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusProxy() is None
        and widget.window() is window
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]


def name(widget: QWidget) -> str:
    found = QAccessible.queryAccessibleInterface(widget)
    return found.text(QAccessible.Text.Name)


def description(widget: QWidget) -> str:
    return f"{type(widget).__name__} {name(widget)!r} in {type(widget.parentWidget()).__name__}"


def walk(window: QWidget, key: Qt.Key) -> list[QWidget]:
    """The focus's way through the window, until it comes round."""
    seen: list[QWidget] = []
    for _ in range(MOST):
        focus = QApplication.focusWidget()
        if focus in seen:
            break
        if focus is not None:
            seen.append(focus)
        if len(stops(window)) == 1:
            break  # there is nowhere else to go
        for _ in range(LINKS + 1):
            QTest.keyClick(window.windowHandle(), key)
            if QApplication.focusWidget() is not focus:
                break
        else:
            pytest.fail(f"{key.name} is held by {description(focus)}")
    return seen


def check(window: QWidget) -> None:
    wanted = stops(window)
    assert wanted
    nameless = [description(widget) for widget in wanted if not name(widget).strip()]
    assert not nameless, "no name for screen readers"
    unreachable = [
        description(widget)
        for widget in window.findChildren(QWidget)
        if isinstance(widget, CONTROLS)
        and not isinstance(widget, QScrollBar)  # the keys of what it scrolls move it
        and widget.isVisible()
        and widget.isEnabled()
        and widget not in wanted
        and not isinstance(widget.parentWidget(), QAbstractSpinBox | QComboBox)
        and widget.focusProxy() is None
    ]
    assert not unreachable, "Tab doesn't stop there"
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
        wanted[0].setFocus()
        passed = walk(window, key)
        assert not [description(one) for one in wanted if one not in passed], f"{key.name} doesn't come by"


@pytest.mark.parametrize("size", [(1040, 700), (720, 480)])
@pytest.mark.parametrize("state", [DisplayState.OFFLINE, DisplayState.READY])
def test_the_window(shown, qtbot, size: tuple[int, int], state: DisplayState):
    window = shown.window
    window.resize(*size)
    window.show_state(state)
    shown.transcript.begin_take(1)
    shown.tool_calls.begin("1", "get_time", {"timezone": "Europe/Stockholm"})
    window.question.ask(verbatim("Open https://example.org in the browser?"))
    qtbot.waitUntil(lambda: all(each.isEnabled() for each in window.question.findChildren(QAbstractButton)))
    (tabs,) = window.findChildren(QTabWidget)
    for index in range(tabs.count()):
        tabs.setCurrentIndex(index)
        check(window)


@pytest.mark.parametrize("state", [DisplayState.OFFLINE, DisplayState.READY])
def test_space_talks_from_everywhere_but_text_fields(shown, qtbot, state: DisplayState):
    window = shown.window
    window.show_state(state)
    shown.transcript.begin_take(1)
    shown.tool_calls.begin("1", "get_time", {"timezone": "Europe/Stockholm"})
    window.question.ask(verbatim("Open https://example.org in the browser?"))
    window.transcript.open_find()
    qtbot.waitUntil(lambda: all(each.isEnabled() for each in window.question.findChildren(QAbstractButton)))
    (tabs,) = window.findChildren(QTabWidget)
    for index in range(tabs.count()):
        tabs.setCurrentIndex(index)
        for control in stops(window):
            shown.emitted.clear()
            control.setFocus()
            QTest.keyPress(window.windowHandle(), Qt.Key.Key_Space)
            QTest.keyRelease(window.windowHandle(), Qt.Key.Key_Space)
            talk = [("talk_pressed",), ("talk_released",)]
            assert shown.emitted == ([] if isinstance(control, TEXT_FIELDS) else talk), description(control)


def test_space_in_an_editable_list_is_a_space(shown):
    box = shown.window.findChild(VoiceBox)
    box.show_voice(Model(id="a/model", label="a model", provider="", any_voice=True), "")
    box.setFocus()
    for key in (Qt.Key.Key_A, Qt.Key.Key_Space, Qt.Key.Key_B):
        QTest.keyClick(shown.window.windowHandle(), key)
    assert box.currentText() == "a b"
    assert shown.emitted == []


def test_the_find_bar(shown, qtbot):
    shown.window.transcript.open_find()
    qtbot.waitUntil(shown.window.transcript.find_bar.isVisible)
    check(shown.window)


def test_the_settings(qtbot):
    dialog = Opened(qtbot).dialog
    pages = dialog.findChild(QListWidget)
    for row in range(pages.count()):
        pages.setCurrentRow(row)
        check(dialog)


@pytest.mark.parametrize(
    "made",
    [
        lambda: AboutDialog([("Presstalk", "1.0")]),
        lambda: KeysDialog(True),
        lambda: CrashDialog("what it was"),
        lambda: HistoryDialog(HistoryModel(), FORMATS),
    ],
)
def test_a_dialog(qtbot, made: Callable[[], QWidget]):
    dialog = made()
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    check(dialog)
