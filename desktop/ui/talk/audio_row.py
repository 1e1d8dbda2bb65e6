"""The bottom of the window: microphone at the left, speaker at the right, the talk button between them."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.ui.common.centred import Centred
from desktop.ui.common.theme import GAP
from desktop.ui.talk.level_meter import Needle
from desktop.ui.talk.microphone_column import MicrophoneColumn, TestState
from desktop.ui.talk.speaker_column import SpeakerColumn
from desktop.ui.talk.volume_slider import PERCENT
from desktop.viewmodels import shortcuts
from desktop.viewmodels.devices_model import DevicesModel

WIDEST = 420
"""Of a picker or a meter, in px: more says nothing more."""


class AudioRow(Centred):
    """Devices, meters, volume, mute and the microphone test, around a widget in the middle.

    The group is in the middle, however wide the window is. It fits 688 px beside a talk button of 112 px, and
    is no higher than that button. Only the `show_`
    methods and the models change the display; a click only emits the user's wish, except for mute.
    """

    input_chosen = Signal(str)
    output_chosen = Signal(str)
    volume_changed = Signal(float)
    """From 0 to 1."""
    mute_toggled = Signal(bool)
    test_started = Signal()
    test_stopped = Signal()
    speaker_test_clicked = Signal()
    devices_looked_at = Signal()
    """A list of devices was opened."""

    def __init__(
        self,
        inputs: DevicesModel,
        outputs: DevicesModel,
        middle: QWidget | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        group = QWidget()
        super().__init__(group, 2 * WIDEST + GAP)
        self._middle = middle
        self.input = MicrophoneColumn(inputs, clock)
        self.output = SpeakerColumn(outputs)
        self.mute_key = QAction(self.tr("Mute the microphone"), self)
        self.mute_key.setShortcut(QKeySequence(shortcuts.MUTE.keys))
        self.mute_key.setAutoRepeat(False)
        self.addAction(self.mute_key)
        self._lay_out(group)
        self._connect_signals()

    def show_needles(self, microphone: Needle, speaker: Needle) -> None:
        """Move both meters, and say when the microphone is too quiet or clips."""
        self.input.show_needle(microphone)
        self.output.meter.show_needle(*speaker)

    def show_listening(self, listening: bool) -> None:
        """Whether the assistant is listening: only then the microphone can be too quiet."""
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
        """Show the state of the microphone test."""
        self.input.show_test(state)

    def show_in_session(self, in_session: bool) -> None:
        """A session has the microphone, or no longer."""
        self.input.show_in_session(in_session)

    def show_speaker_test(self, testing: bool) -> None:
        """Show whether the speaker's test sounds."""
        self.output.show_testing(testing)

    def _lay_out(self, group: QWidget) -> None:
        row = QHBoxLayout(group)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.input, 1)
        if self._middle is not None:
            row.addWidget(self._middle, 0, Qt.AlignmentFlag.AlignCenter)
        row.addWidget(self.output, 1)
        for column in (self.input, self.output):
            column.setMaximumWidth(WIDEST)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """The middle is as wide as its words are."""
        beside = self._middle.sizeHint().width() + GAP if self._middle is not None else 0
        self.allow(2 * WIDEST + GAP + beside)

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
        self.output.test_clicked.connect(self.speaker_test_clicked)
        self.output.volume.valueChanged.connect(lambda value: self.volume_changed.emit(value / PERCENT))
        # keys
        self.mute_key.triggered.connect(self.input.mute.toggle)
