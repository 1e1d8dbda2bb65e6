"""The frames of a session, both ways, as rows of a table."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from itertools import chain
from typing import Any

import msgspec
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from desktop.base.visible_text import visible_line
from desktop.viewmodels import numbers
from desktop.viewmodels.event_record import EventRecord
from desktop.viewmodels.guarded import Guarded

Index = QModelIndex | QPersistentModelIndex

NO_INDEX = QModelIndex()
CAPACITY = 20_000
"""Frames that are kept. The oldest go first, a thousand at a time, so that the view changes once."""
BATCH = 1_000
BYTES_KEPT = 24_000_000
"""Bytes of content that are kept; reached only by frames of many kilobytes, or of many objects, each."""
AT_ONCE = 300
"""Frames that are shown together: 20 ms of work. The next ones follow in AGAIN_MS."""
AGAIN_MS = 33
MOST_TYPES = 200
"""Types that can be chosen. No service has as many; each further one would make the choice slower."""
ROW_TEXT = 1_000_000
"""Characters of a folded row's text: from there on another row begins."""
SHOWN_EVERY_MS = 100
"""Frames that arrive in between are shown together. Audio alone is a hundred frames a second."""


class Column(IntEnum):
    """The table's columns."""

    TIME = 0
    DIRECTION = 1
    TYPE = 2
    SIZE = 3


class EventRole(IntEnum):
    """The view's roles in addition to the display text."""

    ROW = Qt.ItemDataRole.UserRole + 1


class EventRow(msgspec.Struct, gc=False):
    """One frame, or the deltas of one type and direction that came with no other frame between them."""

    frames: list[EventRecord]
    size: int
    text: str
    """The text that the filter searches, in lower case."""

    @property
    def first(self) -> EventRecord:
        """The oldest of the frames."""
        return self.frames[0]

    def content(self) -> dict[str, Any]:
        """The frame; for several, their number, size and text, and each with its time."""
        if len(self.frames) == 1:
            return {"type": self.first.type, **self.first.content}
        contents = [frame.content for frame in self.frames]
        text = "".join(content["delta"] for content in contents if isinstance(content.get("delta"), str))
        frames = [
            {"at_ms": one.at_ms, "size": one.size, **content}
            for one, content in zip(self.frames, contents, strict=True)
        ]
        head = {"type": self.first.type, "count": len(frames), "size": self.size}
        return {**head, **({"text": text} if text else {}), "frames": frames}


@dataclass(slots=True)
class _Totals:
    """The totals of all rows, and the rows to which another delta would be added."""

    frames: int = 0
    weight: int = 0
    open_rows: dict[tuple[str, str], int] = field(default_factory=dict)


class EventsModel(Guarded, QAbstractTableModel):
    """The newest 20,000 frames. `add` is cheap; what was added is shown within 100 ms, or by `flush`."""

    type_seen = Signal(str)
    """A type that has not been seen before."""
    counted = Signal()
    """`frames` or `waiting` has changed."""

    def __init__(
        self,
        began: datetime | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`began` is when `at_ms` was 0, now by default."""
        super().__init__(parent)
        self._began = began or datetime.now().astimezone()
        self._rows: list[EventRow] = []
        self._kept = _Totals()
        self._pending: deque[EventRecord] = deque(maxlen=CAPACITY)
        self._pending_weight = 0
        self._paused = False
        self._types: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_EVERY_MS)
        self._timer.timeout.connect(self._on_due)

    @property
    def began(self) -> datetime:
        """When `at_ms` was 0."""
        return self._began

    @property
    def rows(self) -> list[EventRow]:
        """The rows that are shown, oldest first. Not to be changed from outside."""
        return self._rows

    @property
    def frames(self) -> int:
        """How many frames are shown, those of folded rows included."""
        return self._kept.frames

    @property
    def waiting(self) -> int:
        """How many frames have come since the pause began."""
        return len(self._pending)

    @property
    def paused(self) -> bool:
        """Whether new frames wait."""
        return self._paused

    # Updates

    def add(self, frame: EventRecord) -> None:
        """Add a frame."""
        if len(self._pending) == CAPACITY:
            self._pending_weight -= self._pending[0].weight
        self._pending.append(frame)
        self._pending_weight += frame.weight
        while self._pending_weight > BYTES_KEPT and len(self._pending) > 1:
            self._pending_weight -= self._pending.popleft().weight
        # One timer for many frames: it shows them, or their number while paused.
        if not self._timer.isActive():
            self._timer.start(SHOWN_EVERY_MS)

    def _on_due(self) -> None:
        """Show some of the waiting frames: a fast service must not freeze the window."""
        if self._paused or len(self._pending) <= AT_ONCE:
            self.flush()
            return
        some = deque(self._pending.popleft() for _ in range(AT_ONCE))
        weight, waiting = sum(frame.weight for frame in some), self._pending_weight
        self._pending_weight = weight  # what `_show` adds to the totals
        self._show(some)
        self._pending_weight = waiting - weight
        self._trim()
        self.counted.emit()
        self._timer.start(AGAIN_MS)

    def flush(self) -> None:
        """Show the waiting frames, unless paused."""
        self._timer.stop()
        if not self._paused and self._pending:
            if len(self._pending) > CAPACITY - BATCH:
                # None of the old frames would be left.
                self._forget_all()
            self._show(self._pending)
            self._pending.clear()
            self._pending_weight = 0
            self._trim()
        self.counted.emit()

    def pause(self, paused: bool) -> None:
        """Let new frames wait, or show those that waited. Nothing is lost, up to the model's size."""
        self.flush()
        self._paused = paused
        self.flush()

    def clear(self) -> None:
        """Forget all frames, those that wait too."""
        self._pending.clear()
        self._pending_weight = 0
        self._forget_all()
        self.counted.emit()

    def records(self) -> list[EventRecord]:
        """All frames in the order they came, waiting ones too."""
        in_rows = chain.from_iterable(row.frames for row in self._rows)
        return sorted(chain(in_rows, self._pending), key=lambda frame: frame.at_ms)

    # Qt's model interface

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._display_text(row, index.column())
            case EventRole.ROW:
                return row
            case Qt.ItemDataRole.AccessibleTextRole:
                direction = self.tr("received") if row.first.direction == "in" else self.tr("sent")
                kind, time = (self._display_text(row, column) for column in (Column.TYPE, Column.TIME))
                return f"{kind}, {direction}, {time}"
        return None

    def _display_text(self, row: EventRow, column: int) -> str:
        match column:
            case Column.TIME:
                at = self._began + timedelta(milliseconds=row.first.at_ms)
                return f"{at:%H:%M:%S}.{at.microsecond // 1_000:03d}"
            case Column.DIRECTION:
                return "↓" if row.first.direction == "in" else "↑"
            case Column.TYPE:
                count = len(row.frames)
                kind = visible_line(row.first.type)
                return kind if count == 1 else f"{kind} \u00d7 {numbers.whole(count)}"
        return size_text(row.size)

    def _forget_all(self) -> None:
        self.beginResetModel()
        self._rows = []
        self._kept = _Totals()
        self.endResetModel()

    def _show(self, frames: deque[EventRecord]) -> None:
        known = len(self._rows)
        rows: list[EventRow] = []
        open_rows, changed = self._kept.open_rows, set[int]()
        grown: dict[int, list[str]] = {}  # joined at the end: appending one by one would copy all each time
        sizes: dict[int, int] = {}
        for frame in frames:
            key = (frame.direction, frame.type)
            place = open_rows.get(key) if frame.folds else None
            if place is not None and sizes.get(place, self._text_size(place)) > ROW_TEXT:
                place = None
            if place is None:
                if frame.folds:
                    open_rows[key] = known + len(rows)
                else:
                    open_rows.clear()
                rows.append(EventRow([frame], frame.size, f"{frame.type.lower()} {_text(frame)}"))
                continue
            row = self._rows[place] if place < known else rows[place - known]
            row.frames.append(frame)
            row.size += frame.size
            text = _text(frame)
            grown.setdefault(place, [row.text]).append(text)
            sizes[place] = sizes.get(place, len(row.text)) + len(text)
            if place < known:
                changed.add(place)
        for place, texts in grown.items():
            (self._rows[place] if place < known else rows[place - known]).text = "".join(texts)
        self._kept.frames += len(frames)
        self._kept.weight += self._pending_weight
        self._insert(rows)
        for place in changed:
            self.dataChanged.emit(self.index(place, Column.TYPE), self.index(place, Column.SIZE))

    def _text_size(self, place: int) -> int:
        return len(self._rows[place].text) if place < len(self._rows) else 0

    def _insert(self, rows: list[EventRow]) -> None:
        for kind in dict.fromkeys(row.first.type for row in rows):
            if kind not in self._types and len(self._types) < MOST_TYPES:
                self._types.add(kind)
                self.type_seen.emit(kind)
        if rows:
            self.beginInsertRows(NO_INDEX, len(self._rows), len(self._rows) + len(rows) - 1)
            self._rows += rows
            self.endInsertRows()

    def _trim(self) -> None:
        kept = self._kept
        if kept.frames <= CAPACITY and kept.weight <= BYTES_KEPT:
            return
        gone, shortened = 0, False
        while not shortened and (kept.frames > CAPACITY - BATCH or kept.weight > BYTES_KEPT * 0.9):
            row = self._rows[gone]
            surplus = kept.frames - (CAPACITY - BATCH)
            shortened = len(row.frames) > surplus > 0 and kept.weight <= BYTES_KEPT
            self._forget(row, surplus if shortened else len(row.frames))
            gone += not shortened
        if gone:
            self.beginRemoveRows(NO_INDEX, 0, gone - 1)
            del self._rows[:gone]
            self.endRemoveRows()
            kept.open_rows = {key: at - gone for key, at in kept.open_rows.items() if at >= gone}
        if shortened:
            self.dataChanged.emit(self.index(0, 0), self.index(0, Column.SIZE))

    def _forget(self, row: EventRow, count: int) -> None:
        """Take the oldest frames of a row out of the totals, and out of the row unless it goes."""
        for frame in row.frames[:count]:
            self._kept.weight -= frame.weight
        self._kept.frames -= count
        if count < len(row.frames):
            row.size -= sum(frame.size for frame in row.frames[:count])
            del row.frames[:count]


def _text(frame: EventRecord) -> str:
    """The searchable text, in lower case: of a delta its text, else JSON; empty for audio."""
    if not frame.silent or frame.json == b"{}":
        return ""
    delta = frame.content.get("delta") if frame.folds else None
    return (delta if isinstance(delta, str) else frame.json.decode()).lower()


def size_text(size: int) -> str:
    """Bytes in a short form: 812 B, 1.5 kB, 20 MB."""
    if size < 1_000:
        return f"{size} B"
    for unit, one in (("kB", 1_000), ("MB", 1_000_000)):
        if size < one * 1_000 or unit == "MB":
            number = size / one
            return f"{numbers.decimal(number, 1 if number < 10 else 0)} {unit}"
    raise AssertionError
