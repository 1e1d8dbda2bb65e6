"""The first run's one line: this is the demo, and here is the way to more."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from desktop.ui.icon_button import IconButton
from desktop.ui.theme import GRID, INSET, RADIUS, tokens


class WelcomeStrip(QWidget):
    """Takes no focus by itself. Dismissed, it hides; whoever shows it remembers that."""

    add_key_clicked = Signal()
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        words = QLabel(
            self.tr(
                "You are talking to the offline demo: it answers by simple rules and is no AI model. "
                "Add a key for a real one."
            )
        )
        words.setWordWrap(True)
        self.setAccessibleName(words.text())
        add = QPushButton(self.tr("Add a key"))
        add.setAutoDefault(False)
        close = IconButton("close", self.tr("Dismiss"))
        row = QHBoxLayout(self)
        row.setContentsMargins(INSET, GRID, GRID, GRID)
        row.setSpacing(GRID)
        row.addWidget(words, 1)
        row.addWidget(add)
        row.addWidget(close)
        add.clicked.connect(self.add_key_clicked)
        close.clicked.connect(self._on_close_clicked)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(0, 0, 0, 0))
        painter.setBrush(QColor(tokens().user_bubble))
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)

    def _on_close_clicked(self) -> None:
        self.hide()
        self.dismissed.emit()
