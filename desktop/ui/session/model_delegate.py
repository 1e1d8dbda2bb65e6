"""Draws the rows of the list of models: headings, names, and what each model can do."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QComboBox, QStyleOptionViewItem

from desktop.ui.common.list_delegate import ROW, ListDelegate
from desktop.ui.common.popup_list import MOST_MEASURED
from desktop.ui.common.theme import GRID, INSET, SMALL_PX, tokens
from desktop.viewmodels.models_model import ModelRole

Index = QModelIndex | QPersistentModelIndex

BADGE = 18
"""The height of a badge."""
PADDING = 6
"""Left and right of a badge's word."""
APART = 4
HEADING = 30


class ModelDelegate(ListDelegate):
    """A row's badges stand at its end; they go before a long name is cut."""

    def __init__(self, combo: QComboBox) -> None:
        super().__init__(combo, combo)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        model = index.model()
        if model.rowCount() > MOST_MEASURED:  # Qt asks for each of them, several times
            heading = bool(index.data(ModelRole.HEADING))
            return QSize(0, HEADING if heading else ROW)
        size = super().sizeHint(option, index)
        if index.data(ModelRole.HEADING):
            return QSize(size.width(), HEADING)
        badges = _widths(option.font, index.data(ModelRole.BADGES) or ())
        return QSize(size.width() + sum(badges) + APART * len(badges) + GRID, size.height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if not index.data(ModelRole.HEADING):
            super().paint(painter, option, index)
            return
        painter.save()
        font = QFont(option.font)
        font.setPixelSize(SMALL_PX)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        area: QRect = option.rect
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        place = area.adjusted(INSET, GRID // 2, -INSET, 0)
        super().paint_words(painter, place, index, tokens().muted, mirrored)
        painter.restore()

    def paint_words(self, painter: QPainter, place: QRect, index: Index, colour: str, mirrored: bool) -> None:
        words = index.data(ModelRole.BADGES) or ()
        widths = _widths(painter.font(), words)
        needed = painter.fontMetrics().horizontalAdvance(str(index.data() or "")) + GRID
        at = place.left() if mirrored else place.right() + 1
        for word, width in reversed(list(zip(words, widths, strict=True))):
            if place.width() - needed < width + APART:
                break
            left = at if mirrored else at - width
            _paint_badge(painter, QRect(left, place.center().y() - BADGE // 2 + 1, width, BADGE), word)
            at += (width + APART) * (1 if mirrored else -1)
            place = place.adjusted(width + APART if mirrored else 0, 0, 0 if mirrored else -width - APART, 0)
        dim = bool(index.data(ModelRole.DIM))
        super().paint_words(painter, place, index, tokens().muted if dim else colour, mirrored)


def _paint_badge(painter: QPainter, place: QRect, word: str) -> None:
    colours = tokens()
    painter.save()
    painter.setFont(_small(painter.font()))
    painter.setPen(QPen(QColor(colours.line), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), BADGE / 2, BADGE / 2)
    painter.setPen(QColor(colours.muted))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine, word)
    painter.restore()


def _widths(font: QFont, words: tuple[str, ...]) -> list[int]:
    metrics = QFontMetrics(_small(font))
    return [metrics.horizontalAdvance(word) + 2 * PADDING for word in words]


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(SMALL_PX)
    return small
