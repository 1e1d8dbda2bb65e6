"""The tool calls of the conversation, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

CallState = Literal["running", "done", "failed", "cancelled"]
Index = QModelIndex | QPersistentModelIndex

NO_INDEX = QModelIndex()


@dataclass(slots=True)
class Call:
    """One call of a tool."""

    call_id: str
    name: str
    arguments: Any
    state: CallState = "running"
    result: Any = None
    duration_ms: float = 0.0


class CallRole(IntEnum):
    """What the list asks for besides the display text."""

    STATE = Qt.ItemDataRole.UserRole + 1
    ARGUMENTS = Qt.ItemDataRole.UserRole + 2
    RESULT = Qt.ItemDataRole.UserRole + 3
    DURATION_MS = Qt.ItemDataRole.UserRole + 4


class ToolCallsModel(QAbstractListModel):
    """Calls by their id; a call is appended when it begins and changed when it ends."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls: list[Call] = []

    @property
    def calls(self) -> list[Call]:
        """All calls, oldest first. Not to be changed from outside."""
        return self._calls

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._calls)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._calls):
            return None
        call = self._calls[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return call.name
            case CallRole.STATE:
                return call.state
            case CallRole.ARGUMENTS:
                return call.arguments
            case CallRole.RESULT:
                return call.result
            case CallRole.DURATION_MS:
                return call.duration_ms
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{call.name}, {call.state}"
        return None

    def begin(self, call_id: str, name: str, arguments: Any) -> None:
        """A call has begun."""
        row = len(self._calls)
        self.beginInsertRows(NO_INDEX, row, row)
        self._calls.append(Call(call_id, name, arguments))
        self.endInsertRows()

    def end(self, call_id: str, state: CallState, result: Any, duration_ms: float) -> None:
        """A call has ended; one that isn't known is not taken in."""
        for row in range(len(self._calls) - 1, -1, -1):
            call = self._calls[row]
            if call.call_id == call_id and call.state == "running":
                call.state, call.result, call.duration_ms = state, result, duration_ms
                self.dataChanged.emit(self.index(row), self.index(row))
                return
