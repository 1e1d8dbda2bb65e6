"""Draws a turn's row: its number, its picture, and how long the user waited."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem

from desktop.turn.timing import TurnTiming, total
from desktop.ui.common.plain_text import show_tip
from desktop.ui.common.row_delegate import Index, RowDelegate
from desktop.ui.common.theme import GRID, Tokens, tokens
from desktop.ui.timing import waterfall
from desktop.ui.timing.waterfall import Segment
from desktop.viewmodels.part_words import joined
from desktop.viewmodels.timing_model import TimingModel, TimingRole, milliseconds

ROW = 56
NUMBER = 24
FIGURE = 72


def picture_of(row: QRect) -> QRectF:
    """The place of the picture in a row."""
    left = row.left() + GRID + NUMBER
    top = row.top() + (row.height() - waterfall.HEIGHT) / 2
    return QRectF(left, top, max(1, row.width() - NUMBER - FIGURE - 3 * GRID), waterfall.HEIGHT)


class TurnDelegate(RowDelegate):
    """Paints the rows of a TimingModel on one axis."""

    bar = False

    def __init__(self, model: TimingModel, view: QAbstractItemView) -> None:
        super().__init__(view, ROW, QFont.Weight.DemiBold)
        self._model = model
        self.axis = waterfall.axis_for(())

    def paint_row(self, painter: QPainter, area: QRect, index: Index, selected: bool) -> None:
        turn: TurnTiming = index.data(TimingRole.TURN)
        colours = tokens()
        ground = QColor(colours.raised if selected else colours.surface)
        self._paint_words(painter, QRectF(area), turn, index.data(TimingRole.COST), colours)
        picture = picture_of(area)
        painter.translate(picture.topLeft())
        painter.setPen(QColor(colours.surface if selected else colours.raised))
        for at in self.axis.ticks:
            x = round(self.axis.place(at, picture.width())) + 0.5
            painter.drawLine(QPointF(x, -GRID / 2), QPointF(x, picture.height() + GRID / 2))
        for bar in waterfall.segments(turn, self.axis, picture.width()):
            part = bar.part
            colour = (
                waterfall.part_colour(part, colours) if part else waterfall.colour_of(bar.figure, colours)
            )
            _paint_bar(painter, bar, colour, ground, QColor(colours.text))

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        show_tip(event.globalPos(), self.words_at(event.pos(), option.rect, index), view)
        return True

    def words_at(self, point: QPoint, row: QRect, index: Index) -> str:
        """The tool tip at this point: a bar's name and time, elsewhere the times of the whole turn."""
        turn: TurnTiming = index.data(TimingRole.TURN)
        picture = picture_of(row)
        bars = waterfall.segments(turn, self.axis, picture.width())
        inside = picture.adjusted(0, -GRID, 0, GRID).contains(QPointF(point))
        bar = waterfall.hit(bars, point.x() - picture.left(), point.y() - picture.top()) if inside else None
        if bar is None:
            return str(index.data(Qt.ItemDataRole.AccessibleTextRole)).replace(", ", "\n")
        if bar.part is not None:
            return f"{joined(bar.part.names)}: {milliseconds(bar.part.ms)}"
        return f"{self._model.figure_name(bar.figure)}: {milliseconds(bar.figure.of(turn))}"

    def _paint_words(
        self, painter: QPainter, area: QRectF, turn: TurnTiming, cost: str, colours: Tokens
    ) -> None:
        row = area.adjusted(GRID, 0, -GRID, 0)
        middle, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        painter.setPen(QColor(colours.muted))
        painter.setFont(self.small_font)
        painter.drawText(row, middle | Qt.AlignmentFlag.AlignLeft, str(turn.number))
        below = [self.tr("interrupted")] if turn.interrupted is not None else []
        below += [cost] if cost else []
        lift = GRID * len(below)
        for place, words in enumerate(below, 1):
            painter.drawText(row.adjusted(0, 2 * (GRID * 2 * place - lift), 0, 0), middle | right, words)
        if turn.aborted:
            painter.drawText(row, middle | right, self.tr("discarded"))
            return
        waited = total(turn).of(turn)
        painter.setFont(self.title_font)
        painter.setPen(QColor(colours.muted if waited is None else colours.text))
        painter.drawText(row.adjusted(0, 0, 0, -2 * lift), middle | right, milliseconds(waited))


def _paint_bar(painter: QPainter, bar: Segment, colour: QColor, ground: QColor, mark: QColor) -> None:
    top = bar.lane * waterfall.STEP
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    half = waterfall.BAR / 2
    painter.drawRoundedRect(QRectF(bar.left, top, bar.right - bar.left, waterfall.BAR), half, half)
    if bar.cut:
        # A slanted gap shows that the bar is cut off.
        speech = bar.figure in (waterfall.SPEECH, waterfall.ABORTED)
        x = (bar.left + bar.right) / 2 if speech else bar.right - 2 * GRID
        painter.setPen(QPen(ground, 2))
        for at in (x, x + 5):
            painter.drawLine(QPointF(at - 1.5, top + waterfall.BAR + 1), QPointF(at + 1.5, top - 1))
    if bar.figure == waterfall.CUT_ANSWER:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mark)
        painter.drawRect(QRectF(bar.right - 2, top - 3, 2, waterfall.BAR + 6))
