"""A timeline's marks as a list: what a screen reader finds, and what is stepped through."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.turn.marks import Mark
from desktop.viewmodels.guarded import Guarded
from desktop.viewmodels.timeline.mark_words import mark_line
from desktop.viewmodels.timeline.timeline import Timeline

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()


class MarksModel(Guarded, QAbstractListModel):
    """The marks of a timeline as they were at the last `follow`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timeline = Timeline()
        self._marks: list[Mark] = []

    @property
    def marks(self) -> list[Mark]:
        """By their time. Not to be changed."""
        return self._marks

    def show_timeline(self, timeline: Timeline) -> None:
        """Show the marks of this one."""
        self.beginResetModel()
        self._timeline, self._marks = timeline, list(timeline.marks)
        self.endResetModel()

    def follow(self) -> None:
        """The timeline may have grown."""
        new, known = self._timeline.marks, len(self._marks)
        if len(new) == known:
            return
        # A mark may be noticed a little after later ones; then it stands among the last.
        same = known
        while same and new[same - 1] is not self._marks[same - 1]:
            same -= 1
        if same < known:
            self.beginRemoveRows(NO_INDEX, same, known - 1)
            del self._marks[same:]
            self.endRemoveRows()
        self.beginInsertRows(NO_INDEX, same, len(new) - 1)
        self._marks += new[same:]
        self.endInsertRows()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._marks)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._marks):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return mark_line(self._marks[index.row()])
        return None
