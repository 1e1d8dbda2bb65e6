"""A small button with an icon, in the colours of the moment."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolButton, QWidget

from desktop.ui import icons
from desktop.ui.theme import tokens

SIDE = 32
ICON = 20
CORNER = 8


class PaneButton(QToolButton):
    """32 px square; the words are its tool tip and its name for screen readers."""

    def __init__(
        self, icon: str, words: str, parent: QWidget | None = None, *, checkable: bool = False
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(SIDE, SIDE)

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        on = self.isChecked() or self.isDown()
        painter.setPen(QPen(QColor(colours.accent)) if self.hasFocus() else Qt.PenStyle.NoPen)
        fill = colours.accent if on else colours.raised if self.underMouse() and self.isEnabled() else None
        painter.setBrush(QColor(fill) if fill else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(shape, CORNER, CORNER)
        if not self.isEnabled():
            painter.setOpacity(0.4)
        edge = (SIDE - ICON) / 2
        colour = QColor(colours.on_fill if on else colours.muted if not self.hasFocus() else colours.text)
        icons.draw(painter, self._icon, colour, QRectF(edge, edge, ICON, ICON))
