"""The microphone's column: which one, its level, mute, and its test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from desktop.ui.common import icons
from desktop.ui.common.plain_text import PlainLabel, set_tip
from desktop.ui.common.theme import GRID, tokens
from desktop.ui.talk.device_column import DeviceColumn
from desktop.ui.talk.device_picker import DevicePicker
from desktop.ui.talk.level_meter import LevelMeter, Needle
from desktop.viewmodels import shortcuts
from desktop.viewmodels.devices_model import DevicesModel
from desktop.viewmodels.loudness import Loudness, Word
from desktop.viewmodels.wording import with_keys

TestState = Literal["idle", "recording", "playing"]
ICON = 16
APART = 4
"""Pixels between the icon and the word of the mute button, besides Qt's own."""
BESIDE = 4
"""Those of Qt."""


class MicrophoneColumn(DeviceColumn):
    """Shows how loud the microphone is, and says when it is too quiet or clips."""

    test_started = Signal()
    test_stopped = Signal()

    def __init__(self, devices: DevicesModel, clock: Callable[[], float]) -> None:
        super().__init__()
        self.listening = False
        self._clock = clock
        self._in_session = False
        self._loudness = Loudness()
        self._test: TestState = "idle"
        self._word: Word = ""
        self._short = False
        """Whether the mute button has no word: there is no room for it and for those of the test."""
        self.picker = DevicePicker(devices, self.tr("Microphone"))
        self.meter = LevelMeter("microphone", self.tr("Microphone level"))
        self.mute = QPushButton()
        self.mute.setCheckable(True)
        self.test = QPushButton()
        self.word = PlainLabel()
        self.word.setProperty("role", "muted")
        self.word.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        below = QHBoxLayout()
        below.setSpacing(GRID)
        below.addWidget(self.mute)
        below.addWidget(self.test)
        below.addWidget(self.word, 1)
        self.stack(self.picker, self.meter, below)
        self.mute.toggled.connect(self._name_mute)
        self.test.clicked.connect(self._on_test_clicked)
        self._name_mute()
        self.show_test("idle")

    def show_needle(self, needle: Needle) -> None:
        """Move the meter, and find the word for it."""
        self.meter.show_needle(*needle)
        open_now = (self.listening or self._test == "recording") and not self.mute.isChecked()
        word = self._loudness.word(needle[1], needle[2], open_now, self._clock())
        if word != self._word:  # thirty times a second
            self._show_word(word)

    def show_muted(self, muted: bool) -> None:
        """Show it as muted or not, without emitting a signal."""
        with QSignalBlocker(self.mute):
            self.mute.setChecked(muted)
        self._name_mute()

    def show_in_session(self, in_session: bool) -> None:
        """A session has the microphone, or no longer: the test says that nothing is sent."""
        self._in_session = in_session
        self.show_test(self._test)

    def show_test(self, state: TestState) -> None:
        """Show the state of the test."""
        self._test = state
        self.test.setText(self.tr("Test") if state == "idle" else self.tr("Stop"))
        names = {
            "idle": self.tr("Test the microphone: it records you, then plays the recording"),
            "recording": self.tr("Stop the microphone test (recording)"),
            "playing": self.tr("Stop the microphone test (playing back)"),
        }
        words = names[state]
        if self._in_session:
            words += ". " + self.tr("None of it is sent; pressing the talk key ends it")
        set_tip(self.test, words)
        self.test.setAccessibleName(words)
        self._show_word("")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.LayoutDirectionChange):
            self._name_mute()
            self._show_word(self._word)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave the mute button's word out where one beside the test would be cut; not only while it is
        there: nothing moves with the test."""
        frame = self.test.sizeHint().width() - _widest(self.test, self.test.text())
        needed = frame + ICON + APART + BESIDE + _widest(self.mute, self.tr("Mute"), self.tr("Muted"))
        needed += GRID + frame + _widest(self.test, self.tr("Test"), self.tr("Stop"))
        tests = (self.tr("Say something…"), self.tr("Playing back…"))
        needed += GRID + _widest(self.word, self.tr("Clipping"), self.tr("Too quiet"), *tests)
        short = needed > self.width()
        if short != self._short:
            self._short = short
            self._name_mute()

    def _on_test_clicked(self) -> None:
        (self.test_started if self._test == "idle" else self.test_stopped).emit()

    def _show_word(self, word: Word) -> None:
        self._word = word
        if word:
            text = self.tr("Clipping") if word == "clipping" else self.tr("Too quiet")
        else:
            text = {"recording": self.tr("Say something…"), "playing": self.tr("Playing back…")}.get(
                self._test, ""
            )
        colours = tokens()
        colour = {"clipping": colours.rec, "quiet": colours.warn}.get(word, colours.muted)
        style = f"color: {colour};"
        if text != self.word.text() or style != self.word.styleSheet():
            self.word.setText(text)
            self.word.setStyleSheet(style)
            self.word.setAccessibleName(text)

    def _name_mute(self) -> None:
        muted, colours = self.mute.isChecked(), tokens()
        self.mute.setText("" if self._short else self.tr("Muted") if muted else self.tr("Mute"))
        name, colour = ("muted", colours.warn) if muted else ("microphone", colours.muted)
        apart = 0 if self._short else APART
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self.mute.setIconSize(QSize(ICON + apart, ICON))
        self.mute.setIcon(icons.icon(name, QColor(colour), ICON, apart=apart, mirrored=mirrored))
        words = (
            self.tr("Muted: nobody hears you. Press to be heard again")
            if muted
            else self.tr("Mute the microphone")
        )
        self.mute.setAccessibleName(words)
        set_tip(self.mute, with_keys(words, shortcuts.MUTE))


def _widest(of: QWidget, *words: str) -> int:
    return max(of.fontMetrics().horizontalAdvance(each) for each in words)
