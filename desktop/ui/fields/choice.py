"""The field for one of several values."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.base.visible_text import visible_line
from desktop.ui.common.picker import Picker
from desktop.ui.common.plain_text import set_tip, tip
from desktop.ui.fields.field import Field

WIDTH = 256


class ChoiceField(Field):
    """Edits a str out of a list. A value that isn't in the list is shown too, marked as missing."""

    def __init__(self, choices: Sequence[tuple[str, str]] = (), parent: QWidget | None = None) -> None:
        """`choices` are values and their names."""
        super().__init__(parent)
        self._box = Picker()
        self._box.setFixedWidth(WIDTH)
        self._choices = list(choices)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._box)
        self._fill("")
        self._box.activated.connect(lambda: self.edited.emit(self.value()))

    def show_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer these choices; the current value stays."""
        if list(choices) != self._choices:
            chosen = self.value()
            self._choices = list(choices)
            self._fill(chosen)

    def value(self) -> str:
        return str(self._box.currentData() or "")

    def show_value(self, value: object) -> None:
        self._fill(value if isinstance(value, str) else "")

    def target(self) -> QWidget:
        return self._box

    def _fill(self, chosen: str) -> None:
        self._box.clear()
        for value, name in self._choices:
            self._box.addItem(visible_line(name), value)
            self._box.setItemData(self._box.count() - 1, tip(name), Qt.ItemDataRole.ToolTipRole)
        row = self._box.findData(chosen)
        if row < 0 and chosen:
            self._box.addItem(self.tr("{0} (missing)").format(visible_line(chosen)), chosen)
            row = self._box.count() - 1
        self._box.setCurrentIndex(max(row, 0))
        set_tip(self._box, self._box.currentText())
