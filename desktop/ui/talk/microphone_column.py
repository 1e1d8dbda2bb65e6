"""The microphone's column: which one, its level, mute, and its test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy

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
        if event.type() == QEvent.Type.PaletteChange:
            self._name_mute()
            self._show_word(self._word)

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
        self.mute.setText(self.tr("Muted") if muted else self.tr("Mute"))
        icon = "muted" if muted else "microphone"
        self.mute.setIcon(icons.icon(icon, QColor(colours.warn if muted else colours.muted)))
        words = (
            self.tr("Muted: nobody hears you. Press to be heard again")
            if muted
            else self.tr("Mute the microphone")
        )
        self.mute.setAccessibleName(words)
        set_tip(self.mute, with_keys(words, shortcuts.MUTE))
