"""The list of kept conversations: first words, time and length."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QListView, QWidget

from desktop.ui.common.row_delegate import Index, RowDelegate, paint_empty
from desktop.ui.common.theme import GRID, INSET, tokens
from desktop.viewmodels.history_model import HistoryEntry, HistoryModel, HistoryRole

ROW = 56


class HistoryList(QListView):
    """Shows a `HistoryModel`; the current row is the conversation that is shown."""

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
        """Select this row, or the nearest one."""
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
        """Do nothing: the search field finds more."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        paint_empty(self, self.empty_words)


class _Delegate(RowDelegate):
    def __init__(self, view: QListView) -> None:
        super().__init__(view, ROW, QFont.Weight.Normal)

    def paint_row(self, painter: QPainter, area: QRect, index: Index, selected: bool) -> None:
        colours = tokens()
        entry: HistoryEntry = index.data(HistoryRole.ENTRY)
        inner = area.adjusted(INSET, GRID + 1, -INSET, -GRID)
        title = index.data(Qt.ItemDataRole.DisplayRole)
        self.paint_line(painter, inner, title, self.title_font, colours.text)
        below = inner.adjusted(0, 22, 0, 0)
        mark = colours.warn if entry.mark == "cut short" else colours.muted
        when = str(index.data(HistoryRole.WHEN))
        self.paint_line(painter, below, when, self.small_font, colours.muted)
        metrics = QFontMetrics(self.small_font)
        room = below.adjusted(metrics.horizontalAdvance(when) + GRID, 0, 0, 0)
        what = str(index.data(HistoryRole.WHAT))
        if metrics.horizontalAdvance(what) > room.width():
            what = str(index.data(HistoryRole.WHAT_SHORT))
        self.paint_line(painter, room, what, self.small_font, mark, right=True)
