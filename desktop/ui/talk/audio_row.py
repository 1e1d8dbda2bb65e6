"""The bottom of the window: microphone at the left, speaker at the right, the talk button between them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.ui.common import icons
from desktop.ui.common.theme import GAP, GRID, tokens
from desktop.ui.talk.device_picker import DevicePicker
from desktop.ui.talk.level_meter import LevelMeter
from desktop.ui.talk.volume_slider import PERCENT, VolumeSlider
from desktop.viewmodels import shortcuts
from desktop.viewmodels.devices import DevicesModel
from desktop.viewmodels.loudness import Loudness, Word
from desktop.viewmodels.wording import with_keys

TestState = Literal["idle", "recording", "playing"]
Needle = tuple[float, float, bool]
"""Bar and peak mark in dBFS, and whether it clipped."""


class AudioRow(QWidget):
    """Devices, meters, volume, mute and the microphone test, around a widget in the middle.

    It fits 688 px beside a talk button of 112 px, and is no higher than that button. What is shown changes by
    the `show_` methods and by the models alone; a click only says what was wanted, except for mute.
    """

    input_chosen = Signal(str)
    output_chosen = Signal(str)
    volume_changed = Signal(float)
    """From 0 to 1."""
    mute_toggled = Signal(bool)
    test_started = Signal()
    test_stopped = Signal()
    devices_looked_at = Signal()
    """A list of devices was opened."""

    def __init__(
        self,
        inputs: DevicesModel,
        outputs: DevicesModel,
        middle: QWidget | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.input = _Input(inputs, clock)
        self.output = _Output(outputs)
        self._lay_out(middle)
        self._connect_signals()

    def show_needles(self, microphone: Needle, speaker: Needle) -> None:
        """Move both meters, and say when the microphone is too quiet or clips."""
        self.input.show_needle(microphone)
        self.output.meter.show_needle(*speaker)

    def show_listening(self, listening: bool) -> None:
        """The microphone is open to the assistant, or not: only then it can be too quiet."""
        self.input.listening = listening

    def show_muted(self, muted: bool) -> None:
        """Show the microphone as muted or not."""
        self.input.show_muted(muted)

    def show_volume(self, volume: float) -> None:
        """Show a volume from 0 to 1."""
        with QSignalBlocker(self.output.volume):
            self.output.volume.setValue(round(volume * PERCENT))
        self.output.name_volume()

    def show_test(self, state: TestState) -> None:
        """Show where the microphone test is."""
        self.input.show_test(state)

    def enable_test(self, possible: bool) -> None:
        """Whether the microphone can be tested now: not while a session uses it."""
        self.input.enable_test(possible)

    def _lay_out(self, middle: QWidget | None) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.input, 1)
        if middle is not None:
            row.addWidget(middle, 0, Qt.AlignmentFlag.AlignCenter)
        row.addWidget(self.output, 1)

    def _connect_signals(self) -> None:
        # devices
        self.input.picker.picked.connect(self.input_chosen)
        self.output.picker.picked.connect(self.output_chosen)
        self.input.picker.opened.connect(self.devices_looked_at)
        self.output.picker.opened.connect(self.devices_looked_at)
        # microphone
        self.input.mute.toggled.connect(self.mute_toggled)
        self.input.test_started.connect(self.test_started)
        self.input.test_stopped.connect(self.test_stopped)
        # speaker
        self.output.volume.valueChanged.connect(lambda value: self.volume_changed.emit(value / PERCENT))
        # keys
        QShortcut(QKeySequence(shortcuts.MUTE.keys), self).activated.connect(self.input.mute.toggle)


class _Input(QWidget):
    """The microphone: which one, how loud, muted or not, and its test."""

    test_started = Signal()
    test_stopped = Signal()

    def __init__(self, devices: DevicesModel, clock: Callable[[], float]) -> None:
        super().__init__()
        self.listening = False
        self._clock = clock
        self._loudness = Loudness()
        self._test: TestState = "idle"
        self._word: Word = ""
        self.picker = DevicePicker(devices, self.tr("Microphone"))
        self.meter = LevelMeter("microphone", self.tr("Microphone level"))
        self.mute = QPushButton()
        self.mute.setCheckable(True)
        self.test = QPushButton()
        self.word = QLabel()
        self.word.setProperty("role", "muted")
        self.word.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        below = QHBoxLayout()
        below.setSpacing(GRID)
        below.addWidget(self.mute)
        below.addWidget(self.test)
        below.addWidget(self.word, 1)
        _stack(self, self.picker, self.meter, below)
        self.mute.toggled.connect(self._name_mute)
        self.test.clicked.connect(self._on_test_clicked)
        self._name_mute()
        self.show_test("idle")

    def show_needle(self, needle: Needle) -> None:
        """Move the meter, and find the word for it."""
        self.meter.show_needle(*needle)
        open_now = (self.listening or self._test == "recording") and not self.mute.isChecked()
        self._show_word(self._loudness.word(needle[1], needle[2], open_now, self._clock()))

    def show_muted(self, muted: bool) -> None:
        """Show it muted or not, without saying that someone did it."""
        with QSignalBlocker(self.mute):
            self.mute.setChecked(muted)
        self._name_mute()

    def enable_test(self, possible: bool) -> None:
        """Let the test be begun, or say why it can't be."""
        self.test.setEnabled(possible)
        self.show_test(self._test)

    def show_test(self, state: TestState) -> None:
        """Show where the test is."""
        self._test = state
        self.test.setText(self.tr("Test") if state == "idle" else self.tr("Stop"))
        names = {
            "idle": self.tr("Test the microphone: it records you, and plays back what it heard"),
            "recording": self.tr("Stop the microphone test: it records"),
            "playing": self.tr("Stop the microphone test: it plays back"),
        }
        busy = self.tr("The session has the microphone: its meter moves. Disconnect to test it with playback")
        words = names[state] if self.test.isEnabled() or state != "idle" else busy
        self.test.setToolTip(words)
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
        icon = "offline" if muted else "microphone"
        self.mute.setIcon(icons.icon(icon, QColor(colours.warn if muted else colours.muted)))
        words = self.tr("Microphone muted") if muted else self.tr("Mute the microphone")
        self.mute.setAccessibleName(words)
        self.mute.setToolTip(with_keys(words, shortcuts.MUTE))


class _Output(QWidget):
    """The speaker: which one, how loud it plays, and how loud it may."""

    def __init__(self, devices: DevicesModel) -> None:
        super().__init__()
        self.picker = DevicePicker(devices, self.tr("Speaker"))
        self.meter = LevelMeter("speaker", self.tr("Speaker level"))
        self.volume = VolumeSlider()
        self.percent = QLabel()
        self.percent.setProperty("role", "muted")
        self.percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.percent.setMinimumWidth(5 * GRID)
        title = QLabel(self.tr("Volume"))
        title.setProperty("role", "muted")
        title.setBuddy(self.volume)
        below = QHBoxLayout()
        below.setSpacing(GRID)
        below.addWidget(title)
        below.addWidget(self.volume, 1)
        below.addWidget(self.percent)
        _stack(self, self.picker, self.meter, below)
        self.volume.valueChanged.connect(self.name_volume)
        self.name_volume()

    def name_volume(self) -> None:
        """Say the volume in figures."""
        self.percent.setText(self.tr("{0} %").format(self.volume.value()))
        self.volume.setToolTip(self.tr("Volume {0} %").format(self.volume.value()))


def _stack(half: QWidget, picker: QWidget, meter: QWidget, below: QHBoxLayout) -> None:
    """Three lines, as high in both halves: the last one is as high as a button."""
    lines = QVBoxLayout(half)
    lines.setContentsMargins(0, 0, 0, 0)
    lines.setSpacing(GRID)
    lines.addStretch(1)
    lines.addWidget(picker)
    lines.addWidget(meter)
    last = QGridLayout()
    last.setRowMinimumHeight(0, picker.sizeHint().height())
    last.addLayout(below, 0, 0)
    lines.addLayout(last)
    lines.addStretch(1)
