"""The base of all pages: a column of settings that emits what was changed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GAP
from desktop.ui.fields.field import Field
from desktop.ui.settings.pages.form import Form, sentence
from desktop.ui.settings.pages.row import SettingRow


class Page(QWidget):
    """A titled column. A value that is not valid is explained beside its field, and not announced."""

    changed = Signal(str, object)

    def __init__(self, title: str, form: Form, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self._form = form
        self._rows: dict[str, SettingRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(GAP, GAP, GAP, GAP)
        self._column.setSpacing(GAP)
        heading = PlainLabel(title)
        heading.setProperty("role", "title")
        self._column.addWidget(heading)

    @property
    def names(self) -> tuple[str, ...]:
        """The settings on this page."""
        return tuple(self._rows)

    def row(self, name: str) -> SettingRow:
        """The row of one setting."""
        return self._rows[name]

    def show_value(self, name: str, value: object) -> None:
        """Show one setting's value, and what is wrong with it if it came wrong from a file."""
        row = self._rows[name]
        row.show_value(value, is_default=value == self._form.defaults[name])
        if trouble := self._form.problem(name, value):
            row.show_problem(sentence(trouble))

    def finish(self) -> None:
        """Announce typed text that was not yet announced."""
        for row in self._rows.values():
            row.field.finish()

    def _add(
        self,
        name: str,
        label: str,
        hint: str,
        field: Field,
        *,
        wide: bool = False,
        to: QVBoxLayout | None = None,
    ) -> SettingRow:
        """Add a setting at the end of the page, or of the column `to`."""
        row = SettingRow(label, hint, field, wide=wide)
        self._rows[name] = row
        (to or self._column).addWidget(row)
        field.edited.connect(lambda value: self._on_edited(name, value))
        row.reset_clicked.connect(lambda: self._reset(name))
        return row

    def _on_edited(self, name: str, value: object) -> None:
        row = self._rows[name]
        if trouble := self._form.problem(name, value):
            row.show_problem(sentence(trouble))
            return
        row.settle(is_default=value == self._form.defaults[name])
        self.changed.emit(name, value)

    def _reset(self, name: str) -> None:
        row, default = self._rows[name], self._form.defaults[name]
        if not row.field.isEnabled():
            return
        differs = row.field.value() != default
        row.show_value(default, is_default=True)
        if differs:
            row.field.target().setFocus()
            self.changed.emit(name, default)
