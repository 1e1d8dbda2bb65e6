"""The tool calls, one to a row."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop.ui.common import icons
from desktop.ui.common.theme import BASE_PX, GRID, INSET, RADIUS, SMALL_PX, call_state_colour, tokens
from desktop.viewmodels import numbers
from desktop.viewmodels.json_tree import preview
from desktop.viewmodels.line_words import state_words
from desktop.viewmodels.tool_calls import Call, CallRole

ROW = 48
ICON = 16
BAR = 3

Index = QModelIndex | QPersistentModelIndex


class CallList(QListView):
    """Shows a `ToolCallsModel`; follows the end unless one has scrolled up or opened a call."""

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty_words = ""
        self._follows = True
        self.setItemDelegate(_Delegate(self))
        self.setModel(model)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Tool calls"))
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_range_changed)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.model().rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(tokens().muted))
            area = self.viewport().rect().adjusted(INSET, 0, -INSET, 0)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.empty_words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def _on_scrolled(self, value: int) -> None:
        self._follows = value >= self.verticalScrollBar().maximum() - ROW // 2

    def _on_range_changed(self, _: int, maximum: int) -> None:
        if self._follows and not self.currentIndex().isValid():
            self.verticalScrollBar().setValue(maximum)


class _Delegate(QStyledItemDelegate):
    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._name = QFont(view.font())
        self._name.setPixelSize(BASE_PX)
        self._name.setWeight(QFont.Weight.DemiBold)
        self._small = QFont(view.font())
        self._small.setPixelSize(SMALL_PX)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = tokens()
        call: Call = index.data(CallRole.CALL)
        area: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.raised))
            painter.drawRoundedRect(QRectF(area).adjusted(0, 1, 0, -1), RADIUS, RADIUS)
            painter.setBrush(QColor(colours.accent))
            bar = QRectF(area.left(), area.top() + RADIUS + 1, BAR, area.height() - 2 * RADIUS - 2)
            painter.drawRoundedRect(bar, BAR / 2, BAR / 2)
        colour = call_state_colour(call.state, colours)
        inner = area.adjusted(GRID, GRID - 1, -GRID, -GRID + 1)
        icons.draw(painter, "tool", colour, QRectF(inner.left(), inner.top(), ICON, ICON))
        right = self._draw_state(painter, inner, call, colour)
        left = inner.adjusted(ICON + GRID, 0, 0, 0)
        self._draw_line(painter, left.adjusted(0, 0, -right - GRID, 0), call.name, self._name, colours.text)
        below = left.adjusted(0, 17, 0, 0)
        line = preview(call.arguments, 120)
        if call.by_hand:
            line = self.tr("by hand") + f" · {line}"
        self._draw_line(painter, below, line, self._small, colours.muted)
        painter.restore()

    def _draw_state(self, painter: QPainter, inner: QRect, call: Call, colour: QColor) -> int:
        """State and duration at the right; their width in px."""
        words = state_words(call.state)
        if call.duration_ms:
            words += f" · {duration_text(call.duration_ms)}"
        painter.setFont(self._small)
        painter.setPen(colour)
        place = inner.adjusted(0, 2, 0, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight, words)
        return QFontMetrics(self._small).horizontalAdvance(words)

    def _draw_line(self, painter: QPainter, place: QRect, words: str, font: QFont, colour: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        line = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextSingleLine, line)


def duration_text(ms: float) -> str:
    """A duration in a short form: 0.4 ms, 12 ms, 1.5 s."""
    if ms < 10:
        return f"{numbers.decimal(ms, 1)} ms"
    return f"{ms:.0f} ms" if ms < 1_000 else f"{numbers.decimal(ms / 1_000, 1)} s"
