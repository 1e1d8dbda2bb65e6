"""The sound devices of one direction, for a picker that keeps what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop.base.visible_text import visible_line
from desktop.viewmodels.guarded import Guarded

Index = QModelIndex | QPersistentModelIndex

NO_INDEX = QModelIndex()
SYSTEM_DEFAULT = ""
"""The key of the first row."""


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """A device: the key it is remembered by, its label, and whether it is the system's default."""

    key: str
    label: str
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    record: DeviceRecord
    connected: bool = True


class DeviceRole(IntEnum):
    """The picker's roles in addition to the display text."""

    KEY = Qt.ItemDataRole.UserRole + 1
    CONNECTED = Qt.ItemDataRole.UserRole + 2


class DevicesModel(Guarded, QAbstractListModel):
    """First the system's default, then the devices, then the chosen one if it is not there.

    Rows are added, moved and removed one by one, so that a picker's current row stays the same device.
    """

    chosen_changed = Signal(int)
    """Another row is chosen."""

    def __init__(self, direction: Literal["input", "output"], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._direction = direction
        self._records: list[DeviceRecord] | None = None
        self._chosen = DeviceRecord(SYSTEM_DEFAULT, "")
        self._rows = [_Row(self._chosen)]

    @property
    def chosen(self) -> str:
        """The key that was chosen, empty for the system's default; kept while the device is absent."""
        return self._chosen.key

    @property
    def chosen_row(self) -> int:
        """Where the chosen device stands."""
        return next(row for row, shown in enumerate(self._rows) if shown.record.key == self._chosen.key)

    @property
    def chosen_is_connected(self) -> bool:
        """Whether what was chosen is there; the system's default always is."""
        return self._rows[self.chosen_row].connected

    # Qt's model interface

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        shown = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return self._words(shown)
            case DeviceRole.KEY:
                return shown.record.key
            case DeviceRole.CONNECTED:
                return shown.connected
        return None

    # Updates

    def show(self, records: Sequence[DeviceRecord]) -> None:
        """Show these devices, the ones there now."""
        self._records = list({record.key: record for record in records}.values())
        self._take_name()
        self._sync()

    def choose(self, wanted: str) -> None:
        """Choose a device by its key or its label, there or not; empty is the system's default."""
        records = self._records or []
        found = [one for one in records if one.key == wanted] + [
            one for one in records if one.label == wanted
        ]
        chosen = found[0] if wanted and found else DeviceRecord(wanted, _label(wanted))
        if chosen.key == self._chosen.key:
            return
        self._chosen = replace(chosen, is_default=False)
        self._sync()
        self.chosen_changed.emit(self.chosen_row)

    def _take_name(self) -> None:
        """Learn the chosen one's key where only its label was known, and its label as it is called now."""
        chosen = self._chosen
        if chosen.key == SYSTEM_DEFAULT:
            return
        named = [one for one in self._records or () if one.key == chosen.key]
        named += [one for one in self._records or () if one.label == chosen.key]
        if named:
            self._rename_row(chosen.key, named[0])
            self._chosen = replace(named[0], is_default=False)

    def _rename_row(self, key: str, record: DeviceRecord) -> None:
        """Give the row of a device known by its label the device's key, so that it is not replaced."""
        row = self.chosen_row
        if key != record.key and all(shown.record.key != record.key for shown in self._rows):
            self._put(row, replace(self._rows[row], record=record))

    def _wanted(self) -> list[_Row]:
        records = self._records or []
        default = next((record.label for record in records if record.is_default), "")
        wanted = [_Row(DeviceRecord(SYSTEM_DEFAULT, default)), *map(_Row, records)]
        if all(shown.record.key != self._chosen.key for shown in wanted):
            # Before the first look it isn't known to be missing.
            wanted.append(_Row(self._chosen, connected=self._records is None))
        return wanted

    def _sync(self) -> None:
        wanted = self._wanted()
        keys = {shown.record.key for shown in wanted}
        for row in range(len(self._rows) - 1, -1, -1):
            if self._rows[row].record.key not in keys:
                self.beginRemoveRows(NO_INDEX, row, row)
                del self._rows[row]
                self.endRemoveRows()
        for row, shown in enumerate(wanted):
            self._bring(row, shown)

    def _bring(self, row: int, shown: _Row) -> None:
        """Put this device into this row, moved up or inserted."""
        key = shown.record.key
        known = (at for at in range(row, len(self._rows)) if self._rows[at].record.key == key)
        at = next(known, None)
        if at is None:
            self.beginInsertRows(NO_INDEX, row, row)
            self._rows.insert(row, shown)
            self.endInsertRows()
            return
        if at != row:
            self.beginMoveRows(NO_INDEX, at, at, NO_INDEX, row)
            self._rows.insert(row, self._rows.pop(at))
            self.endMoveRows()
        if self._rows[row] != shown:
            self._put(row, shown)

    def _put(self, row: int, shown: _Row) -> None:
        self._rows[row] = shown
        self.dataChanged.emit(self.index(row), self.index(row))

    def _words(self, shown: _Row) -> str:
        label = visible_line(shown.record.label)
        if shown.record.key == SYSTEM_DEFAULT:
            return self._default_words(label)
        if shown.connected:
            return label
        return self.tr("{0} (not connected)").format(label)

    def _default_words(self, label: str) -> str:
        if self._records is not None and not self._records:
            there_is_none = self.tr("no microphone") if self._direction == "input" else self.tr("no speaker")
            return self.tr("System default ({0})").format(there_is_none)
        # Some sound systems give their default device just this name.
        named = label and label.casefold() not in ("default", "sysdefault")
        return self.tr("System default · {0}").format(label) if named else self.tr("System default")


def _label(key: str) -> str:
    """The label of a device that was never seen: keys are "host API: name"."""
    return key.partition(": ")[2] or key
