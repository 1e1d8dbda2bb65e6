"""How one line of the transcript is drawn: a bubble at its speaker's side, or a quiet note."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.models.transcript import TranscriptRole
from desktop.ui.theme import BASE_PX, BUBBLE_RADIUS, GAP, GRID, INSET, SMALL_PX, Tokens, tokens

WIDEST = 0.78
"""A bubble's share of the pane's width."""
BAR = 3
CACHED = 4_000
"""Heights that are remembered. One is asked for on every layout of the list."""

Index = QModelIndex | QPersistentModelIndex


class BubbleDelegate(QStyledItemDelegate):
    """Paints lines. Sizes are cached by text and width: a growing answer changes one of them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._sizes: OrderedDict[tuple[str, str, str, int], QSize] = OrderedDict()
        self._view = parent

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        width = self._view.width()
        text, note = index.data(), index.data(TranscriptRole.NOTE)
        key = (text, note, index.data(TranscriptRole.SPEAKER), width)
        size = self._sizes.get(key)
        if size is None:
            size = QSize(width, self._height(key))
            self._sizes[key] = size
            if len(self._sizes) > CACHED:
                self._sizes.popitem(last=False)
        return size

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area: QRect = option.rect
        if index.data(TranscriptRole.SPEAKER) == "system":
            self._paint_note(painter, area, index)
        else:
            self._paint_bubble(painter, area, index)
        painter.restore()

    def _height(self, key: tuple[str, str, str, int]) -> int:
        text, _, speaker, width = key
        if speaker == "system":
            layout = _laid_out(text, _font(self._view, SMALL_PX), width - 4 * GAP)
            return int(layout.boundingRect().height()) + 2 * GRID
        layout = _laid_out(text or " ", _font(self._view, BASE_PX), self._text_width(width))
        small = QFontMetrics(_font(self._view, SMALL_PX)).height()
        return int(layout.boundingRect().height()) + small + 2 * INSET + GRID + 4

    def _text_width(self, width: int) -> float:
        return max(80.0, width * WIDEST - 2 * INSET - 2 * GAP)

    def _paint_note(self, painter: QPainter, area: QRect, index: Index) -> None:
        layout = _laid_out(
            index.data(), _font(self._view, SMALL_PX), area.width() - 4 * GAP, Qt.AlignmentFlag.AlignHCenter
        )
        painter.setPen(QColor(tokens().muted))
        layout.draw(painter, QPointF(area.left() + 2 * GAP, area.top() + GRID))

    def _paint_bubble(self, painter: QPainter, area: QRect, index: Index) -> None:
        colours = tokens()
        mine = index.data(TranscriptRole.SPEAKER) == "user"
        text = index.data()
        growing = index.data(TranscriptRole.GROWING)
        layout = _laid_out(text or "…", _font(self._view, BASE_PX), self._text_width(area.width()))
        below, small = self._small_words(index), _font(self._view, SMALL_PX)
        words = QFontMetrics(small).horizontalAdvance(below)
        width = max(_natural_width(layout), words) + 2 * INSET
        left = area.right() - GAP - width if mine else area.left() + GAP
        bubble = QRectF(left, area.top() + GRID / 2, width, area.height() - GRID)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.user_bubble if mine else colours.raised))
        painter.drawRoundedRect(bubble, BUBBLE_RADIUS, BUBBLE_RADIUS)
        if growing and not mine:
            painter.setBrush(QColor(colours.accent))
            bar = QRectF(bubble.left() - BAR - 3, bubble.top() + 8, BAR, bubble.height() - 16)
            painter.drawRoundedRect(bar, BAR / 2, BAR / 2)
        painter.setPen(QColor(colours.text if text else colours.muted))
        layout.draw(
            painter,
            QPointF(bubble.left() + INSET, bubble.top() + INSET),
            _unheard(index.data(TranscriptRole.HEARD), len(text), colours),
        )
        painter.setFont(small)
        painter.setPen(QColor(colours.muted))
        foot = bubble.adjusted(INSET, 0, -INSET, -GRID)
        painter.drawText(foot, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, below)

    def _small_words(self, index: Index) -> str:
        at: datetime = index.data(TranscriptRole.AT)
        note = index.data(TranscriptRole.NOTE)
        return f"{at:%H:%M:%S} · {note}" if note else f"{at:%H:%M:%S}"


def _unheard(heard: int | None, length: int, colours: Tokens) -> list[QTextLayout.FormatRange]:
    """The format that dims what was generated and not heard."""
    if heard is None or heard >= length:
        return []
    dim = QTextLayout.FormatRange()
    dim.start, dim.length = heard, length - heard
    form = QTextCharFormat()
    form.setForeground(QColor(colours.muted))
    form.setFontItalic(True)
    dim.format = form
    return [dim]


def _font(view: QWidget, pixels: int) -> QFont:
    font = QFont(view.font())
    font.setPixelSize(pixels)
    return font


def _natural_width(layout: QTextLayout) -> float:
    return max((layout.lineAt(i).naturalTextWidth() for i in range(layout.lineCount())), default=0.0)


def _laid_out(
    text: str, font: QFont, width: float, align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeading
) -> QTextLayout:
    layout = QTextLayout(text.replace("\n", "\u2028"), font)
    option = QTextOption(align)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    height = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, height))
        height += line.height()
    layout.endLayout()
    return layout
