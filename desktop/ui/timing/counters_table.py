"""The counters of the streams and the connection."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GAP, GRID
from desktop.ui.timing.value_label import ROW_GAP, value_label

WIDEST = "44.1 kHz"
"""What a value's column has room for before there is one."""


class CountersTable(QWidget):
    """Names and values, in one column or two."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(GRID, 0, GRID, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(ROW_GAP)
        self._columns = 2
        self._labels: list[tuple[PlainLabel, PlainLabel]] = []
        self._folded = False
        self.hide()

    def show_pairs(self, pairs: list[tuple[str, str]]) -> None:
        """Show these pairs; the labels are reused while there are as many."""
        if len(pairs) != len(self._labels):
            for name, value in self._labels:
                name.deleteLater()
                value.deleteLater()
            self._labels = [(PlainLabel(), value_label(widest=WIDEST)) for _ in pairs]
            for name, _ in self._labels:
                name.setProperty("role", "muted")
            self._place()
        for (name, value), (word, counted) in zip(self._labels, pairs, strict=True):
            name.setText(word)
            value.setText(counted)
            value.setAccessibleName(f"{word}: {counted}")
        self.setVisible(bool(pairs) and not self._folded)

    def fold(self, folded: bool) -> None:
        """Hide to make room, or show again."""
        self._folded = folded
        self.setVisible(bool(self._labels) and not folded)

    def set_columns(self, columns: int) -> None:
        """Arrange the pairs in so many columns."""
        if columns != self._columns:
            self._columns = columns
            self._place()

    def _place(self) -> None:
        for i, (name, value) in enumerate(self._labels):
            row, column = divmod(i, self._columns)
            self._grid.addWidget(name, row, 2 * column)
            self._grid.addWidget(value, row, 2 * column + 1)
            self._grid.setColumnStretch(2 * column + 1, 1)
