"""The panes' models of a recording: they show what there was at one time of it, whichever that is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex

from desktop.turn.timing import TurnTiming
from desktop.viewmodels.timing_model import TimingModel
from desktop.viewmodels.tool_calls_model import Call, ToolCallsModel
from desktop.viewmodels.transcript_line import Line
from desktop.viewmodels.transcript_model import TranscriptModel

NO_INDEX = QModelIndex()


class ReplayedTranscript(TranscriptModel):
    """A conversation at one time."""

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these. What stays is told by identity: a line that has changed is another object."""
        before, after = self._lines, list(lines)
        if len(after) < len(before):
            self.beginRemoveRows(NO_INDEX, len(after), len(before) - 1)
            del before[len(after) :]
            self.endRemoveRows()
        for row in range(len(before)):
            if before[row] is not after[row]:
                before[row] = after[row]
                self.dataChanged.emit(self.index(row), self.index(row))
        if len(after) > len(before):
            self.beginInsertRows(NO_INDEX, len(before), len(after) - 1)
            before += after[len(before) :]
            self.endInsertRows()


class ReplayedCalls(ToolCallsModel):
    """The tool calls at one time."""

    def show_calls(self, calls: Sequence[Call]) -> None:
        """Show these; likewise."""
        before, after = self._calls, list(calls)
        if len(after) < len(before):
            self.beginRemoveRows(NO_INDEX, len(after), len(before) - 1)
            del before[len(after) :]
            self.endRemoveRows()
        for row in range(len(before)):
            if before[row] is not after[row]:
                before[row] = after[row]
                self.dataChanged.emit(self.index(row), self.index(row))
        if len(after) > len(before):
            self.beginInsertRows(NO_INDEX, len(before), len(after) - 1)
            before += after[len(before) :]
            self.endInsertRows()


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
