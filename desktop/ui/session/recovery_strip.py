"""The line above the conversation after the last one was cut short."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from desktop.ui.common.strip import Strip


class RecoveryStrip(Strip):
    """Offers the conversation that was cut short; hidden until there is one."""

    show_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        words = QCoreApplication.translate("RecoveryStrip", "The last conversation was cut short. Show it?")
        super().__init__(words, QCoreApplication.translate("RecoveryStrip", "Show it"), parent)
        self.button.clicked.connect(self._on_clicked)
        self.hide()

    def _on_clicked(self) -> None:
        self.hide()
        self.show_clicked.emit()
