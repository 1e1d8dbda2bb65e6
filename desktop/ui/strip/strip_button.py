"""The strip's talk button: a small disc, as it is in the window."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.turn.effects import DisplayState
from desktop.ui.common import accessible, icons
from desktop.ui.common.theme import tokens
from desktop.ui.talk.talk_button import SPLIT, TalkButton

SIDE = 44
RING = 3
"""The width of the level's arc."""
ICON = 20


@accessible.described(
    lambda button: accessible.Push(
        button, button.lock_requested.emit, lambda: button.state is DisplayState.LISTENING
    )
)
class StripButton(TalkButton):
    """Held like the large one. It takes no focus, and its words are beside it."""

    ring = RING

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedSize(SIDE, SIDE)

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.surface))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(QPointF(self.width() / 2, self.height() / 2))
        edge = (SIDE - RING) / 2
        ring = QRectF(-edge, -edge, 2 * edge, 2 * edge)
        if self.state is DisplayState.LISTENING:
            inner = edge - RING / 2 - SPLIT
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.rec_fill))
            painter.drawEllipse(QPointF(0, 0), inner, inner)
        self._paint_ring(painter, ring, self._colour())
        on_fill = QColor(colours.on_rec) if self.state is DisplayState.LISTENING else None
        where = QRectF(-ICON / 2, -ICON / 2, ICON, ICON)
        icons.draw(painter, self._icon(), on_fill or self._colour(), where)
