"""The line of the first run: this is the demo, and a key can be added here."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from desktop.ui.common.strip import Strip


class WelcomeStrip(Strip):
    """Explains the demo."""

    add_key_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        words = QCoreApplication.translate(
            "WelcomeStrip",
            "This is the offline demo: it speaks English only, answers by simple rules and is not an AI "
            "model. Add a key for a real one.",
        )
        super().__init__(words, QCoreApplication.translate("WelcomeStrip", "Add a key"), parent)
        self.button.clicked.connect(self.add_key_clicked)
