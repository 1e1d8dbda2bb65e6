"""Other programs' MCP servers, to be chosen from; what can't be taken is there with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from desktop.base.visible_text import unmasked, visible_line
from desktop.ui.common.plain_text import PlainLabel, cut
from desktop.ui.common.theme import GRID
from desktop.viewmodels.tool_rows import ImportRow
from desktop.viewmodels.wording import worded

HEIGHT = 160
LONGEST_LINE = 2_000
"""Characters of a command line or an address. A longer one can't be read here, and so not be ticked."""


class ImportPanel(QWidget):
    """Lists `ImportRow`s."""

    chosen = Signal(list)
    """The program and the name of each server to be taken over."""
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ImportRow] = []
        self.list = QListWidget()
        self.list.setFixedHeight(HEIGHT)
        self.list.setWordWrap(True)
        self.list.setAccessibleName(self.tr("Servers of other programs"))
        self.take = QPushButton(self.tr("Take over the ticked ones"))
        self.take.setProperty("role", "primary")
        self.cancel = QPushButton(self.tr("Cancel"))
        about = PlainLabel(self.tr("Each of them is a program that runs as you. Tick those you trust."))
        about.setProperty("role", "muted")
        about.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for button in (self.take, self.cancel):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(about)
        column.addWidget(self.list)
        column.addLayout(buttons)
        self.take.clicked.connect(self._on_take_clicked)
        self.cancel.clicked.connect(self.cancelled)

    def show_rows(self, rows: Sequence[ImportRow]) -> None:
        """Show these."""
        self._rows = list(rows)
        self.list.clear()
        for row in self._rows:
            item = QListWidgetItem(self._words(row))
            if _can_be_taken(row):
                item.setCheckState(Qt.CheckState.Unchecked)
            else:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
            self.list.addItem(item)

    def _words(self, row: ImportRow) -> str:
        program = visible_line(row.program)
        server = f"{program}: {unmasked(row.name)}" if row.name else program
        if row.problem:
            return f"{server} — {worded(row.problem)}"
        line = unmasked(cut(row.line, LONGEST_LINE))
        if not _can_be_taken(row):
            line += " " + self.tr("It is too long to be read here: add it by hand.")
        return f"{server} — {line}"

    def _on_take_clicked(self) -> None:
        ticked = [
            (row.program, row.name)
            for number, row in enumerate(self._rows)
            if _can_be_taken(row) and self.list.item(number).checkState() == Qt.CheckState.Checked
        ]
        self.chosen.emit(ticked)


def _can_be_taken(row: ImportRow) -> bool:
    return row.problem is None and len(row.line) <= LONGEST_LINE
