"""The axis above the list of turns."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.common.theme import GRID, SMALL_PX, tokens
from desktop.ui.timing.turn_delegate import picture_of
from desktop.ui.timing.turn_list import TurnList
from desktop.viewmodels import numbers

HEIGHT = 24
TICKS_APART = 40
"""Pixels between two figures of the axis, at least."""


class TurnRuler(QWidget):
    """Shows the seconds of the axis in the scale of the pictures below it."""

    def __init__(self, turns: TurnList) -> None:
        super().__init__()
        self._turns = turns
        self._shown = False
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_axis(self, shown: bool) -> None:
        """Show the axis, or keep its place empty while there is no turn."""
        if shown != self._shown:
            self._shown = shown
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._shown:
            return
        painter = QPainter(self)
        font = QFont(self.font())
        font.setPixelSize(SMALL_PX)
        painter.setFont(font)
        painter.setPen(QColor(tokens().muted))
        picture = picture_of(self._turns.viewport().rect())
        axis = self._turns.delegate.axis
        apart = axis.place(axis.step_ms, picture.width()) - axis.place(0, picture.width())
        for at in axis.ticks[:: max(1, round(TICKS_APART / apart + 0.5))]:
            x = picture.left() + axis.place(at, picture.width())
            words = self.tr("{0} s").format(numbers.short(at / 1_000)) if at else "0"
            painter.drawText(QRectF(x - 32, 0, 64, HEIGHT), Qt.AlignmentFlag.AlignCenter, words)
        right = QRectF(self._turns.viewport().rect()).adjusted(0, 0, -GRID, 0)
        right.setHeight(HEIGHT)
        beside = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(right, beside, self.tr("Heard after"))
