"""A line across the window: a sentence, and the one thing that can be done about it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from desktop.ui.common.icon_button import IconButton
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GRID, INSET, RADIUS, tokens


class Strip(QWidget):
    """Takes no focus. When it is dismissed it hides; its owner remembers that."""

    dismissed = Signal()

    def __init__(self, words: str, action: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._label = PlainLabel()
        self._label.setWordWrap(True)
        self.button = QPushButton(action)
        self.button.setAutoDefault(False)
        # Clicked, it must not take the focus: when it is gone the focus would go to the text line.
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.dismiss = IconButton("close", self.tr("Dismiss"))
        row = QHBoxLayout(self)
        self._label.setContentsMargins(0, GRID // 2, 0, GRID // 2)
        row.setContentsMargins(INSET, GRID // 2, GRID // 2, GRID // 2)
        row.setSpacing(GRID)
        row.addWidget(self._label, 1)
        row.addWidget(self.button)
        row.addWidget(self.dismiss)
        self.dismiss.clicked.connect(self._on_close_clicked)
        self.say(words)

    def say(self, words: str) -> None:
        """Show this sentence instead."""
        self._label.setText(words)
        self.setAccessibleName(self._label.text())  # with what hides in it made visible

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(0, 0, 0, 0))
        painter.setBrush(QColor(tokens().raised))  # the accent is the user's bubbles', and no hint's
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)

    def _on_close_clicked(self) -> None:
        self.hide()
        self.dismissed.emit()
