"""The panes' models of a recording: they show what there was at one time of it, whichever that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QModelIndex

from desktop.turn.timing import TurnTiming
from desktop.viewmodels.timing_model import TimingModel
from desktop.viewmodels.tool_calls_model import Call, ToolCallsModel
from desktop.viewmodels.transcript_line import Line
from desktop.viewmodels.transcript_model import TranscriptModel

NO_INDEX = QModelIndex()
Row = TypeVar("Row", Line, Call)


class ReplayedTranscript(TranscriptModel):
    """A conversation at one time."""

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these. What stays is told by identity: a line that has changed is another object."""
        _replace_rows(self, self._lines, lines)


class ReplayedCalls(ToolCallsModel):
    """The tool calls at one time."""

    def show_calls(self, calls: Sequence[Call]) -> None:
        """Show these; likewise."""
        _replace_rows(self, self._calls, calls)


class ReplayedTimes(TimingModel):
    """The turns' times at one time."""

    def show_turns(self, turns: Sequence[TurnTiming]) -> None:
        """Show these; likewise."""
        known = self.turns
        if len(turns) < len(known) or (known and turns and turns[0].number != known[0].number):
            self.clear()
        for row, turn in enumerate(turns):
            if row >= len(self.turns) or self.turns[row] is not turn:
                self.show(turn)


def _replace_rows(model: TranscriptModel | ToolCallsModel, rows: list[Row], after: Sequence[Row]) -> None:
    """Let the model's `rows` be these, and tell its views what changes."""
    if len(after) < len(rows):
        model.beginRemoveRows(NO_INDEX, len(after), len(rows) - 1)
        del rows[len(after) :]
        model.endRemoveRows()
    for row in range(len(rows)):
        if rows[row] is not after[row]:
            rows[row] = after[row]
            model.dataChanged.emit(model.index(row), model.index(row))
    if len(after) > len(rows):
        model.beginInsertRows(NO_INDEX, len(rows), len(after) - 1)
        rows += after[len(rows) :]
        model.endInsertRows()
