"""Devices, meters, volume, mute and the microphone test at the bottom of the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from desktop.ui.common import theme
from desktop.ui.common.theme import GAP
from desktop.ui.talk.audio_row import AudioRow
from desktop.ui.talk.talk_button import TalkButton
from desktop.ui.window.main_window import SMALLEST
from desktop.viewmodels.devices_model import DeviceRecord, DevicesModel
from desktop.viewmodels.loudness import HOLD_S, PATIENCE_S
from tests.ui.opened import use_light_theme

CARD = DeviceRecord("ALSA: HDA Intel PCH: ALC257 Analog", "HDA Intel PCH: ALC257 Analog", is_default=True)
HEADSET = DeviceRecord("ALSA: Headset", "Headset")
SPEECH, NOISE = (-20.0, -12.0, False), (-58.0, -55.0, False)
REST = (-60.0, -60.0, False)
CLIPPED = (-3.0, 0.0, True)


class Shown:
    """An audio row in a window of the smallest width, and what it said."""

    def __init__(self, qtbot) -> None:
        self.now_s = 0.0
        self.inputs, self.outputs = DevicesModel("input"), DevicesModel("output")
        for model in (self.inputs, self.outputs):
            model.show([CARD, HEADSET])
        self.talk = TalkButton()
        self.row = AudioRow(self.inputs, self.outputs, self.talk, lambda: self.now_s)
        self.emitted: list[tuple] = []
        for name in ("input_chosen", "output_chosen", "volume_changed", "mute_toggled"):
            getattr(self.row, name).connect(lambda value, name=name: self.emitted.append((name, value)))
        for name in ("test_started", "test_stopped", "devices_looked_at"):
            getattr(self.row, name).connect(lambda name=name: self.emitted.append((name,)))
        self.window = QWidget()
        self.window.setMinimumSize(SMALLEST[0], 200)
        page = QVBoxLayout(self.window)
        page.setContentsMargins(GAP, GAP, GAP, GAP)
        page.addStretch(1)
        page.addWidget(self.row)
        qtbot.addWidget(self.window)
        self.window.resize(SMALLEST[0], 200)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    def hear(self, needle: tuple[float, float, bool], at_s: float) -> str:
        """The word after this needle of the microphone at this time."""
        self.now_s = at_s
        self.row.show_needles(needle, REST)
        return self.row.input.word.text()


@pytest.fixture
def shown(qtbot, qapp: QApplication) -> Shown:
    use_light_theme()
    return Shown(qtbot)


def test_it_fits_the_smallest_window_around_the_talk_button(shown):
    assert shown.window.width() == SMALLEST[0]
    assert shown.row.height() <= shown.talk.height()
    left, right = shown.row.input.geometry(), shown.row.output.geometry()
    assert left.right() < shown.talk.x() < right.left()
    assert left.width() == right.width()
    for part in shown.row.input.findChildren(QWidget) + shown.row.output.findChildren(QWidget):
        if part.isVisible() and part.parent() in (shown.row.input, shown.row.output):
            assert part.parentWidget().rect().contains(part.geometry()), part


def test_every_control_has_a_name(shown):
    row = shown.row
    named = [row.input.picker, row.input.meter, row.input.mute, row.input.test]
    named += [row.output.picker, row.output.meter, row.output.volume]
    names = [widget.accessibleName() for widget in named]
    assert all(names)
    assert len(set(names)) == len(names)


# Devices


def test_choosing_a_device_by_key_says_so(shown):
    picker = shown.row.input.picker
    picker.setFocus()
    QTest.keyClick(picker, Qt.Key.Key_Down)
    QTest.keyClick(picker, Qt.Key.Key_Down)
    assert shown.emitted == [("input_chosen", CARD.key), ("input_chosen", HEADSET.key)]
    assert shown.inputs.chosen == HEADSET.key
    shown.row.output.picker.setFocus()
    QTest.keyClick(shown.row.output.picker, Qt.Key.Key_Down)
    assert shown.emitted[2:] == [("output_chosen", CARD.key)]


def test_the_default_can_be_taken_again(shown):
    shown.inputs.choose(HEADSET.key)
    shown.row.input.picker.setFocus()
    QTest.keyClick(shown.row.input.picker, Qt.Key.Key_Home)
    assert shown.emitted == [("input_chosen", "")]


def test_a_device_that_goes_and_comes_back_stays_the_current_one(shown):
    shown.inputs.choose(HEADSET.key)
    picker = shown.row.input.picker
    assert picker.currentText() == "Headset"
    shown.inputs.show([CARD])
    assert picker.currentText() == "Headset (not connected)"
    assert picker.accessibleDescription() == "Microphone"
    shown.inputs.show([HEADSET, CARD])
    assert picker.currentText() == "Headset"
    assert shown.emitted == [], "showing is not choosing"


def test_the_absent_device_leaves_the_list_when_another_is_picked(shown):
    shown.inputs.choose("ALSA: Gone")
    picker = shown.row.input.picker
    picker.setFocus()
    QTest.keyClick(picker, Qt.Key.Key_Home)
    assert shown.emitted == [("input_chosen", "")]
    assert [picker.itemText(i) for i in range(picker.count())][1:] == [CARD.label, HEADSET.label]
    assert picker.currentIndex() == 0


def test_the_wheel_changes_no_device(shown):
    picker = shown.row.input.picker
    picker.setFocus()
    at = QPointF(picker.rect().center())
    turned = QWheelEvent(
        at,
        picker.mapToGlobal(at),
        QPoint(0, 0),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(picker, turned)
    assert (picker.currentIndex(), shown.emitted) == (0, [])


def test_a_name_that_is_too_long_ends_in_an_ellipsis(shown):
    """It is painted just like the name that is cut short and has the ellipsis itself."""
    picker = shown.row.output.picker
    picker.setFixedWidth(216)
    shown.outputs.choose(HEADSET.key)

    def painted(label: str) -> QImage:
        shown.outputs.show([CARD, DeviceRecord(HEADSET.key, label)])
        assert picker.currentText() == label
        return picker.grab().toImage()

    width = picker.fontMetrics().horizontalAdvance
    long = painted("W" * 60)
    room = picker.width() - 48
    fitting = (label for count in range(4, 40) if width(label := "W" * count + "…") <= room)
    assert any(painted(label) == long for label in fitting)


# Mute


def test_ctrl_m_mutes_and_opens_again(shown):
    QTest.keyClick(shown.window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert shown.row.input.mute.text() == "Muted"
    QTest.keyClick(shown.window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert shown.row.input.mute.text() == "Mute"
    assert shown.emitted == [("mute_toggled", True), ("mute_toggled", False)]


def test_a_click_mutes_and_showing_does_not(shown):
    shown.row.show_muted(True)
    assert shown.emitted == []
    QTest.mouseClick(shown.row.input.mute, Qt.MouseButton.LeftButton)
    assert shown.emitted == [("mute_toggled", False)]


# Words


def test_too_quiet_is_said_while_it_listens_only(shown):
    assert shown.hear(NOISE, 0.0) == shown.hear(NOISE, 9.0) == ""
    shown.row.show_listening(True)
    assert shown.hear(NOISE, 10.0) == ""
    assert shown.hear(NOISE, 10.0 + PATIENCE_S) == "Too quiet"
    assert shown.hear(SPEECH, 13.0) == ""


def test_a_muted_microphone_is_not_too_quiet(shown):
    shown.row.show_listening(True)
    shown.row.show_muted(True)
    assert [shown.hear(NOISE, at) for at in (0.0, 9.0)] == ["", ""]


def test_clipping_is_reported(shown):
    assert shown.hear(CLIPPED, 0.0) == "Clipping"
    assert theme.LIGHT.rec in shown.row.input.word.styleSheet()
    assert shown.hear(SPEECH, HOLD_S) == ""


def test_the_words_take_the_colours_of_the_dark(shown, qapp):
    shown.hear(CLIPPED, 0.0)
    bright = shown.row.input.mute.icon().pixmap(20).toImage()
    theme.apply(qapp, theme.DARK)
    assert theme.DARK.rec in shown.row.input.word.styleSheet()
    assert shown.row.input.mute.icon().pixmap(20).toImage() != bright


# Microphone test


def test_the_test_is_started_and_stopped_by_one_button(shown):
    button: QPushButton = shown.row.input.test
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    shown.row.show_test("recording")
    assert (button.text(), shown.row.input.word.text()) == ("Stop", "Say something…")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    shown.row.show_test("playing")
    assert (button.text(), shown.row.input.word.text()) == ("Stop", "Playing back…")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    shown.row.show_test("idle")
    assert (button.text(), shown.row.input.word.text()) == ("Test", "")
    assert shown.emitted == [("test_started",), ("test_stopped",), ("test_stopped",)]


def test_the_test_says_too_quiet_as_well(shown):
    shown.row.show_test("recording")
    assert shown.hear(NOISE, 0.0) == "Say something…"
    assert shown.hear(NOISE, PATIENCE_S) == "Too quiet"


def test_in_a_session_the_test_says_that_nothing_is_sent(shown):
    shown.row.show_in_session(True)
    assert "None of it is sent" in shown.row.input.test.toolTip()
    assert shown.row.input.test.accessibleName() == shown.row.input.test.toolTip()
    QTest.mouseClick(shown.row.input.test, Qt.MouseButton.LeftButton)
    assert shown.emitted == [("test_started",)]
    shown.row.show_in_session(False)
    assert "sent" not in shown.row.input.test.toolTip()


def test_the_speaker_has_a_test(shown):
    clicked = []
    shown.row.speaker_test_clicked.connect(lambda: clicked.append(True))
    button = shown.row.output.test
    assert "Test the speaker" in button.toolTip()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    shown.row.show_speaker_test(True)
    assert button.toolTip() == "Stop the speaker test"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    shown.row.show_speaker_test(False)
    assert clicked == [True, True]


# Volume


def test_the_volume_goes_where_one_clicks_and_drags(shown):
    slider = shown.row.output.volume
    middle = slider.height() // 2
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, middle))
    QTest.mouseMove(slider, QPoint(0, middle))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(0, middle))
    QTest.mouseMove(slider, QPoint(slider.width() // 2, middle))
    half = pytest.approx(0.5, abs=0.011)  # a slider of an odd width has no pixel in the middle
    assert shown.emitted == [("volume_changed", half), ("volume_changed", 0.0)]
    assert shown.row.output.percent.text() == "0 %"


def test_the_other_button_drags_nothing(shown):
    slider = shown.row.output.volume
    QTest.mousePress(slider, Qt.MouseButton.RightButton, pos=slider.rect().center())
    QTest.mouseMove(slider, QPoint(0, slider.height() // 2))
    QTest.mouseRelease(slider, Qt.MouseButton.RightButton, pos=QPoint(0, slider.height() // 2))
    assert shown.emitted == []


def test_the_volume_by_keys(shown):
    slider = shown.row.output.volume
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Left)
    QTest.keyClick(slider, Qt.Key.Key_PageDown)
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert shown.emitted == [("volume_changed", 0.95), ("volume_changed", 0.75), ("volume_changed", 0.0)]


def test_a_volume_that_is_shown_is_not_changed(shown):
    spy = QSignalSpy(shown.row.volume_changed)
    shown.row.show_volume(0.42)
    assert (shown.row.output.volume.value(), shown.row.output.percent.text()) == (42, "42 %")
    assert "42" in shown.row.output.volume.toolTip()
    assert spy.count() == 0
