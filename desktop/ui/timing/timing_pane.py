"""The timing pane: each turn as a picture, the figures of the session, and what its streams have counted."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QGridLayout,
    QLabel,
    QListView,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.turn.timing import FIGURES, RELEASE_TO_HEARD, Figure, TurnTiming
from desktop.ui.common.row_delegate import paint_empty
from desktop.ui.common.theme import GAP, GRID, INSET, SMALL_PX, tokens
from desktop.ui.timing import waterfall
from desktop.ui.timing.turn_delegate import TurnDelegate, picture_of
from desktop.viewmodels import numbers
from desktop.viewmodels.timing import TimingModel, TimingRole, milliseconds

WIDE = 560
"""From this width on the counters stand beside the figures, not below them."""
LOW = 280
"""Below this height, where it is wide, the turns stand beside the figures, and the counters make room."""
NAMED_WIDTH = 264
SMALLEST = (240, 200)
"""Said outright: from the wide order alone the layout would not let it become narrow again."""
RULER = 24
TICKS_APART = 40
SWATCH = 8
ROW_GAP = 2


class TimingPane(QWidget):
    """Shows a `models.timing.TimingModel`. The last turn is selected until another one is."""

    export_requested = Signal()

    def __init__(self, model: TimingModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(*SMALLEST)
        self._model = model
        self.turns = _TurnList(model)
        self.figures = _Figures(model)
        self.counters = _Counters()
        self._ruler = _Ruler(self.turns)
        self.export = QPushButton(self.tr("Export as CSV"))
        self.export.setToolTip(self.tr("Save the times of all turns"))
        self._page = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._above = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._lay_out()
        self._connect_signals()
        self._select(model.rowCount() - 1)

    def show_counted(self, counted: Mapping[str, float]) -> None:
        """Show what the streams and the link have counted, by name; of a name that is absent nothing.

        `overruns` and `underruns` are numbers, `prebuffer_ms` and `round_trip_ms` milliseconds,
        `input_rate` and `output_rate` Hz.
        """
        words = (
            ("input_rate", self.tr("Microphone"), self.tr("{0} kHz"), 1e-3),
            ("output_rate", self.tr("Speaker"), self.tr("{0} kHz"), 1e-3),
            ("overruns", self.tr("Overruns"), "{0}", 1.0),
            ("underruns", self.tr("Underruns"), "{0}", 1.0),
            ("prebuffer_ms", self.tr("Prebuffer"), self.tr("{0} ms"), 1.0),
            ("round_trip_ms", self.tr("Round trip"), self.tr("{0} ms"), 1.0),
        )
        pairs = [
            (name, form.format(_figure(counted[key] * unit, unit)))
            for key, name, form, unit in words
            if key in counted
        ]
        self.counters.show_pairs(pairs)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= WIDE
        low = beside and self.height() < LOW
        rightwards, downwards = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._page.setDirection(rightwards if low else downwards)
        self._above.setDirection(rightwards if beside and not low else downwards)
        self.counters.set_columns(1 if beside else 2)
        self.counters.fold(low)
        self.export.setHidden(low)  # it is in the window's menu too
        self.figures.setMinimumWidth(NAMED_WIDTH if low else 0)
        self.figures.show_names(whole=beside and not low)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def _lay_out(self) -> None:
        self._above.setSpacing(INSET)
        self._above.addWidget(self.figures, 1, Qt.AlignmentFlag.AlignTop)
        self._above.addWidget(self.counters, 0, Qt.AlignmentFlag.AlignTop)
        self._above.addWidget(self.export, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        lists = QVBoxLayout()
        lists.setSpacing(0)
        lists.addWidget(self._ruler)
        lists.addWidget(self.turns, 1)
        self._page.setContentsMargins(0, 0, 0, 0)
        self._page.setSpacing(GRID)
        self._page.addLayout(self._above)
        self._page.addLayout(lists, 1)

    def _connect_signals(self) -> None:
        self.export.clicked.connect(self.export_requested)
        # model
        self._model.rowsInserted.connect(self._on_rows_inserted)
        self._model.rowsRemoved.connect(self._refresh)
        self._model.dataChanged.connect(self._refresh)
        self._model.modelReset.connect(self._refresh)
        # selection
        self.turns.selectionModel().currentChanged.connect(self._show_figures)

    def _on_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        current = self.turns.currentIndex()
        if not current.isValid() or current.row() == first - 1:
            self._select(last)
        self._refresh()

    def _select(self, row: int) -> None:
        self.turns.setCurrentIndex(self._model.index(row, 0))
        self.turns.scrollToBottom()

    def _refresh(self) -> None:
        # 2 ms with 1,000 turns, nine times a turn: not while nobody sees it.
        if not self.isVisible():
            return
        axis = waterfall.axis_for(self._model.turns)
        if axis != self.turns.delegate.axis:
            self.turns.delegate.axis = axis
            self.turns.viewport().update()
            self._ruler.update()
        self.export.setEnabled(self._model.rowCount() > 0)
        self._ruler.setVisible(self._model.rowCount() > 0)
        self._show_figures()

    def _show_figures(self) -> None:
        current = self.turns.currentIndex()
        self.figures.show_turn(current.data(TimingRole.TURN) if current.isValid() else None)


class _TurnList(QListView):
    def __init__(self, model: TimingModel) -> None:
        super().__init__()
        self.delegate = TurnDelegate(model, self)
        self.setItemDelegate(self.delegate)
        self.setModel(model)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Times of the turns"))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 48)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        paint_empty(self, self.tr("How long each answer took appears here. Hold to talk, and let go."))


class _Ruler(QWidget):
    """The axis above the list, in its scale."""

    def __init__(self, turns: _TurnList) -> None:
        super().__init__()
        self._turns = turns
        self.setFixedHeight(RULER)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = QFont(self.font())
        font.setPixelSize(SMALL_PX)
        painter.setFont(font)
        painter.setPen(QColor(tokens().muted))
        picture = picture_of(self._turns.viewport().rect())
        axis = self._turns.delegate.axis
        apart = axis.place(axis.step_ms, picture.width()) - axis.place(0, picture.width())
        for at in axis.ticks[:: max(1, round(TICKS_APART / apart + 0.5))]:
            x = picture.left() + axis.place(at, picture.width())
            words = self.tr("{0} s").format(numbers.short(at / 1_000)) if at else "0"
            painter.drawText(QRectF(x - 32, 0, 64, RULER), Qt.AlignmentFlag.AlignCenter, words)
        right = QRectF(self._turns.viewport().rect()).adjusted(0, 0, -GRID, 0)
        right.setHeight(RULER)
        beside = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(right, beside, self.tr("Heard after"))


class _Figures(QWidget):
    """Each figure of the selected turn, beside the session's median and 95th percentile."""

    def __init__(self, model: TimingModel) -> None:
        super().__init__()
        self._model = model
        self._turn = _value("")
        self._names: dict[Figure, QLabel] = {}
        self._cells: dict[Figure, tuple[QLabel, QLabel, QLabel]] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(GRID, 0, GRID, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(ROW_GAP)
        grid.setColumnStretch(1, 1)
        unit = QLabel(self.tr("in ms"))
        unit.setProperty("role", "muted")
        grid.addWidget(unit, 0, 1)
        for column, label in enumerate(
            (self._turn, _value(self.tr("Median")), _value(self.tr("p95"))), start=2
        ):
            label.setProperty("role", "muted")
            grid.addWidget(label, 0, column)
        for row, figure in enumerate(FIGURES, start=1):
            grid.addWidget(_Swatch(figure), row, 0)
            name = self._names[figure] = QLabel()
            name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            name.setToolTip(model.figure_name(figure))
            grid.addWidget(name, row, 1)
            cells = (_value(), _value(), _value())
            if figure == RELEASE_TO_HEARD:
                name.setProperty("role", "heading")
                for cell in cells:
                    cell.setProperty("role", "heading")
            for column, cell in enumerate(cells, start=2):
                grid.addWidget(cell, row, column)
            self._cells[figure] = cells
        self.show_names(whole=False)

    def show_names(self, whole: bool) -> None:
        """Name the figures from end to end, or where there is little room by their end alone."""
        for figure, label in self._names.items():
            short = self.tr("Heard after") if figure == RELEASE_TO_HEARD else self._model.short_name(figure)
            label.setText(self._model.figure_name(figure) if whole else short)
            # A short name is never cut; a whole one has its tool tip.
            label.setMinimumWidth(0 if whole else label.sizeHint().width())

    def show_turn(self, turn: TurnTiming | None) -> None:
        """Show this turn's figures, and the session's."""
        self._turn.setText(self.tr("Turn {0}").format(turn.number) if turn else self.tr("Turn"))
        for figure, summary in self._model.summary.items():
            own = figure.of(turn) if turn else None
            for cell, value in zip(self._cells[figure], (own, summary.median, summary.p95), strict=True):
                cell.setText(milliseconds(value).removesuffix(" ms"))

    def texts(self, figure: Figure) -> tuple[str, ...]:
        """What is shown of a figure: the turn's, the median, the p95."""
        return tuple(cell.text() for cell in self._cells[figure])


class _Counters(QWidget):
    """Names and values, in one column or two."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(GRID, 0, GRID, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(ROW_GAP)
        self._columns = 2
        self._labels: list[tuple[QLabel, QLabel]] = []
        self._folded = False
        self.hide()

    def show_pairs(self, pairs: list[tuple[str, str]]) -> None:
        """Show these; the labels stay while there are as many."""
        if len(pairs) != len(self._labels):
            for name, value in self._labels:
                name.deleteLater()
                value.deleteLater()
            self._labels = [(QLabel(), _value()) for _ in pairs]
            for name, _ in self._labels:
                name.setProperty("role", "muted")
            self._place()
        for (name, value), (word, counted) in zip(self._labels, pairs, strict=True):
            name.setText(word)
            value.setText(counted)
            value.setAccessibleName(f"{word}: {counted}")
        self.setVisible(bool(pairs) and not self._folded)

    def fold(self, folded: bool) -> None:
        """Make room, or stand here again."""
        self._folded = folded
        self.setVisible(bool(self._labels) and not folded)

    def set_columns(self, columns: int) -> None:
        """Stand in so many columns of pairs."""
        if columns != self._columns:
            self._columns = columns
            self._place()

    def _place(self) -> None:
        for i, (name, value) in enumerate(self._labels):
            row, column = divmod(i, self._columns)
            self._grid.addWidget(name, row, 2 * column)
            self._grid.addWidget(value, row, 2 * column + 1)
            self._grid.setColumnStretch(2 * column + 1, 1)


class _Swatch(QWidget):
    """The colour of a figure's bar; empty for the one that is the sum of several."""

    def __init__(self, figure: Figure) -> None:
        super().__init__()
        self._figure = figure
        self.setFixedSize(SWATCH, SWATCH)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._figure == RELEASE_TO_HEARD:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(waterfall.colour_of(self._figure, tokens()))
        painter.drawRoundedRect(QRectF(self.rect()), 2, 2)


def _value(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label


def _figure(number: float, unit: float) -> str:
    """A rate in kHz with what it has after the point, a count or a time without."""
    return numbers.short(number) if unit < 1 else numbers.decimal(number, 0)
