"""Draws the rows of a list: the background of the selected one, and lines of text cut to fit."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from desktop.ui.common.plain_text import show_tip
from desktop.ui.common.theme import BASE_PX, INSET, RADIUS, SMALL_PX, tokens
from desktop.viewmodels.guarded import Guarded

BAR = 3
"""Width in px of the bar at the left of a selected row."""

Index = QModelIndex | QPersistentModelIndex


class RowDelegate(Guarded, QStyledItemDelegate):
    """Rows of one height. A subclass draws their content in `paint_row`."""

    bar = True
    """Whether a selected row has a bar at its left."""

    def __init__(self, view: QAbstractItemView, height: int, title_weight: QFont.Weight) -> None:
        super().__init__(view)
        self.height = height
        self.title_font = QFont(view.font())
        self.title_font.setPixelSize(BASE_PX)
        self.title_font.setWeight(title_weight)
        self.small_font = QFont(view.font())
        self.small_font.setPixelSize(SMALL_PX)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, self.height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        try:
            if selected:
                self._paint_ground(painter, option)
            self.paint_row(painter, option.rect, index, selected)
        finally:
            painter.restore()

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        # What a row is too narrow for: the words that a screen reader reads.
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        words = str(index.data(Qt.ItemDataRole.AccessibleTextRole) or index.data() or "")
        show_tip(event.globalPos(), words, view)
        return True

    def paint_row(self, painter: QPainter, area: QRect, index: Index, selected: bool) -> None:
        """Draw a row's content."""
        raise NotImplementedError

    def paint_line(
        self, painter: QPainter, place: QRect, words: str, font: QFont, colour: str, *, right: bool = False
    ) -> None:
        """Draw one line at the top of its place, with an ellipsis where it is too long."""
        painter.setFont(font)
        painter.setPen(QColor(colour))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        line = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignTop | side | Qt.TextFlag.TextSingleLine, line)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        colours, area = tokens(), QRectF(option.rect)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QPen(QColor(colours.accent)) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(area.adjusted(0.5, 1.5, -0.5, -1.5), RADIUS, RADIUS)
        if self.bar:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent))
            bar = QRectF(area.left() + 1, area.top() + RADIUS + 1, BAR, area.height() - 2 * RADIUS - 2)
            painter.drawRoundedRect(bar, BAR / 2, BAR / 2)


def paint_empty(view: QAbstractItemView, words: str) -> None:
    """Say in the middle of an empty list what it will hold. Call it in the list's `paintEvent`."""
    if view.model().rowCount():
        return
    painter = QPainter(view.viewport())
    painter.setPen(QColor(tokens().muted))
    area = view.viewport().rect().adjusted(INSET, 0, -INSET, 0)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
