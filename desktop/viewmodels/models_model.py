"""The models for a picker: grouped by provider, with a last row that fetches the service's list again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any, Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.protocol.catalog import Model, successor_of
from desktop.viewmodels import model_words
from desktop.viewmodels.guarded import Guarded

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
_ENABLED = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class ModelRole(IntEnum):
    """The picker's roles in addition to the display text; the user role has a model's id."""

    BADGES = Qt.ItemDataRole.UserRole + 1
    """Words for what it can do, a tuple."""
    HEADING = Qt.ItemDataRole.UserRole + 2
    """Whether the row is a provider's name above its models."""
    DIM = Qt.ItemDataRole.UserRole + 3
    """Whether it is retired."""


@dataclass(frozen=True, slots=True)
class _Row:
    kind: Literal["heading", "model", "line", "refresh"]
    heading: str = ""
    model: Model | None = None


class ModelsModel(Guarded, QAbstractListModel):
    """Rows are made when the list changes; their words when they are asked for, or searched."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._models: tuple[Model, ...] = ()
        self._day = model_words.today()
        self._rows: list[_Row] = []
        self._row_of: dict[str, int] = {}
        self._searched: list[str] = []
        """For each row the words that a search looks at; made at the first one."""

    def show(self, models: Iterable[Model], day: date | None = None) -> None:
        """Show these models as they are on this day, today."""
        self.beginResetModel()
        self._models, self._day = tuple(models), day or model_words.today()
        self._rows = [*_grouped(self._models, self._day), _Row("line"), _Row("refresh")]
        self._row_of = {row.model.id: at for at, row in enumerate(self._rows) if row.model}
        self._searched = []
        self.endResetModel()

    def row_of(self, model_id: str) -> int:
        """Where the model with this id stands; -1 if it is not there."""
        return self._row_of.get(model_id, -1)

    def tip(self, model: Model) -> str:
        """What is said about a model of the list, or about another one."""
        return model_words.tip(model, successor_of(model, self._models, self._day), self._day)

    def matches(self, needle: str) -> list[bool]:
        """For each row whether it is to be shown in a search: a heading if one of its models is."""
        words = needle.casefold().split()
        if not words:
            return [True] * len(self._rows)
        self._searched = self._searched or [_searched(row, self._day) for row in self._rows]
        shown = [
            row.kind in ("line", "refresh") or (bool(text) and all(word in text for word in words))
            for row, text in zip(self._rows, self._searched, strict=True)
        ]
        heading = 0
        for at, row in enumerate(self._rows):
            if row.kind == "heading":
                heading = at
            elif row.kind == "model" and shown[at]:
                shown[heading] = True
        return shown

    # Qt's model interface

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        row = self._at(index)
        return _ENABLED if row and row.kind in ("model", "refresh") else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._at(index)
        if row is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                if row.model:
                    return model_words.name(row.model, self._day)
                return self.tr("Refresh the list") if row.kind == "refresh" else row.heading
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                # As Qt's delegates know a separator.
                return "separator" if row.kind == "line" else None
            case ModelRole.HEADING:
                return row.kind == "heading"
        return self._of_model(row.model, role) if row.model else None

    def _of_model(self, model: Model, role: int) -> Any:
        match role:
            case Qt.ItemDataRole.UserRole:
                return model.id
            case Qt.ItemDataRole.ToolTipRole:
                return self.tip(model)
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join((model_words.name(model, self._day), *model_words.badges(model)))
            case ModelRole.BADGES:
                return model_words.badges(model)
            case ModelRole.DIM:
                return model.published.is_retired(self._day)
        return None

    def _at(self, index: Index) -> _Row | None:
        return self._rows[index.row()] if index.isValid() and 0 <= index.row() < len(self._rows) else None


def _grouped(models: Iterable[Model], day: date) -> list[_Row]:
    """A heading and its models for each provider, in the order in which they come.

    Within a provider those that the service features are first, retired ones last.
    """
    by_name: dict[tuple[str, str], list[Model]] = {}
    for model in models:
        by_name.setdefault((model.provider, model.published.provider_label), []).append(model)
    groups: dict[str, list[Model]] = {}
    for ours in by_name.values():
        groups.setdefault(model_words.provider(ours[0]), []).extend(ours)
    rows = []
    for provider, ours in groups.items():
        rows.append(_Row("heading", provider))
        ours.sort(key=lambda model: (model.published.is_retired(day), not model.published.featured))
        rows += [_Row("model", model=model) for model in ours]
    return rows


def _searched(row: _Row, day: date) -> str:
    """All that is known of the row's model, for a search; empty for other rows."""
    if row.model is None:
        return ""
    model, said = row.model, row.model.published
    parts = (model_words.name(model, day), model.id, model_words.provider(model), said.region, *said.aliases)
    return "\n".join((*parts, *model_words.badges(model))).casefold()
