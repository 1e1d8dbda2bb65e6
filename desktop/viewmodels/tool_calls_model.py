"""The tool calls of the conversation, oldest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.base.visible_text import visible_line
from desktop.viewmodels.guarded import Guarded
from desktop.viewmodels.json_tree_model import as_json, preview
from desktop.viewmodels.line_words import progress_words, state_words

CallState = Literal[
    "running",
    "asking",
    "running on",
    "waiting",
    "done",
    "failed",
    "denied",
    "cancelled",
    "late",
    "dropped",
    "ended",
    "refused",
]
"""The model has the result of an ended call only if the call is done, failed or denied.

asking: it runs only if the user approves it.
running on: the model doesn't wait for it, and is told its result later.
waiting: it has ended, and its result is told as soon as nobody speaks.
denied: the user didn't approve it, and it did not run.
cancelled: the response that made the call was cancelled first; or the user stopped a tool run by hand.
late: the result came when it was no longer needed.
dropped: the connection was lost first, perhaps unnoticed; a tool that still runs is late when it ends.
ended: the session was ended first.
refused: too many tools ran already.
"""
Index = QModelIndex | QPersistentModelIndex

NO_INDEX = QModelIndex()
MOST_CALLS = 1_000
MOST_BYTES = 4_000_000
"""Of arguments and results, as JSON; in memory it is twenty times as much at worst. The oldest calls go
first, and stay in the journal."""
SEARCHED = 400
"""Characters of arguments and of a result that a filter searches."""

OPEN = ("running", "asking", "running on", "waiting")
"""The states of a call whose end is still to come."""

_CORRECTIONS: dict[str, tuple[str, ...]] = {
    "done": ("late", "dropped"),
    "failed": ("late", "dropped"),
    "denied": ("late", "dropped"),
    "dropped": ("late",),
}
"""What a call that seemed to be over may turn out to be."""


def may_follow(before: str, after: str) -> bool:
    """Whether a call in one state may go to the other."""
    return before in OPEN or after in _CORRECTIONS.get(before, ())


@dataclass(slots=True)
class Call:
    """One call of a tool."""

    call_id: str
    name: str
    arguments: Any
    state: CallState = "running"
    result: Any = None
    duration_ms: float = 0.0
    by_hand: bool = False
    """Whether the user ran it; then the model doesn't know about it."""
    at: datetime = field(default_factory=lambda: datetime.now().astimezone())
    bench: str = ""
    """What the bench did to it, as a key of `bench_setting.MARKS`; empty: nothing, and its result is real."""
    progress: str = ""
    """How far it is while it is open, in words; empty: its tool doesn't say."""
    pictures: tuple[str, ...] = ()
    """Of its result, as data URLs of JPEGs that were made here."""
    weight: int = 0
    """Roughly the bytes of its arguments, its result and its pictures, as JSON."""


class CallRole(IntEnum):
    """The list's roles in addition to the display text."""

    STATE = Qt.ItemDataRole.UserRole + 1
    ARGUMENTS = Qt.ItemDataRole.UserRole + 2
    RESULT = Qt.ItemDataRole.UserRole + 3
    DURATION_MS = Qt.ItemDataRole.UserRole + 4
    CALL = Qt.ItemDataRole.UserRole + 5
    """The `Call` itself."""
    WORDS = Qt.ItemDataRole.UserRole + 6
    """The text that a filter searches: name, state, and the beginnings of arguments and result."""


class ToolCallsModel(Guarded, QAbstractListModel):
    """Calls by their id; a call is appended when it begins and changed when it ends."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls: list[Call] = []
        self._weight = 0

    @property
    def calls(self) -> list[Call]:
        """All calls, oldest first. Not to be changed from outside."""
        return self._calls

    def find(self, call_id: str) -> Call | None:
        """The last call with this id."""
        return next((call for call in reversed(self._calls) if call.call_id == call_id), None)

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._calls)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._calls):
            return None
        call = self._calls[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return visible_line(call.name)
            case CallRole.STATE:
                return call.state
            case CallRole.ARGUMENTS:
                return call.arguments
            case CallRole.RESULT:
                return call.result
            case CallRole.DURATION_MS:
                return call.duration_ms
            case CallRole.CALL:
                return call
            case CallRole.WORDS:
                return " ".join(
                    (
                        visible_line(call.name),
                        state_words(call.state),
                        preview(call.arguments, SEARCHED),
                        preview(call.result, SEARCHED),
                    )
                )
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{visible_line(call.name)}, {state_words(call.state)}"
        return None

    def clear(self) -> None:
        """Forget all calls; the end of one that still runs is ignored."""
        if self._calls:
            self.beginRemoveRows(NO_INDEX, 0, len(self._calls) - 1)
            self._calls.clear()
            self._weight = 0
            self.endRemoveRows()

    def begin(self, call_id: str, name: str, arguments: Any, *, by_hand: bool = False) -> None:
        """A call has begun: the model's, or one that the user runs by hand."""
        row = len(self._calls)
        self.beginInsertRows(NO_INDEX, row, row)
        self._calls.append(Call(call_id, name, arguments, by_hand=by_hand))
        self.endInsertRows()
        self._add_weight(self._calls[-1], arguments)

    def progress(self, call_id: str, state: CallState) -> None:
        """Where a call that goes on stands now; an unknown one, or one that is over, is ignored."""
        for row in range(len(self._calls) - 1, -1, -1):
            call = self._calls[row]
            if call.call_id == call_id:
                if call.state in OPEN and call.state != state:
                    call.state = state
                    self.dataChanged.emit(self.index(row), self.index(row))
                return

    def report(self, call_id: str, done: float, total: float, words: str) -> None:
        """How far an open call is: done, of how much (0 if that isn't known), in its tool's own words."""
        for row in range(len(self._calls) - 1, -1, -1):
            call = self._calls[row]
            if call.call_id == call_id:
                said = progress_words(done, total, words)
                if call.state in OPEN and call.progress != said:
                    call.progress = said
                    self.dataChanged.emit(self.index(row), self.index(row))
                return

    def end(
        self,
        call_id: str,
        state: CallState,
        result: Any = None,
        duration_ms: float | None = None,
        bench: str = "",
        pictures: tuple[str, ...] = (),
    ) -> None:
        """A call has ended with this result; an unknown one is ignored.

        A call whose result was sent may turn out to be late or dropped, and a dropped one late.
        """
        for row in range(len(self._calls) - 1, -1, -1):
            call = self._calls[row]
            if call.call_id == call_id and may_follow(call.state, state):
                call.state = state
                if duration_ms is not None:
                    call.result, call.duration_ms, call.bench = result, duration_ms, bench
                    call.pictures = pictures
                self.dataChanged.emit(self.index(row), self.index(row))
                self._add_weight(call, result, sum(map(len, call.pictures)))
                return

    def _add_weight(self, call: Call, value: Any, more: int = 0) -> None:
        """Count what a call holds, and forget the oldest calls where that is too much."""
        weight = more + (len(as_json(value)) if value else 0)
        call.weight += weight
        self._weight += weight
        gone = max(0, len(self._calls) - MOST_CALLS)
        weight = self._weight - sum(call.weight for call in self._calls[:gone])
        while weight > MOST_BYTES and gone < len(self._calls) - 1:
            weight -= self._calls[gone].weight
            gone += 1
        if gone:
            self._weight = weight
            self.beginRemoveRows(NO_INDEX, 0, gone - 1)
            del self._calls[:gone]
            self.endRemoveRows()
