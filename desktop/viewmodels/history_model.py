"""The conversations that are kept, newest first, and which of them are shown."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.base.visible_text import visible_line
from desktop.viewmodels import numbers
from desktop.viewmodels.dates import moment
from desktop.viewmodels.guarded import Guarded

Index = QModelIndex | QPersistentModelIndex

NO_INDEX = QModelIndex()
HistoryMark = Literal["", "cut short", "open"]
"""Cut short: the program ended in the middle of it. Open: it is under way, here or in another window."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One conversation. `title` is its first words; `lines` counts the lines of both sides."""

    key: str
    at: datetime
    title: str
    model: str
    lines: int
    mark: HistoryMark = ""
    size: int = 0
    """Bytes of all that is kept of it; 0 where that isn't known."""
    recorded: bool = False
    """Whether it is a recording, which can be read as it was at any time, shared and asked again."""


class HistoryRole(IntEnum):
    """The list's roles in addition to the display text."""

    ENTRY = Qt.ItemDataRole.UserRole + 1
    WHEN = Qt.ItemDataRole.UserRole + 2
    """Day and time, as this system writes them."""
    WHAT = Qt.ItemDataRole.UserRole + 3
    """How it ended, its length and its model."""
    WHAT_SHORT = Qt.ItemDataRole.UserRole + 4
    """The same without its length, where there is little room."""


class HistoryModel(Guarded, QAbstractListModel):
    """All entries, or those that a search has found."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[HistoryEntry] = []
        self._found: frozenset[str] | None = None
        self._shown: list[HistoryEntry] = []

    @property
    def total(self) -> int:
        """The number of entries, shown or not."""
        return len(self._entries)

    def entry(self, row: int) -> HistoryEntry | None:
        """The entry of a row; None for no row."""
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def row_of(self, key: str) -> int:
        """The row of an entry, -1 if it isn't shown."""
        return next((row for row, entry in enumerate(self._shown) if entry.key == key), -1)

    def show(self, entries: Sequence[HistoryEntry]) -> None:
        """Show these entries in place of the earlier ones."""
        self._entries = sorted(entries, key=lambda entry: entry.at, reverse=True)
        self._choose()

    def show_found(self, keys: Collection[str] | None) -> None:
        """Show only these; None shows all."""
        self._found = None if keys is None else frozenset(keys)
        self._choose()

    def remove(self, key: str) -> None:
        """Remove an entry."""
        row = self.row_of(key)
        self._entries = [entry for entry in self._entries if entry.key != key]
        if row >= 0:
            self.beginRemoveRows(NO_INDEX, row, row)
            del self._shown[row]
            self.endRemoveRows()

    def put_back(self, entry: HistoryEntry) -> None:
        """Insert a removed entry again, even if the search has not found it."""
        if self._found is not None:
            self._found |= {entry.key}
        self.show([*self._entries, entry])

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entry(index.row()) if index.isValid() else None
        if entry is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return entry.title or self.tr("No words")
            case HistoryRole.ENTRY:
                return entry
            case HistoryRole.WHEN:
                return moment(entry.at)
            case HistoryRole.WHAT:
                return self._what(entry)
            case HistoryRole.WHAT_SHORT:
                return self._what(entry, counted=False)
            case Qt.ItemDataRole.AccessibleTextRole:
                title = entry.title or self.tr("No words")
                return f"{title}, {moment(entry.at)}, {self._what(entry)}"
        return None

    def _choose(self) -> None:
        self.beginResetModel()
        found = self._found
        self._shown = [entry for entry in self._entries if found is None or entry.key in found]
        self.endResetModel()

    def _what(self, entry: HistoryEntry, *, counted: bool = True) -> str:
        count = (
            self.tr("1 line") if entry.lines == 1 else self.tr("{0} lines").format(numbers.whole(entry.lines))
        )
        marks = {"cut short": self.tr("cut short"), "open": self.tr("ongoing")}
        parts = (
            marks.get(entry.mark, ""),
            count if counted else "",
            numbers.file_size(entry.size) if counted and entry.size else "",
            visible_line(entry.model.rpartition("/")[2]),
        )
        return " · ".join(part for part in parts if part)
