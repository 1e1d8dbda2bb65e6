"""Any JSON value as a tree that is built where it is opened."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import msgspec
from PySide6.QtCore import (
    QAbstractItemModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from desktop.base.visible_text import visible_line
from desktop.viewmodels import numbers
from desktop.viewmodels.guarded import Guarded

Index = QModelIndex | QPersistentModelIndex
NodePath = tuple[int, ...]
"""The positions, from the value inwards, at which a member is found."""

NO_INDEX = QModelIndex()
SPAN = 500
"""Members that are shown side by side; more of them are shown in groups of so many, like [500 … 999]."""
SHOWN = 200
"""Characters of a string that are shown. All of them are copied."""
INDENTED_UP_TO = 1_000_000
"""Bytes of JSON that are copied with indents. 10 MB take 30 ms without them and 90 ms with them."""


class JsonRole(IntEnum):
    """The view's roles in addition to the display text."""

    KEY = Qt.ItemDataRole.UserRole + 1
    VALUE = Qt.ItemDataRole.UserRole + 2
    """The value as it is shown: short, on one line."""
    KIND = Qt.ItemDataRole.UserRole + 3
    """object, array, string, number, word (true, false, null) or group."""


@dataclass(slots=True)
class _Members:
    """Members of an object, or of an array: then their positions are a range.

    Pairs of key and value would be a new object each: 150,000 of them set off 150 ms of garbage collection.
    """

    keys: Sequence[str | int]
    values: Sequence[Any]

    def __len__(self) -> int:
        return len(self.keys)

    def part(self, start: int, end: int) -> _Members:
        return _Members(self.keys[start:end], self.values[start:end])

    def value(self) -> Any:
        """The members as an object or array."""
        if isinstance(self.keys, range):
            return list(self.values)
        return dict(zip(self.keys, self.values, strict=True))


@dataclass(slots=True)
class _Node:
    parent: int
    row: int
    key: str | int
    value: Any
    """A value; for a group, its `_Members`."""
    children: list[int] | None = None


class JsonTreeModel(Guarded, QAbstractItemModel):
    """A read-only tree of one value, which must not be changed while it is shown.

    Members become rows when their parent is opened, at most 500 at once, so that a value of any size
    is shown at once.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Node 0 is what Qt calls the invisible root.
        self._nodes: list[_Node] = [_Node(0, 0, "", None, children=[])]
        self._value: Any = None

    def show_value(self, value: Any) -> None:
        """Show this value in place of the one before."""
        self.beginResetModel()
        self._value = value
        self._nodes = [_Node(0, 0, "", value)]
        if _count(value):
            self._open(0)
        else:
            self._nodes[0] = _Node(0, 0, "", [value], children=[1])
            self._nodes.append(_Node(0, 0, "", value))
        self.endResetModel()

    def clear(self) -> None:
        """Show nothing."""
        self.beginResetModel()
        self._value = None
        self._nodes = [_Node(0, 0, "", None, children=[])]
        self.endResetModel()

    @property
    def shown(self) -> Any:
        """The whole value."""
        return self._value

    def value(self, index: Index) -> Any:
        """The value at this row, for a group its members, without a row the whole value."""
        if not index.isValid():
            return self._value
        value = self._nodes[index.internalId()].value
        return value.value() if isinstance(value, _Members) else value

    def find_index(self, path: NodePath) -> QModelIndex:
        """The row of the member at this path; its parents are filled on the way."""
        number = 0
        for place in path:
            while (size := _group_size(len(self._nodes[number].value))) > 1:
                number, place = self._filled(number)[place // size], place % size
            number = self._filled(number)[place]
        return self._index(number)

    # Qt's model interface

    def index(self, row: int, column: int, parent: Index = NO_INDEX) -> QModelIndex:
        children = self._nodes[self._number(parent)].children
        if column or children is None or not 0 <= row < len(children):
            return QModelIndex()
        return self.createIndex(row, 0, children[row])

    def parent(self, child: Index) -> QModelIndex:  # type: ignore[override]
        if not child.isValid():
            return QModelIndex()
        return self._index(self._nodes[child.internalId()].parent)

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return len(self._nodes[self._number(parent)].children or ())

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 1

    def hasChildren(self, parent: Index = NO_INDEX) -> bool:
        node = self._nodes[self._number(parent)]
        return bool(node.children) or (node.children is None and _count(node.value) > 0)

    def canFetchMore(self, parent: Index) -> bool:
        node = self._nodes[self._number(parent)]
        return node.children is None and _count(node.value) > 0

    def fetchMore(self, parent: Index) -> None:
        number = self._number(parent)
        node = self._nodes[number]
        if node.children is None and (count := _count(node.value)):
            self.beginInsertRows(self._index(number), 0, -(-count // _group_size(count)) - 1)
            self._open(number)
            self.endInsertRows()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        node = self._nodes[index.internalId()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                key, value = visible_line(str(node.key)), _shown(node)
                return f"{key}: {value}" if key and value else key or value
            case JsonRole.KEY:
                return visible_line(str(node.key))
            case JsonRole.VALUE:
                return _shown(node)
            case JsonRole.KIND:
                return _kind(node.value)
        return None

    def _number(self, index: Index) -> int:
        return index.internalId() if index.isValid() else 0

    def _index(self, number: int) -> QModelIndex:
        return self.createIndex(self._nodes[number].row, 0, number) if number else QModelIndex()

    def _filled(self, number: int) -> list[int]:
        index = self._index(number)
        if self.canFetchMore(index):
            self.fetchMore(index)
        return self._nodes[number].children or []

    def _open(self, number: int) -> None:
        """Make the nodes of a value's or group's members."""
        node = self._nodes[number]
        members = _members(node.value)
        size = _group_size(len(members))
        first = len(self._nodes)
        if size == 1:
            pairs = zip(members.keys, members.values, strict=True)
            self._nodes += [_Node(number, row, key, value) for row, (key, value) in enumerate(pairs)]
        else:
            for row, start in enumerate(range(0, len(members), size)):
                part = members.part(start, start + size)
                self._nodes.append(_Node(number, row, f"[{part.keys[0]} … {part.keys[-1]}]", part))
        node.children = list(range(first, len(self._nodes)))


def as_json(value: Any) -> str:
    """The value as JSON text, indented up to 1 MB; what JSON can't hold is written as a string."""
    try:
        encoded = msgspec.json.encode(value)
        if len(encoded) <= INDENTED_UP_TO:
            encoded = msgspec.json.format(encoded, indent=2)
        return encoded.decode()
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError):
        try:
            return json.dumps(value, indent=2, default=str)
        except (TypeError, ValueError, RecursionError):
            return str(value)


def preview(value: Any, limit: int = SHOWN) -> str:
    """The beginning of the value on one line, at most so many characters; cheap for a value of any size."""
    parts: list[str] = []
    _write(value, parts, limit)
    line = visible_line("".join(parts))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _write(value: Any, parts: list[str], room: int) -> int:
    """Append pieces until the room is used up; the room that is left, below zero if it was too small."""
    if not _count(value):
        parts.append(_scalar(value, max(room, 1)))
        return room - len(parts[-1])
    named = isinstance(value, dict)
    parts.append("{" if named else "[")
    room -= 2
    for number, item in enumerate(value.items() if named else value):
        if room < 0:
            break
        lead = (", " if number else "") + (f"{item[0]}: " if named else "")
        parts.append(lead)
        room = _write(item[1] if named else item, parts, room - len(lead))
    parts.append("}" if named else "]")
    return room


def _count(value: Any) -> int:
    return len(value) if isinstance(value, dict | list | tuple | _Members) else 0


def _members(value: Any) -> _Members:
    if isinstance(value, _Members):
        return value
    if isinstance(value, dict):
        return _Members(list(value), list(value.values()))
    return _Members(range(len(value)), value)


def _group_size(count: int) -> int:
    """How many members a group row stands for when there are this many."""
    size = 1
    while count > size * SPAN:
        size *= SPAN
    return size


def _kind(value: Any) -> str:
    if isinstance(value, _Members):
        return "group"
    if value is None or isinstance(value, bool):
        return "word"
    if isinstance(value, dict):
        return "object"
    if isinstance(value, list | tuple):
        return "array"
    return "number" if isinstance(value, int | float) else "string"


def _shown(node: _Node) -> str:
    if isinstance(node.value, _Members):
        return ""
    if count := _count(node.value):
        return f"{{{numbers.whole(count)}}}" if isinstance(node.value, dict) else f"[{numbers.whole(count)}]"
    return visible_line(_scalar(node.value, SHOWN))


def _scalar(value: Any, limit: int) -> str:
    if isinstance(value, str):
        text = json.dumps(value[:limit], ensure_ascii=False)
        if len(value) <= limit:
            return text
        words = QCoreApplication.translate("JsonTree", "({0} characters)")
        return f"{text[:-1]}…  {words.format(numbers.whole(len(value)))}"
    if isinstance(value, bytes):
        return QCoreApplication.translate("JsonTree", "({0} bytes)").format(numbers.whole(len(value)))
    if isinstance(value, dict | list | tuple):
        return "{}" if isinstance(value, dict) else "[]"
    return {None: "null", True: "true", False: "false"}[value] if _kind(value) == "word" else str(value)
