"""The conversations that are kept, one to a row: their first words, and when and how long."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.ui.common.theme import BASE_PX, GRID, INSET, RADIUS, SMALL_PX, tokens
from desktop.viewmodels.history import Entry, HistoryModel, HistoryRole

ROW = 56
BAR = 3

Index = QModelIndex | QPersistentModelIndex


class HistoryList(QListView):
    """Shows a `HistoryModel`; the current row is the conversation that one looks at."""

    chosen = Signal(str)
    """The key of the entry that became the current one; empty for none."""
    delete_asked = Signal()

    def __init__(self, model: HistoryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty_words = ""
        self._entries = model
        self.setItemDelegate(_Delegate(self))
        self.setModel(model)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Conversations"))

    @property
    def key(self) -> str:
        """The key of the current entry; empty for none."""
        entry = self._entries.entry(self.currentIndex().row())
        return entry.key if entry else ""

    def go_to(self, row: int) -> None:
        """Make this row the current one, or the nearest there is."""
        row = min(max(row, 0), self._entries.rowCount() - 1)
        self.setCurrentIndex(self._entries.index(row) if row >= 0 else QModelIndex())

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.chosen.emit(self.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not event.isAutoRepeat():
            self.delete_asked.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are for the search field, which finds more."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._entries.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(tokens().muted))
            area = self.viewport().rect().adjusted(INSET, 0, -INSET, 0)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.empty_words)


class _Delegate(QStyledItemDelegate):
    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._title = QFont(view.font())
        self._title.setPixelSize(BASE_PX)
        self._small = QFont(view.font())
        self._small.setPixelSize(SMALL_PX)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = tokens()
        entry: Entry = index.data(HistoryRole.ENTRY)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
            painter.setPen(QPen(QColor(colours.accent)) if focused else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.raised))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(0.5, 1.5, -0.5, -1.5), RADIUS, RADIUS)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent))
            bar = QRectF(option.rect.left() + 1, option.rect.top() + RADIUS + 1, BAR, ROW - 2 * RADIUS - 2)
            painter.drawRoundedRect(bar, BAR / 2, BAR / 2)
        inner: QRect = option.rect.adjusted(INSET, GRID + 1, -INSET, -GRID)
        self._draw(painter, inner, index.data(Qt.ItemDataRole.DisplayRole), self._title, colours.text)
        below = inner.adjusted(0, 22, 0, 0)
        mark = colours.warn if entry.mark == "cut short" else colours.muted
        what = str(index.data(HistoryRole.WHAT))
        when = str(index.data(HistoryRole.WHEN))
        self._draw(painter, below, when, self._small, colours.muted)
        gone = QFontMetrics(self._small).horizontalAdvance(when) + GRID
        self._draw(painter, below.adjusted(gone, 0, 0, 0), what, self._small, mark, right=True)
        painter.restore()

    def _draw(
        self, painter: QPainter, place: QRect, words: str, font: QFont, colour: str, *, right: bool = False
    ) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        line = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignTop | side | Qt.TextFlag.TextSingleLine, line)
