"""Other programs' MCP servers, to be chosen from; what can't be taken is there with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.base.visible_text import visible_line
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GRID
from desktop.ui.common.tick_delegate import TickDelegate
from desktop.viewmodels.tool_rows import ImportRow
from desktop.viewmodels.wording import worded

HEIGHT = 160


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
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(TickDelegate(self.list))
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
            words = f"{row.program}: {visible_line(row.name)}" if row.name else row.program
            words += f" — {worded(row.problem) if row.problem else visible_line(row.line)}"
            item = QListWidgetItem(words)
            if row.problem is None:
                item.setCheckState(Qt.CheckState.Unchecked)
            else:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
            self.list.addItem(item)

    def _on_take_clicked(self) -> None:
        ticked = [
            (row.program, row.name)
            for number, row in enumerate(self._rows)
            if row.problem is None and self.list.item(number).checkState() == Qt.CheckState.Checked
        ]
        self.chosen.emit(ticked)
