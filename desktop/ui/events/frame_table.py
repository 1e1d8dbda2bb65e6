"""The rows of the events pane: time, direction, type and size."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop.ui.common import icons
from desktop.ui.common.plain_text import show_tip
from desktop.ui.common.row_delegate import BAR, Index, paint_empty
from desktop.ui.common.theme import GRID, SMALL_PX, tokens
from desktop.viewmodels.events_model import Column
from desktop.viewmodels.guarded import Guarded

ROW = 24
ICON = 14
WIDE = 340
"""From this width in pixels there is room for the hour."""
NEAR_END = ROW
"""Within this many pixels of the end the view follows the end."""


LONGEST_TYPE = "transcript.committed"
"""Of those on the wire. A longer one is cut at its end, and its tool tip has it whole."""


class FrameTable(QTableView):
    """Shows the rows of an `EventsModel`; follows the end unless the user has scrolled up to read."""

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty_words = ""
        self._follows = True
        self.setItemDelegate(_Delegate(self))
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(self.tr("Frames"))
        self._size_sections()
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_range_changed)
        model.rowsRemoved.connect(self._on_rows_removed)

    @property
    def follows(self) -> bool:
        """Whether the end is in view, and stays so."""
        return self._follows

    def rowsAboutToBeRemoved(self, parent: Index, start: int, end: int) -> None:
        # Qt would take the next row in its place: another frame would open under the reader's eyes.
        if start <= self.currentIndex().row() <= end:
            self.setCurrentIndex(QModelIndex())
        super().rowsAboutToBeRemoved(parent, start, end)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        paint_empty(self, self.empty_words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        full = self.viewport().width() >= WIDE
        metrics = QFontMetrics(_font(self))
        words = "00:00:00.000" if full else "00:00.000"
        self.horizontalHeader().resizeSection(Column.TIME, metrics.horizontalAdvance(words) + 2 * GRID)
        # The type is what a frame is found by: the size goes before a letter of it does.
        type_room = metrics.horizontalAdvance(LONGEST_TYPE) + GRID
        others = self.columnWidth(Column.DIRECTION) + self.columnWidth(Column.TIME)
        size = metrics.horizontalAdvance("999 kB") + GRID
        self.setColumnHidden(Column.SIZE, self.viewport().width() - others - size < type_room)
        super().resizeEvent(event)
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def _size_sections(self) -> None:
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setMinimumSectionSize(ROW)
        rows.setDefaultSectionSize(ROW)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.hide()
        columns.setMinimumSectionSize(GRID)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(Column.TYPE, QHeaderView.ResizeMode.Stretch)
        metrics = QFontMetrics(_font(self))
        columns.resizeSection(Column.DIRECTION, ICON + GRID)
        columns.resizeSection(Column.SIZE, metrics.horizontalAdvance("999 kB") + GRID)

    def _on_scrolled(self, value: int) -> None:
        self._follows = value >= self.verticalScrollBar().maximum() - NEAR_END

    def _on_range_changed(self, _: int, maximum: int) -> None:
        if self._follows:
            self.verticalScrollBar().setValue(maximum)

    def _on_rows_removed(self, _: QModelIndex, first: int, last: int) -> None:
        # The oldest rows are gone: the rows that the user reads stay in place.
        if first == 0 and not self._follows:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - (last + 1) * ROW)


class _Delegate(Guarded, QStyledItemDelegate):
    """Draws its cells without the style, which takes six times as long; frames come all the time."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._font = _font(view)
        self._metrics = QFontMetrics(self._font)

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        cells = (
            index.model().index(index.row(), column).data()
            for column in (Column.TIME, Column.TYPE, Column.SIZE)
        )
        show_tip(event.globalPos(), "\n".join(map(str, cells)), view)
        return True

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = tokens()
        area: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(colours.raised))
            if index.column() == Column.TIME:
                painter.fillRect(area.left(), area.top(), BAR, area.height(), QColor(colours.accent))
        column, words = index.column(), index.data()
        if column == Column.DIRECTION:
            came = words == "↓"
            square = QRectF(area.left(), area.center().y() - ICON / 2 + 0.5, ICON, ICON)
            name, colour = ("arrow-in", colours.accent) if came else ("arrow-out", colours.ok)
            icons.draw(painter, name, QColor(colour), square)
            return
        painter.setFont(self._font)
        align = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        place = area.adjusted(GRID if column == Column.TIME else 0, 0, -GRID, 0)
        if column == Column.SIZE:
            align |= Qt.AlignmentFlag.AlignRight
        elif column == Column.TYPE:
            words = self._metrics.elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        elif self._metrics.horizontalAdvance(words) > place.width():
            words = words[3:]
        problem = column == Column.TYPE and words.startswith("error")
        strong = colours.rec if problem else colours.text
        painter.setPen(QColor(strong if column == Column.TYPE else colours.muted))
        painter.drawText(place, align, words)


def _font(view: QWidget) -> QFont:
    font = QFont(view.font())
    font.setPixelSize(SMALL_PX + 1)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
