"""The line that is there while sound is recorded."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from desktop.ui.common.strip import Strip


class RecordingStrip(Strip):
    """Says that sound is recorded, and offers to stop that; hidden while it isn't."""

    stop_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        words = QCoreApplication.translate("RecordingStrip", "Recording sound")
        super().__init__(words, QCoreApplication.translate("RecordingStrip", "Stop recording"), parent)
        self.button.clicked.connect(self.stop_clicked)
        self.dismiss.hide()  # the sign is there as long as it is true
        self.hide()

    def show_recording(self, recording: bool, *, for_this_run: bool = False) -> None:
        """Whether sound is recorded; `for_this_run`: it was asked for at the start, and can't be stopped."""
        self.setVisible(recording)
        self.button.setVisible(not for_this_run)
