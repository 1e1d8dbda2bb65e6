"""A filter over the frames."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel

from desktop.viewmodels.events_model import EventsModel
from desktop.viewmodels.guarded import Guarded


class EventFilter(Guarded, QSortFilterProxyModel):
    """The rows of an `EventsModel` with this text, of this type and this direction; empty means any."""

    def __init__(self, model: EventsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._events = model
        self._text = ""
        self._kind = ""
        self._direction = ""
        self.setSourceModel(model)

    @property
    def active(self) -> bool:
        """Whether it may hide anything."""
        return bool(self._text or self._kind or self._direction)

    def choose(self, text: str = "", kind: str = "", direction: str = "") -> None:
        """Show only these; the direction is "in" or "out"."""
        self._text, self._kind, self._direction = text.strip().lower(), kind, direction
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: QModelIndex | QPersistentModelIndex) -> bool:
        row = self._events.rows[source_row]
        first = row.frames[0]
        return (
            (not self._kind or first.type == self._kind)
            and (not self._direction or first.direction == self._direction)
            and (not self._text or self._text in row.text)
        )
