"""The conversation as a list of lines, in the order of speech."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.protocol.heard import SpokenText

Speaker = Literal["user", "assistant", "system"]
Index = QModelIndex | QPersistentModelIndex

NO_INDEX = QModelIndex()


@dataclass(slots=True)
class Line:
    """One line of the conversation. `number` is the take's or the reply's, 0 for typed and system lines."""

    speaker: Speaker
    number: int = 0
    at: datetime = field(default_factory=lambda: datetime.now().astimezone())
    spoken: SpokenText = field(default_factory=SpokenText)
    growing: bool = False
    note: str = ""
    """What the line says of itself, small: "not heard", "kept for the next connection"."""
    heard: int | None = None
    """Characters that were heard, when the answer was cut short."""

    @property
    def text(self) -> str:
        """The words."""
        return self.spoken.text


class TranscriptRole(IntEnum):
    """What the pane asks for besides the display text."""

    SPEAKER = Qt.ItemDataRole.UserRole + 1
    AT = Qt.ItemDataRole.UserRole + 2
    GROWING = Qt.ItemDataRole.UserRole + 3
    NOTE = Qt.ItemDataRole.UserRole + 4
    HEARD = Qt.ItemDataRole.UserRole + 5


class TranscriptModel(QAbstractListModel):
    """Lines by take and by reply. A line is appended when its speech begins and filled as words come."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Line] = []
        self._takes: dict[int, Line] = {}
        self._replies: dict[int, Line] = {}

    @property
    def lines(self) -> list[Line]:
        """All lines, oldest first. Not to be changed from outside."""
        return self._lines

    # What Qt asks

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._lines):
            return None
        line = self._lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line.text
            case TranscriptRole.SPEAKER:
                return line.speaker
            case TranscriptRole.AT:
                return line.at
            case TranscriptRole.GROWING:
                return line.growing
            case TranscriptRole.NOTE:
                return line.note
            case TranscriptRole.HEARD:
                return line.heard
            case Qt.ItemDataRole.AccessibleTextRole:
                who = {"user": "You", "assistant": "Assistant", "system": "Note"}[line.speaker]
                return f"{who}: {line.text} {line.note}".strip()
        return None

    # What the conversation says

    def begin_take(self, take: int) -> None:
        """The user has begun to speak."""
        line = Line("user", take, growing=True, note="listening")
        self._takes[take] = line
        self._append(line)

    def end_take(self, take: int, outcome: str) -> None:
        """The take is over; one that was short or thrown away leaves no line."""
        line = self._takes.get(take)
        if line is None:
            return
        if outcome in ("short", "thrown away"):
            self._remove(line)
            del self._takes[take]
            return
        line.growing = not line.text
        line.note = "kept, sent with the next connection" if outcome == "kept" else ""
        self._changed(line)

    def fill_take(self, take: int, text: str) -> None:
        """The words of a take; more of them are added. Words of no known take get a line of their own."""
        line = self._takes.get(take)
        if line is None:
            line = Line("user")
            self._append(line)
        gap = " " if line.text else ""
        line.spoken.add(gap + text.strip(), 0)
        line.growing = False
        line.note = "" if line.text else "no words were understood"
        self._changed(line)

    def add_typed(self, text: str) -> None:
        """The user has typed."""
        line = Line("user")
        line.spoken.add(text, 0)
        self._append(line)

    def begin_reply(self, reply: int) -> None:
        """The assistant begins to answer."""
        line = Line("assistant", reply, growing=True)
        self._replies[reply] = line
        self._append(line)

    def grow_reply(self, reply: int, delta: str, received_ms: float) -> None:
        """More words of the answer; `received_ms` of its audio had come before them."""
        line = self._replies.get(reply)
        if line is not None:
            line.spoken.add(delta, received_ms)
            self._changed(line)

    def end_reply(self, reply: int, outcome: str) -> None:
        """The answer is over; one without a word (a tool call, say) leaves no line."""
        line = self._replies.get(reply)
        if line is None:
            return
        line.growing = False
        if not line.text:
            self._remove(line)
            del self._replies[reply]
            return
        line.note = {"complete": line.note, "dropped": "cut off by the connection"}.get(outcome, outcome)
        self._changed(line)

    def mark_heard(self, reply: int, heard_ms: float, received_ms: float) -> None:
        """The answer was silenced after `heard_ms` of `received_ms`: the rest was not heard."""
        line = self._replies.get(reply)
        if line is None:
            return
        line.heard = line.spoken.heard_chars(heard_ms, received_ms)
        line.note = "interrupted" if line.heard < len(line.text) else line.note
        self._changed(line)

    def add_note(self, text: str) -> None:
        """A line of the program's own: connected, ended and why."""
        line = Line("system")
        line.spoken.add(text, 0)
        self._append(line)

    def _append(self, line: Line) -> None:
        row = len(self._lines)
        self.beginInsertRows(NO_INDEX, row, row)
        self._lines.append(line)
        self.endInsertRows()

    def _remove(self, line: Line) -> None:
        row = self._row(line)
        self.beginRemoveRows(NO_INDEX, row, row)
        del self._lines[row]
        self.endRemoveRows()

    def _changed(self, line: Line) -> None:
        index = self.index(self._row(line))
        self.dataChanged.emit(index, index)

    def _row(self, line: Line) -> int:
        # Nearly always one of the last lines.
        for row in range(len(self._lines) - 1, -1, -1):
            if self._lines[row] is line:
                return row
        raise ValueError("the line is not in the transcript")
