"""The microphone's level beside its gain, and the test that makes it move where no session does."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop.ui.common.icon_button import SIDE
from desktop.ui.common.plain_text import set_tip
from desktop.ui.common.theme import GRID, INSET
from desktop.ui.talk.level_meter import LevelMeter, Needle


class MicrophoneRow(QWidget):
    """A live meter, measured after the gain, and a button for the microphone test."""

    test_started = Signal()
    test_stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._idle = True
        self.meter = LevelMeter("microphone", self.tr("Microphone level with its gain"), on_card=True)
        self.test = QPushButton()
        self.test.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, SIDE + INSET, 0)  # as wide as rows with a button to reset
        row.setSpacing(GRID)
        row.addWidget(self.meter, 1)
        row.addWidget(self.test)
        self.test.clicked.connect(self._on_clicked)
        self.show_test("idle")

    def show_needle(self, needle: Needle) -> None:
        """Move the meter."""
        self.meter.show_needle(*needle)

    def show_test(self, state: str) -> None:
        """Show the state of the microphone test: idle, recording, playing."""
        self._idle = state == "idle"
        self.test.setText(self.tr("Test") if self._idle else self.tr("Stop"))
        begins = self.tr("Test the microphone: it records you, then plays the recording")
        words = begins if self._idle else self.tr("Stop the microphone test")
        set_tip(self.test, words)
        self.test.setAccessibleName(words)

    def _on_clicked(self) -> None:
        (self.test_started if self._idle else self.test_stopped).emit()
