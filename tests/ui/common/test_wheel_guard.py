"""The wheel changes no value but that of the control with the focus, anywhere in the program."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QListWidget,
    QScrollBar,
    QWidget,
)

from desktop.protocol import catalog
from desktop.turn.effects import DisplayState
from desktop.ui.talk.volume_slider import VolumeSlider
from desktop.viewmodels.chosen_options import ChosenOptions
from desktop.viewmodels.devices_model import DeviceRecord
from tests.ui.opened import Opened

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

VALUES = (QComboBox, QAbstractSpinBox, QAbstractSlider)


def turn_over(control: QWidget, notches: int) -> None:
    """The wheel turns over a control; its window gets the event, as from a mouse."""
    at = control.mapTo(control.window(), control.rect().center())
    event = QWheelEvent(
        QPointF(at),
        QPointF(control.window().mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(control.window().windowHandle(), event)


def values(window: QWidget) -> Iterator[QWidget]:
    """The visible controls of a window that hold a value."""
    for widget in window.findChildren(QWidget):
        bar = isinstance(widget, QScrollBar)
        if isinstance(widget, VALUES) and not bar and widget.isVisible() and widget.window() is window:
            yield widget


def value(control: QWidget) -> object:
    if isinstance(control, QComboBox):
        return control.currentIndex(), control.currentText()
    return control.text() if isinstance(control, QAbstractSpinBox) else control.value()


def check(window: QWidget) -> int:
    """Turn the wheel over everything in it; returns over how much."""
    turned = 0
    for control in values(window):
        assert control.focusPolicy() != Qt.FocusPolicy.WheelFocus, f"{control} takes the focus by the wheel"
        if control.hasFocus():
            continue
        for notches in (1, -1, -1):
            before = value(control)
            turn_over(control, notches)
            assert value(control) == before, f"the wheel changed {control}"
        turned += 1
    return turned


@pytest.mark.parametrize("model", ["openai/gpt-realtime-2", "gemini/gemini-3.5-live-translate-preview"])
@pytest.mark.parametrize("size", [(1040, 700), (720, 480)])
def test_in_the_window(shown, qtbot, model: str, size: tuple[int, int]):
    window = shown.window
    window.resize(*size)
    for devices in shown.devices:
        devices.show([DeviceRecord("a", "One", True), DeviceRecord("b", "Another")])
    window.show_choice(ChosenOptions(catalog.find(model), voice="echo", language="sv"))
    window.show_state(DisplayState.READY)
    for pane in (window.side.tools, window.side.events, window.side.timing):
        window.side.setCurrentWidget(pane)
        window.setFocus()
        assert check(window) >= 4


def test_on_each_page_of_the_settings(qtbot):
    opened = Opened(qtbot)
    pages = opened.dialog.findChild(QListWidget)
    turned = 0
    for row in range(pages.count()):
        pages.setCurrentRow(row)
        turned += check(opened.dialog)
    assert turned >= 20


def test_in_a_dialog_of_qt_itself(qtbot, shown):
    dialog = QFileDialog(shown.window)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    assert check(dialog) >= 1


def test_with_the_focus_it_changes_the_value(shown, qtbot):
    slider = shown.window.findChild(VolumeSlider)
    slider.setFocus()
    before = slider.value()
    turn_over(slider, -1)
    assert slider.value() < before
