"""One setting: its name, a hint, its field, what is wrong with it, and a button for the default."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desktop.ui.common.availability import allow
from desktop.ui.common.icon_button import IconButton
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GRID, INSET
from desktop.ui.fields.field import Field

NAME_WIDTH = 120
"""The least width of the text; a narrow field is at its right."""


class SettingRow(QWidget):
    """A narrow field is beside its name, a wide one below it."""

    reset_clicked = Signal()

    def __init__(
        self, label: str, hint: str, field: Field, *, wide: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.field = field
        self._hint = PlainLabel(hint)
        self._hint.setProperty("role", "muted")
        self._hint.setWordWrap(True)
        self._hint.setVisible(bool(hint))
        self._default_hint = hint
        self._problem = PlainLabel()
        self._problem.setProperty("role", "problem")
        self._problem.setWordWrap(True)
        self._problem.hide()
        self._reset = IconButton("reset", self.tr("Reset {0} to the default").format(label))
        kept = self._reset.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(kept)
        self._reset.hide()
        self._reset.clicked.connect(self.reset_clicked)
        name = PlainLabel(label)
        name.setBuddy(field.target())
        self._label = label
        field.set_name(label, hint)
        self._lay_out(name, wide)

    def show_value(self, value: object, *, is_default: bool) -> None:
        """Show this valid value."""
        self.field.show_value(value)
        self.settle(is_default=is_default)

    def settle(self, *, is_default: bool) -> None:
        """The field's value was accepted."""
        self._reset.setVisible(not is_default)
        self.show_problem("")

    def show_problem(self, words: str) -> None:
        """Show why the field's value was not accepted; an empty text: nothing is wrong."""
        self._problem.setText(words)
        self._problem.setVisible(bool(words))
        self._problem.setAccessibleName(words)
        if words:
            self._reset.show()

    def lock(self, why: str) -> None:
        """Make the field read-only, and show why; an empty reason lets it be changed again."""
        allow(self.field, why)
        allow(self._reset, why)
        self._hint.setText(why or self._default_hint)
        self._hint.setVisible(bool(self._hint.text()))
        self.field.set_name(self._label, self._hint.text())

    def _lay_out(self, name: PlainLabel, wide: bool) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(0, 1)
        if wide:
            grid.addWidget(name, 0, 0)
            grid.addWidget(self._hint, 1, 0)
            grid.addWidget(self._reset, 0, 1, 2, 1, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(self.field, 2, 0, 1, 2)
            grid.addWidget(self._problem, 3, 0, 1, 2)
            return
        grid.setColumnMinimumWidth(0, NAME_WIDTH)
        grid.setHorizontalSpacing(INSET)
        words = QVBoxLayout()
        words.setSpacing(GRID // 2)
        # Centred by stretches: an alignment would cut a hint that takes more lines than Qt expects.
        words.addStretch(1)
        words.addWidget(name)
        words.addWidget(self._hint)
        words.addStretch(1)
        grid.addLayout(words, 0, 0)
        # The button is before the field, so that all fields, wide ones too, end at the page's edge.
        grid.addWidget(self._reset, 0, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.field, 0, 2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self._problem, 1, 0, 1, 3)
