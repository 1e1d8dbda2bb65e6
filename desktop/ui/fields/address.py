"""The field for a URL."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from desktop.ui.common.clear_button import offer_clearing
from desktop.ui.fields.field import Field

LONGEST = 2_000
"""Characters; the rest of a paste is cut off."""


class AddressField(Field):
    """Edits a str; `edited` is emitted when it is entered or the field is left."""

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = QLineEdit()
        self._line.setPlaceholderText(placeholder)
        self._line.setMaxLength(LONGEST)
        offer_clearing(self._line)
        self._emitted = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._line)
        self._line.editingFinished.connect(self.finish)

    def value(self) -> str:
        return self._line.text().strip()

    def show_value(self, value: object) -> None:
        self._emitted = value if isinstance(value, str) else ""
        self._line.setText(self._emitted)

    def finish(self) -> None:
        if self.value() != self._emitted:
            self._emitted = self.value()
            self.edited.emit(self._emitted)

    def target(self) -> QWidget:
        return self._line
