"""The list of the transcript's lines. Only visible lines are laid out: 10,000 cost no more than ten."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QMargins,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontInfo, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from desktop.ui.common.centred import margin
from desktop.ui.common.gathering import Gathering
from desktop.ui.common.scroll_area import QuietBar
from desktop.ui.common.theme import BASE_PX, GAP, GRID, tokens
from desktop.ui.transcript.bubble import Fonts, LaidLine, guess_heights
from desktop.ui.transcript.bubble_actions import paint_actions
from desktop.ui.transcript.bubble_paint import LineMarks, PaintStyle, paint
from desktop.ui.transcript.laid_lines import LaidLines
from desktop.ui.transcript.transcript_layout import RowHeights
from desktop.viewmodels.transcript_model import TranscriptModel

NEAR_END = 24
"""Within this many pixels of the end the view follows the end."""
STEP = 24
TAIL = GRID // 2
"""Pixels below the last row, which has as many of its own: it doesn't touch the edge."""

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
Hint = QAbstractItemView.ScrollHint


class TranscriptView(QListView):
    """Shows a transcript and stays where the user reads.

    A list view of Qt's lays out all its rows again for each change of a size. This one measures a row when
    it is seen and guesses the others; visible rows stay in place when a guess was wrong.
    """

    following_changed = Signal(bool)
    """Whether the view follows the end."""

    def __init__(self, model: TranscriptModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = model.lines
        self._heights = RowHeights()
        self._laid = LaidLines(model.lines)
        self._width = 0
        self._anchor = (0, 0)
        """A row, and where it begins below the viewport's top: it stays there."""
        self._follows = True
        self._settling = False
        self.covered_below = 0
        """So many pixels at the lower end are under a button, unless the view follows the end."""
        self._touched: set[int] = set()
        self._percent = 100
        self._look = self._make_look()
        self.empty_words = ""
        self._changes = Gathering(self._settle, self, later=True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        # Before there are rows: it scrolls to the first one.
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAutoScroll(False)
        self.setModel(model)
        model.rowsRemoved.connect(self._on_rows_removed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBar(QuietBar(self))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAccessibleName(self.tr("Transcript"))

    def show_column(self, widest: int) -> None:
        """Put the lines into a column in the middle, so wide at most: in px at the usual text size."""
        widest = round(widest * max(1.0, QFontInfo(self.font()).pixelSize() / BASE_PX))
        beside = margin(self.width(), widest)
        # The scroll bar lies over the margin that the lines leave: both margins are the same.
        over = beside - self.verticalScrollBar().sizeHint().width()
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        margins = QMargins(over, 0, beside, 0) if mirrored else QMargins(beside, 0, over, 0)
        if margins != self.viewportMargins():
            self.setViewportMargins(margins)

    # State

    @property
    def follows(self) -> bool:
        """Whether the view follows the end."""
        return self._follows

    def laid(self, row: int) -> LaidLine:
        """The row's line, laid out for the present width."""
        return self._laid.get(row, self._room(), self._look)

    def row_top(self, row: int) -> int:
        """Where the row begins, from the viewport's top."""
        return self._heights.top(row) - self.verticalScrollBar().value()

    def row_near(self, y: int) -> int:
        """The row at this height of the viewport, or the nearest; -1 without rows."""
        return self._heights.row_at(y + self.verticalScrollBar().value())

    def visualRect(self, index: Index) -> QRect:
        if not index.isValid():
            return QRect()
        if self._changes.pending:
            self.settle()
        row = index.row()
        return QRect(0, self.row_top(row), self.viewport().width(), self._heights.height(row))

    def indexAt(self, point: QPoint) -> QModelIndex:
        row = self.row_near(point.y())
        inside = row >= 0 and self.row_top(row) <= point.y() < self.row_top(row) + self._heights.height(row)
        return self.model().index(row, 0) if inside else QModelIndex()

    def set_text_size(self, percent: int) -> None:
        """The size of the letters, in percent of the usual one."""
        self._percent = percent
        self._restyle()

    def _restyle(self) -> None:
        self._look = self._make_look()
        self._width = 0
        self.settle()

    def _make_look(self) -> PaintStyle:
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        return PaintStyle(tokens(), Fonts(self, self._percent), mirrored)

    # Scrolling

    @property
    def at_end(self) -> bool:
        """Whether the end can be seen, followed or not."""
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - NEAR_END

    def jump_to_end(self) -> None:
        """Go to the end and follow it."""
        self._set_follows(True)
        self.settle()

    def scrollTo(self, index: Index, hint: Hint = Hint.EnsureVisible) -> None:
        if index.isValid():
            height = min(self.laid(index.row()).height, self.viewport().height())
            self.show_part(index.row(), 0, height)

    def show_part(self, row: int, begin: float, height: float) -> None:
        """Scroll as little as needed to show this part of a row; a distant one comes to the middle."""
        self.settle()
        page = self.viewport().height()
        top = self.row_top(row) + round(begin)
        free = page - self.covered_below
        if 0 <= top and top + height <= (page if self._follows or self.at_end else free):
            return
        page = free
        near = -page < top < 2 * page
        if not near:
            target = round((page - height) / 2)
        else:
            target = 0 if top < 0 else page - round(height)
        at_end = row == len(self._heights) - 1 and begin + height >= self.laid(row).height
        self._set_follows(at_end)
        self._anchor = (row, target - round(begin))
        self.settle()

    def settle(self) -> None:
        """Measure the visible rows, and set the scroll bar's range. What the user reads stays where it is."""
        self._changes.flush()

    def _settle(self) -> None:
        before = (self._width, self._heights.total, self.verticalScrollBar().value())
        if self._room() != self._width:
            self._width = self._room()
            self._laid.clear()
            self._heights.forget(0, len(self._heights) - 1)
        page = self.viewport().height()
        value = self._place(page) if len(self._heights) else 0
        self._set_range(max(0, self._heights.total + TAIL - page), value)
        if before == (self._width, self._heights.total, value):
            for row in self._touched:
                self.viewport().update(0, self.row_top(row), self._width, self._heights.height(row))
        else:
            self.viewport().update()
        self._touched.clear()

    def _place(self, page: int) -> int:
        """Measure the rows on the screen; returns the scroll bar's value."""
        value = 0
        # Measuring at one end can bring rows in at the other: usually twice, four times at most.
        for _ in range(4):
            last = len(self._heights) - 1
            row, offset = (last, page - TAIL - self._measure(last)) if self._follows else self._anchor
            self._measure_around(row, offset)
            total = self._heights.total
            wanted = self._heights.top(row) - offset
            value = max(0, min(wanted, total + TAIL - page))
            first = self._heights.row_at(value)
            self._anchor = (first, self._heights.top(first) - value)
            if value == wanted:
                break
            self._measure_around(*self._anchor)
            if self._heights.total == total:
                break
        return value

    def _measure_around(self, row: int, offset: int) -> None:
        """Measure all rows on the screen, if this one begins so far below its top."""
        page = self.viewport().height()
        above, y = row, offset
        while above > 0 and y > 0:
            above -= 1
            y -= self._measure(above)
        below, y = row, offset
        while below < len(self._heights) and y < page:
            y += self._measure(below)
            below += 1

    def _measure(self, row: int) -> int:
        if not self._heights.is_known(row):
            self._heights.measured(row, self.laid(row).height)
        return self._heights.height(row)

    def _set_range(self, highest: int, value: int) -> None:
        bar = self.verticalScrollBar()
        self._settling = True
        bar.setPageStep(max(STEP, self.viewport().height() - 2 * STEP))
        bar.setSingleStep(STEP)
        bar.setRange(0, highest)
        bar.setValue(value)
        self._settling = False

    def _set_follows(self, follows: bool) -> None:
        if follows != self._follows:
            self._follows = follows
            self.following_changed.emit(follows)

    def _room(self) -> int:
        return max(120, self.viewport().width())

    # The model

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:
        width = self._width or self._room()
        chars = [len(line.spoken.text) for line in self._lines[start : end + 1]]  # thousands, at a history's
        self._heights.insert(start, guess_heights(chars, width, self._percent))
        self._laid.forget_from(start)
        if not self._follows and start <= self._anchor[0]:
            self._anchor = (self._anchor[0] + end + 1 - start, self._anchor[1])
        self._changes.change()

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: Sequence[int] = ()) -> None:
        first, last = top_left.row(), bottom_right.row()
        self._laid.forget(first, last)
        self._heights.forget(first, last)
        self._touched.update(range(first, last + 1))
        self._changes.change()

    def reset(self) -> None:
        super().reset()
        self._heights.clear()
        self._laid.clear()
        if self.model().rowCount():
            self.rowsInserted(NO_INDEX, 0, self.model().rowCount() - 1)
        self._changes.change()

    def _on_rows_removed(self, _: QModelIndex, first: int, last: int) -> None:
        self._heights.remove(first, last)
        self._laid.forget_from(first)
        row, offset = self._anchor
        if row > last:
            self._anchor = (row - (last + 1 - first), offset)
        elif row >= first:
            self._anchor = (max(0, first - 1), 0)
        self._changes.change()

    # Qt

    def doItemsLayout(self) -> None:
        self.settle()

    def updateGeometries(self) -> None:
        if not self._settling:
            self.settle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        QAbstractItemView.resizeEvent(self, event)
        if self._settling:
            # The scroll bar has come or gone.
            self._changes.change()
        else:
            self.settle()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        kinds = (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.LayoutDirectionChange)
        if event.type() in kinds and hasattr(self, "_look"):
            self._restyle()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        if self._settling:
            return
        bar = self.verticalScrollBar()
        row, offset = self._anchor
        self._set_follows(self.at_end)
        if abs(dy) < 2 * self.viewport().height():
            self._anchor = (row, offset + dy)
        elif len(self._heights):
            row = self._heights.row_at(bar.value())
            self._anchor = (row, self._heights.top(row) - bar.value())
        self.settle()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._changes.pending:
            self.settle()
        painter = QPainter(self.viewport())
        self._look.colours = tokens()
        if not len(self._heights):
            self._paint_empty(painter)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        last = self.row_near(event.rect().bottom())
        for row in range(self.row_near(event.rect().top()), last + 1):
            line, laid, top, marks = self._lines[row], self.laid(row), self.row_top(row), self.marks(row)
            paint(painter, line, laid, top, marks, self._look)
            if marks.actions:
                room = self.viewport().width()
                paint_actions(painter, line, laid, top, room, marks.actions, self._look.colours)

    def marks(self, row: int) -> LineMarks:
        """What is marked in this row."""
        return LineMarks()

    def _paint_empty(self, painter: QPainter) -> None:
        painter.setPen(QColor(self._look.colours.muted))
        painter.setFont(self._look.fonts.words)
        painter.drawText(
            self.viewport().rect().adjusted(GAP, GAP, -GAP, -GAP),
            Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
            self.empty_words,
        )
