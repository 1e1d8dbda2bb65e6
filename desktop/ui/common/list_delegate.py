"""Draws the rows of the lists that open: of combo boxes and completions."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QComboBox, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.ui.common import icons
from desktop.ui.common.theme import GRID, INSET, tokens
from desktop.viewmodels.guarded import Guarded

Index = QModelIndex | QPersistentModelIndex

ROW = 32
LINE = 9
"""The height of a separator's row: a line of one pixel and its margins."""
CHECK = 16
CORNER = 6
"""The radius of the highlight: what is left of the list's own behind its padding."""


class ListDelegate(Guarded, QStyledItemDelegate):
    """The chosen row has a check mark, the current one a ground and a ring, one that can't be chosen is grey.

    Args:
        combo: whose list it is; without one no row is marked as chosen.
    """

    def __init__(self, parent: QWidget, combo: QComboBox | None = None) -> None:
        super().__init__(parent)
        self._combo = combo

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        if _is_separator(index):
            return QSize(0, LINE)
        # A hinted font draws letters up to a pixel wider than its metrics say.
        words = QFontMetrics(option.font).horizontalAdvance(str(index.data() or "")) + GRID
        beside = self._check_width()
        return QSize(words + 2 * INSET + beside, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        area: QRect = option.rect
        colours = tokens()
        if _is_separator(index):
            middle = area.center().y()
            painter.fillRect(area.left() + GRID, middle, area.width() - 2 * GRID, 1, QColor(colours.raised))
            return
        state = option.state
        enabled = bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if enabled and state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.setBrush(QColor(colours.raised))
            painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), CORNER, CORNER)
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        inner = area.adjusted(INSET, 0, -INSET, 0)
        if self._combo is not None:
            if index.row() == self._combo.currentIndex():
                left = inner.right() + 1 - CHECK if mirrored else inner.left()
                top = area.top() + (area.height() - CHECK) / 2
                icons.draw(painter, "check", QColor(colours.text), QRectF(left, top, CHECK, CHECK))
            beside = self._check_width()
            inner.adjust(0 if mirrored else beside, 0, -beside if mirrored else 0, 0)
        painter.setFont(option.font)
        self.paint_words(painter, inner, index, colours.text if enabled else colours.muted, mirrored)
        painter.restore()

    def paint_words(self, painter: QPainter, place: QRect, index: Index, colour: str, mirrored: bool) -> None:
        """Draw what a row says, with an ellipsis where the place is too narrow."""
        painter.setPen(QColor(colour))
        words = painter.fontMetrics().elidedText(
            str(index.data() or ""), Qt.TextElideMode.ElideRight, place.width()
        )
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        along = side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        painter.drawText(place, along | Qt.TextFlag.TextSingleLine, words)

    def _check_width(self) -> int:
        return CHECK + GRID if self._combo is not None else 0


def _is_separator(index: Index) -> bool:
    """As Qt's own delegate knows it (`QComboBox.insertSeparator`)."""
    return bool(index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "separator")
