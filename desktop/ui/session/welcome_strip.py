"""The first run's one line: this is the demo, and here is the way to more."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from desktop.ui.common.strip import Strip


class WelcomeStrip(Strip):
    """Says what the demo is."""

    add_key_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        words = QCoreApplication.translate(
            "WelcomeStrip",
            "You are talking to the offline demo: it answers by simple rules and is no AI model. "
            "Add a key for a real one.",
        )
        super().__init__(words, QCoreApplication.translate("WelcomeStrip", "Add a key"), parent)
        self.button.clicked.connect(self.add_key_clicked)
