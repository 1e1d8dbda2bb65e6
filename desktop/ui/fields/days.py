"""The field for a number of days."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.ui.fields.choice import ChoiceField
from desktop.ui.fields.field import Field


class DaysField(Field):
    """Edits an int. A number that isn't offered, from a file for example, is offered while it is chosen."""

    def __init__(self, terms: Sequence[tuple[int, str]], parent: QWidget | None = None) -> None:
        """`terms` are numbers of days and their names."""
        super().__init__(parent)
        self._terms = [(str(days), name) for days, name in terms]
        self._choice = ChoiceField(self._terms)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._choice)
        self._choice.edited.connect(lambda: self.edited.emit(self.value()))

    def value(self) -> int:
        return int(self._choice.value() or 0)

    def show_value(self, value: object) -> None:
        days = value if isinstance(value, int) else 0
        known = any(term == str(days) for term, _ in self._terms)
        more = [] if known else [(str(days), self.tr("{0} days").format(days))]
        self._choice.show_choices([*self._terms, *more])
        self._choice.show_value(str(days))

    def target(self) -> QWidget:
        return self._choice.target()
