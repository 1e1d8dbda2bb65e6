"""The figures of a turn, beside those of the session."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from desktop.turn.timing import FIGURES, RELEASE_TO_HEARD, TO_DONE, Figure, TurnTiming, total
from desktop.ui.common.plain_text import PlainLabel, set_tip
from desktop.ui.common.theme import GRID, tokens
from desktop.ui.timing import waterfall
from desktop.ui.timing.value_label import ROW_GAP, value_label
from desktop.viewmodels import numbers
from desktop.viewmodels.timing_model import TimingModel, milliseconds

SWATCH = 8
WIDEST = f"{numbers.decimal(99.9, 1)} s"
"""What a figure's column has room for before there is one: nothing moves when it comes."""
LATE_TURN = 99


class FiguresTable(QWidget):
    """Each figure of the selected turn, beside the session's median and 95th percentile."""

    def __init__(self, model: TimingModel) -> None:
        super().__init__()
        self._model = model
        self._turn = value_label(widest=self.tr("Turn {0}").format(LATE_TURN))
        self._total = RELEASE_TO_HEARD
        """Of the selected turn: one that was typed has no release."""
        self._whole = False
        self._grid = grid = QGridLayout(self)
        self._names: dict[Figure, PlainLabel] = {}
        self._cells: dict[Figure, tuple[PlainLabel, PlainLabel, PlainLabel]] = {}
        grid.setContentsMargins(GRID, 0, GRID, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(ROW_GAP)
        grid.setColumnStretch(1, 1)
        unit = PlainLabel(self.tr("in ms"))
        unit.setProperty("role", "muted")
        grid.addWidget(unit, 0, 1)
        for column, label in enumerate(
            (self._turn, value_label(self.tr("Median")), value_label(self.tr("p95"))), start=2
        ):
            label.setProperty("role", "muted")
            grid.addWidget(label, 0, column)
        for row, figure in enumerate(FIGURES, start=1):
            grid.addWidget(_Swatch(figure), row, 0)
            name = self._names[figure] = PlainLabel()
            name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            set_tip(name, model.figure_name(figure))
            grid.addWidget(name, row, 1)
            cells = (value_label(widest=WIDEST), value_label(widest=WIDEST), value_label(widest=WIDEST))
            if figure == RELEASE_TO_HEARD:
                name.setProperty("role", "heading")
                for cell in cells:
                    cell.setProperty("role", "heading")
            for column, cell in enumerate(cells, start=2):
                grid.addWidget(cell, row, column)
            self._cells[figure] = cells
        self.show_names(whole=False)

    def show_names(self, whole: bool) -> None:
        """Name both ends of each figure, or only its end where there is little room."""
        self._whole = whole
        for figure, label in self._names.items():
            short = self._total_name() if figure == RELEASE_TO_HEARD else self._model.short_name(figure)
            named = self._total if figure == RELEASE_TO_HEARD else figure
            label.setText(self._model.figure_name(named) if whole else short)
            set_tip(label, self._model.figure_name(named))
            # A short name is never cut; a long one has its tool tip.
            label.setMinimumWidth(0 if whole else label.sizeHint().width())

    def align_head(self, height: int) -> None:
        """Make the line of the headings so high, as a line beside it; 0: as high as its words."""
        self._grid.setRowMinimumHeight(0, height)

    def _total_name(self) -> str:
        return self.tr("Complete after") if self._total in TO_DONE else self.tr("Heard after")

    def show_turn(self, turn: TurnTiming | None) -> None:
        """Show this turn's figures, and the session's."""
        self._turn.setText(self.tr("Turn {0}").format(turn.number) if turn else self.tr("Turn"))
        self._total = total(turn) if turn else RELEASE_TO_HEARD
        self.show_names(self._whole)
        for row, cells in self._cells.items():
            figure = self._total if row == RELEASE_TO_HEARD else row
            summary, own = self._model.summary[figure], figure.of(turn) if turn else None
            for cell, value in zip(cells, (own, summary.median, summary.p95), strict=True):
                cell.setText(milliseconds(value).removesuffix(" ms"))

    def texts(self, figure: Figure) -> tuple[str, ...]:
        """The texts of a figure: the turn's, the median, the p95."""
        return tuple(cell.text() for cell in self._cells[figure])


class _Swatch(QWidget):
    """The colour of a figure's bar; nothing for the one that is the sum of several."""

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
