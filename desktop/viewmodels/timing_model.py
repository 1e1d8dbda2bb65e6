"""The turns' timings as a table: a turn a row, a figure a column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.cost.total import Total
from desktop.turn.timing import (
    FIGURES,
    KEPT,
    MOMENTS,
    TO_DONE,
    Figure,
    FigureSummary,
    TurnTiming,
    summarise,
    total,
)
from desktop.turn.turn_parts import PART_NAMES, interruption_of, parts_of, share_of, wait_of
from desktop.viewmodels import numbers, spend_report
from desktop.viewmodels.csv_cell import csv_cell
from desktop.viewmodels.guarded import Guarded

Index = QModelIndex | QPersistentModelIndex

NO_INDEX = QModelIndex()
PART_COLUMNS = (
    *(f"{name}_ms" for name in PART_NAMES),
    *("key_up_to_audible_ms", "client_share_ms", "service_share_ms"),
    *("key_down_to_silence_ms", "key_down_to_cancel_ms", "key_down_to_last_delta_ms"),
    *("underruns", "underrun_ms", "silence_ms", "tool_ms", "words_a_minute", "model"),
)
"""Of the table that is exported: what the wait is made of, interruptions, stalls, rates."""
NONE = "—"
"""Shown where a figure is not known."""


class TimingRole(IntEnum):
    """The pane's roles in addition to the display text."""

    TURN = Qt.ItemDataRole.UserRole + 1
    COST = Qt.ItemDataRole.UserRole + 2
    """What the turn cost, in words; empty where it has cost nothing yet."""


class TimingModel(Guarded, QAbstractTableModel):
    """Turns by their number, oldest first: column 0 is the number, then one column for each of FIGURES.

    `show` appends a turn or changes its row. No more than KEPT turns stay.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._turns: list[TurnTiming] = []
        self._costs: dict[int, Total] = {}
        self._summary: dict[Figure, FigureSummary] | None = None
        self._names = {
            "press": self.tr("Press"),
            "first_packet": self.tr("First packet"),
            "release": self.tr("Release"),
            "commit": self.tr("Sent"),
            "response_started": self.tr("Response"),
            "first_audio": self.tr("First audio"),
            "first_heard": self.tr("Heard"),
            "interrupted": self.tr("Interrupted"),
            "done": self.tr("Done"),
        }

    @property
    def turns(self) -> list[TurnTiming]:
        """All turns, oldest first. Not to be changed from outside."""
        return self._turns

    @property
    def summary(self) -> dict[Figure, FigureSummary]:
        """Median and p95 of each figure, over all turns. Worked out when asked for."""
        if self._summary is None:
            self._summary = summarise(self._turns)
        return self._summary

    def figure_name(self, figure: Figure) -> str:
        """A figure in words: "Release → Heard"."""
        end = self._names[figure.end]
        if figure in TO_DONE:
            end = self.tr("Answer complete")
        return f"{self._names[figure.begin]} → {end}"

    def short_name(self, figure: Figure) -> str:
        """A figure by the moment it ends with, where the row above names the one before: "→ Heard"."""
        short = {"first_packet": self.tr("Packet"), "first_audio": self.tr("Audio")}
        return f"→ {short.get(figure.end, self._names[figure.end])}"

    # Qt's model interface

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._turns)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else 1 + len(FIGURES)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._turns):
            return None
        turn = self._turns[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole if index.column() == 0:
                return str(turn.number)
            case Qt.ItemDataRole.DisplayRole:
                return milliseconds(FIGURES[index.column() - 1].of(turn))
            case TimingRole.TURN:
                return turn
            case TimingRole.COST:
                return spend_report.words(self._costs[turn.number]) if turn.number in self._costs else ""
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == 0:
                return self._in_words(turn)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        if not 0 <= section <= len(FIGURES):
            return None
        return self.figure_name(FIGURES[section - 1]) if section else self.tr("Turn")

    # Updates

    def show(self, turn: TurnTiming) -> None:
        """Show a turn: a new one at the end, a known one in its place; a forgotten one is ignored."""
        first = self._turns[0].number if self._turns else turn.number
        row = turn.number - first
        if row < 0:
            return
        self._summary = None
        if row < len(self._turns):
            self._turns[row] = turn
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(FIGURES)))
            return
        if len(self._turns) >= KEPT:
            self.beginRemoveRows(NO_INDEX, 0, 0)
            self._costs.pop(self._turns[0].number, None)
            del self._turns[0]
            self.endRemoveRows()
        row = len(self._turns)
        self.beginInsertRows(NO_INDEX, row, row)
        self._turns.append(turn)
        self.endInsertRows()

    def show_cost(self, number: int, cost: Total) -> None:
        """Show what a turn has cost; of one that is forgotten, or yet to come, nothing."""
        row = number - self._turns[0].number if self._turns else -1
        if 0 <= row < len(self._turns):
            self._costs[number] = cost
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(FIGURES)))

    @property
    def costs(self) -> dict[int, Total]:
        """What each turn has cost, by its number. Not to be changed from outside."""
        return self._costs

    def clear(self) -> None:
        """Forget all turns."""
        self.beginResetModel()
        self._turns.clear()
        self._costs.clear()
        self._summary = None
        self.endResetModel()

    def _in_words(self, turn: TurnTiming) -> str:
        words = [self.tr("Turn {0}").format(turn.number)]
        for figure in (total(turn), *FIGURES[:-1]):
            if (value := figure.of(turn)) is not None:
                words.append(f"{self.figure_name(figure)} {milliseconds(value)}")
        if turn.aborted:
            words.append(self.tr("discarded"))
        if turn.interrupted is not None:
            words.append(self.tr("interrupted"))
        if turn.number in self._costs:
            words.append(self.tr("cost {0}").format(spend_report.words(self._costs[turn.number])))
        return ", ".join(words)


def milliseconds(value: float | None) -> str:
    """A time in words: "—", "4.2 ms", "412 ms", "12.3 s"."""
    if value is None:
        return NONE
    if value >= 9_999.5:
        return f"{numbers.decimal(value / 1_000, 1)} s"
    return f"{numbers.decimal(value, 1)} ms" if value < 9.95 else f"{value:.0f} ms"


def to_csv(turns: Iterable[TurnTiming]) -> str:
    """The turns as CSV: moments in ms since the first turn began, then the figures; unknown ones empty."""
    known = list(turns)
    zero = min((turn.start for turn in known if turn.start is not None), default=0.0)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(
        [
            "turn",
            *(f"{moment}_ms" for moment in MOMENTS),
            *(f"{figure.key}_ms" for figure in FIGURES),
            *PART_COLUMNS,
        ]
    )
    for turn in known:
        moments = (turn.at(moment) for moment in MOMENTS)
        since = [None if at is None else at - zero for at in moments]
        values = [*since, *(figure.of(turn) for figure in FIGURES), *_parts(turn)]
        words = ["" if value is None else f"{value:.1f}" for value in values]
        writer.writerow([turn.number, *words, csv_cell(turn.detail.model)])
    return table.getvalue()


def _parts(turn: TurnTiming) -> list[float | None]:
    """The values of PART_COLUMNS but the last; a part that stands for several is with the first of them."""
    parts = {part.names[0]: part.ms for part in parts_of(turn)}
    stopped, counts = interruption_of(turn), turn.detail.counts
    return [
        *(parts.get(name) for name in PART_NAMES),
        wait_of(turn),
        share_of(turn, "client"),
        share_of(turn, "service"),
        stopped.to_silence if stopped else None,
        stopped.to_cancel if stopped else None,
        stopped.to_last_delta if stopped else None,
        counts.underruns,
        counts.underrun_ms,
        counts.silence_ms,
        counts.tool_ms,
        counts.words_a_minute,
    ]
