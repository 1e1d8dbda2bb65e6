"""Draws the rows of a list with boxes to tick."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QApplication, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.ui.common import icons
from desktop.ui.common.theme import GRID, INSET, tokens
from desktop.viewmodels.guarded import Guarded

Index = QModelIndex | QPersistentModelIndex

CORNER = 4
BESIDE = 8
"""Pixels that Qt leaves free beside a text and a box."""


class TickDelegate(Guarded, QStyledItemDelegate):
    """For a list that wraps its words, in a dialog.

    Qt's box is a black square under a style sheet, ticked or not. And its rows are wider than their list, as
    it doesn't count the box and the padding when it wraps.
    """

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold)  # as the chosen row has it
        width = self._view.viewport().width() - 2 * INSET - BESIDE
        if _is_tickable(index):
            width -= BESIDE + self._box(option, index).width()
        room = QRect(0, 0, max(1, width), 10_000)
        words = QFontMetrics(font).boundingRect(room, Qt.TextFlag.TextWordWrap, str(index.data() or ""))
        return QSize(0, words.height() + 2 * GRID + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if not _is_tickable(index):
            return
        ticked = index.data(Qt.ItemDataRole.CheckStateRole) in (
            Qt.CheckState.Checked,
            Qt.CheckState.Checked.value,
        )
        colours = tokens()
        box = QRectF(self._box(option, index))
        lit = option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.fillRect(box, QColor(colours.raised if lit else colours.surface))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.accent if ticked else colours.muted), 1.5))
        painter.setBrush(QColor(colours.accent if ticked else colours.surface))
        painter.drawRoundedRect(box, CORNER, CORNER)
        if ticked:
            icons.draw(painter, "check", QColor(colours.on_fill), box)
        painter.restore()

    def _box(self, option: QStyleOptionViewItem, index: Index) -> QRect:
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        style = self._view.style() or QApplication.style()
        return style.subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, whole, self._view)


def _is_tickable(index: Index) -> bool:
    return index.data(Qt.ItemDataRole.CheckStateRole) is not None
