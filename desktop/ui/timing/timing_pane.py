"""The timing pane: each turn as a picture, the figures of the session, and its streams' counters."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.common.availability import allow
from desktop.ui.common.gathering import Gathering
from desktop.ui.common.scroll_area import ScrollArea
from desktop.ui.common.theme import GRID, INSET
from desktop.ui.timing import waterfall
from desktop.ui.timing.counters_table import CountersTable
from desktop.ui.timing.figures_table import FiguresTable
from desktop.ui.timing.parts_table import PartsTable
from desktop.ui.timing.turn_list import TurnList
from desktop.ui.timing.turn_ruler import TurnRuler
from desktop.viewmodels import numbers
from desktop.viewmodels.timing_model import NONE, TimingModel, TimingRole

WIDE = 560
"""From this width on the counters are beside the figures, not below them."""
LOW = 280
"""Below this height, where it is wide, the turns are beside the figures, and the counters are hidden."""
NAMED_WIDTH = 264
PARTS_WIDTH = 344
SMALLEST = (240, 200)
"""Set explicitly: the wide layout alone would not let it become narrow again."""


class TimingPane(QWidget):
    """Shows a `TimingModel`. The last turn is selected until the user selects another one."""

    export_requested = Signal()

    def __init__(self, model: TimingModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(*SMALLEST)
        self._model = model
        self.turns = TurnList(model)
        self.figures = FiguresTable(model)
        self.parts = PartsTable()
        self._parts_area = ScrollArea()
        """It is higher than a low window."""
        self._parts_area.show_bare(self.parts)
        self._parts_area.hide()
        self.counters = CountersTable()
        self._ruler = TurnRuler(self.turns)
        self._changes = Gathering(self._refresh, self)
        self._follows = True
        """Whether the last turn is the selected one."""
        self.export = QAction(self.tr("Export times…"), self)
        self.show_parts = QAction(self.tr("Parts of the wait"), self, checkable=True)
        self._page = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._above = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._lay_out()
        self._connect_signals()
        self.show_counted({})  # their places, or the turns would move when the first poll comes
        self._refresh()

    def show_counted(self, counted: Mapping[str, float]) -> None:
        """Show the counters of the streams and the connection, by name; absent ones are dashes.

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
            (name, form.format(_figure(counted[key] * unit, unit)) if key in counted else NONE)
            for key, name, form, unit in words
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
        self.counters.fold(low or self._is_tight(beside))
        self.figures.setMinimumWidth(NAMED_WIDTH if low else 0)
        self._parts_area.setMinimumWidth(PARTS_WIDTH if low else 0)
        self.figures.align_head(self._ruler.height() if low else 0)
        self.figures.show_names(whole=beside and not low)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._changes.flush()

    def _is_tight(self, beside: bool) -> bool:
        """Whether the counters would take the turns' room."""
        figures, counters = self.figures.sizeHint().height(), self.counters.sizeHint().height()
        above = max(figures, counters) if beside else figures + INSET + counters
        below = self._ruler.height() + self.turns.minimumSizeHint().height()
        return self.height() < above + GRID + below

    def _lay_out(self) -> None:
        self._above.setSpacing(INSET)
        self._above.addWidget(self.figures, 1, Qt.AlignmentFlag.AlignTop)
        self._above.addWidget(self._parts_area, 1)
        self._above.addWidget(self.counters, 0, Qt.AlignmentFlag.AlignTop)
        lists = QVBoxLayout()
        lists.setSpacing(0)
        lists.addWidget(self._ruler)
        lists.addWidget(self.turns, 1)
        self._page.setContentsMargins(0, 0, 0, 0)
        self._page.setSpacing(GRID)
        self._page.addLayout(self._above)
        self._page.addLayout(lists, 1)

    def _connect_signals(self) -> None:
        # menu
        self.turns.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.turns.customContextMenuRequested.connect(self._on_menu_requested)
        self.export.triggered.connect(self.export_requested)
        self.show_parts.toggled.connect(self._on_parts_toggled)
        # model
        self._model.rowsInserted.connect(self._changes.change)
        self._model.rowsRemoved.connect(self._changes.change)
        self._model.dataChanged.connect(self._changes.change)
        self._model.modelReset.connect(self._changes.change)
        # selection
        self.turns.selectionModel().currentChanged.connect(self._on_current_changed)

    def _on_menu_requested(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.show_parts)
        menu.addAction(self.export)
        menu.popup(self.turns.viewport().mapToGlobal(at))

    def _on_parts_toggled(self, on: bool) -> None:
        """The parts stand where the figures and the counters are."""
        self._parts_area.setVisible(on)
        self.figures.setVisible(not on)
        self.counters.setVisible(not on)
        self._refresh()

    def _on_current_changed(self, current: QModelIndex) -> None:
        self._follows = current.row() == self._model.rowCount() - 1
        self._changes.change()

    def _refresh(self) -> None:
        last = self._model.rowCount() - 1
        if self._follows and self.turns.currentIndex().row() != last:
            self.turns.setCurrentIndex(self._model.index(last, 0))
            self.turns.scrollToBottom()
        # 2 ms with 1,000 turns, nine times a turn: only while the pane is visible.
        if not self.isVisible():
            return
        axis = waterfall.axis_for(self._model.turns)
        if axis != self.turns.delegate.axis:
            self.turns.delegate.axis = axis
            self.turns.viewport().update()
            self._ruler.update()
        allow(self.export, "" if self._model.rowCount() else self.tr("There are no times yet"))
        self._ruler.show_axis(self._model.rowCount() > 0)
        self._show_figures()

    def _show_figures(self) -> None:
        current = self.turns.currentIndex()
        turn = current.data(TimingRole.TURN) if current.isValid() else None
        self.figures.show_turn(turn)
        if self.show_parts.isChecked():
            self.parts.show_turns(self._model.turns, turn)


def _figure(number: float, unit: float) -> str:
    """A rate in kHz with its decimals, a count or a time without."""
    return numbers.short(number) if unit < 1 else numbers.decimal(number, 0)
