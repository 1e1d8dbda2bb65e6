"""The field for on and off."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QWidget

from desktop.ui.common.theme import tokens
from desktop.ui.fields.field import Field

WIDTH = 40
HEIGHT = 24
KNOB = 16


class Switch(QCheckBox):
    """A check box drawn as a switch: the place of its knob shows its state without colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, HEIGHT)

    def hitButton(self, at: QPoint) -> bool:
        return self.rect().contains(at)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, on = tokens(), self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else 0.5)
        body = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(QColor(colours.accent if on else colours.muted), 1.5))
        painter.setBrush(QColor(colours.accent) if on else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(body, body.height() / 2, body.height() / 2)
        margin = (HEIGHT - KNOB) / 2
        left = WIDTH - KNOB - margin if on else margin
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.on_fill if on else colours.muted))
        painter.drawEllipse(QRectF(left, margin, KNOB, KNOB))
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.text), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(body, body.height() / 2, body.height() / 2)


class SwitchField(Field):
    """Edits a bool."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._switch = Switch()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._switch)
        self._switch.clicked.connect(lambda: self.edited.emit(self.value()))

    def value(self) -> bool:
        return self._switch.isChecked()

    def show_value(self, value: object) -> None:
        self._switch.setChecked(value is True)

    def target(self) -> QWidget:
        return self._switch
