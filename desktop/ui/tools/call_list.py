"""The tool calls, one to a row."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from desktop.ui.common import icons
from desktop.ui.common.gathering import HeldPainting
from desktop.ui.common.row_delegate import Index, RowDelegate, paint_empty
from desktop.ui.common.theme import GRID, call_state_colour, tokens
from desktop.viewmodels import numbers
from desktop.viewmodels.bench_setting import bench_words
from desktop.viewmodels.json_tree_model import preview
from desktop.viewmodels.line_words import SAID_WHILE, state_words
from desktop.viewmodels.tool_calls_model import Call, CallRole

ROW = 48
ICON = 16


class CallList(QListView):
    """Shows a `ToolCallsModel`; follows the end unless the user has scrolled up or opened a call."""

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty_words = ""
        self._follows = True
        self.setItemDelegate(_Delegate(self))
        self.setModel(model)
        HeldPainting(self, model)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Tool calls"))
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_range_changed)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        paint_empty(self, self.empty_words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def _on_scrolled(self, value: int) -> None:
        self._follows = value >= self.verticalScrollBar().maximum() - ROW // 2

    def _on_range_changed(self, _: int, maximum: int) -> None:
        if self._follows and not self.currentIndex().isValid():
            self.verticalScrollBar().setValue(maximum)


class _Delegate(RowDelegate):
    def __init__(self, view: QListView) -> None:
        super().__init__(view, ROW, QFont.Weight.DemiBold)

    def paint_row(self, painter: QPainter, area: QRect, index: Index, selected: bool) -> None:
        colours = tokens()
        call: Call = index.data(CallRole.CALL)
        colour = call_state_colour(call.state, colours)
        inner = area.adjusted(GRID, GRID - 1, -GRID, -GRID + 1)
        icons.draw(painter, "tool", colour, QRectF(inner.left(), inner.top(), ICON, ICON))
        left = inner.adjusted(ICON + GRID, 0, 0, 0)
        wanted = QFontMetrics(self.title_font).horizontalAdvance(str(index.data())) + 1  # rounded down
        right = self._paint_state(painter, left, call, colour, left.width() - GRID - wanted)
        name = left.adjusted(0, 0, -right - GRID, 0)
        self.paint_line(painter, name, str(index.data()), self.title_font, colours.text)
        line = preview(call.arguments, 120)
        if call.by_hand:
            line = self.tr("by hand") + f" · {line}"
        if call.progress and call.state in SAID_WHILE:
            line = f"{call.progress} · {line}"
        if call.bench:
            line = f"{bench_words(call.bench)} · {line}"
        self.paint_line(painter, left.adjusted(0, 17, 0, 0), line, self.small_font, colours.muted)

    def _paint_state(
        self, painter: QPainter, inner: QRect, call: Call, colour: QColor, beside_name: int
    ) -> int:
        """State and duration at the right; their width in px.

        Half of the row is theirs at least, and as much as the whole name leaves them, `beside_name`: which
        tool it is comes before the rest of a long sentence.
        """
        words = state_words(call.state)
        if call.duration_ms:
            words += f" · {numbers.duration(call.duration_ms)}"
        painter.setFont(self.small_font)
        painter.setPen(colour)
        place = inner.adjusted(0, 2, 0, 0)
        room, metrics = max(inner.width() // 2, beside_name), QFontMetrics(self.small_font)
        words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
        painter.drawText(place, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight, words)
        return metrics.horizontalAdvance(words)
