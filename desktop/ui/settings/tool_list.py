"""All tools: whether each may run, what it is said to do, its schema, and a call of it by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.base.visible_text import visible_line
from desktop.ui.common import accessible
from desktop.ui.common.availability import allow
from desktop.ui.common.json_tree import JsonTree
from desktop.ui.common.picker import Picker
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GRID
from desktop.viewmodels.tool_rows import MANY, ToolRow

HEIGHT, TREE_HEIGHT = 160, 180
LONGEST_ARGUMENTS = 20_000


class ToolList(QWidget):
    """Lists `ToolRow`s; below it the one that is chosen."""

    permission_chosen = Signal(str, str)
    """A tool's name, and "always", "ask" or "never"."""
    run_requested = Signal(str, str)
    """A tool's name, and its arguments as they were typed. Answer with `show_result` or `show_problem`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[ToolRow] = []
        self.count = PlainLabel()
        self.count.setWordWrap(True)
        self.list = QListWidget()
        self.list.setFixedHeight(HEIGHT)
        self.list.setAccessibleName(self.tr("All tools"))
        self.description = PlainLabel()
        self.description.setWordWrap(True)
        self.permission = Picker()
        for value, words in (
            ("always", self.tr("Always allow")),
            ("ask", self.tr("Ask each time")),
            ("never", self.tr("Never allow")),
        ):
            self.permission.addItem(words, value)
        accessible.name_control(self.permission, self.tr("Whether the tool may run"))
        self.schema = JsonTree(self.tr("The tool's arguments"))
        self.schema.setFixedHeight(TREE_HEIGHT)
        self.arguments = QLineEdit("{}")
        self.arguments.setMaxLength(LONGEST_ARGUMENTS)
        self.arguments.setAccessibleName(self.tr("Arguments as JSON"))
        self.run = QPushButton(self.tr("Try it"))
        self.run.setAutoDefault(False)
        self.result = PlainLabel()
        self.result.setWordWrap(True)
        self._lay_out()
        self.list.currentRowChanged.connect(lambda _: self._show_chosen())
        self.permission.activated.connect(self._on_permission_chosen)
        self.run.clicked.connect(self._on_run_clicked)
        self.arguments.returnPressed.connect(self.run.click)
        self.show_rows([])

    @property
    def chosen(self) -> ToolRow | None:
        """The one that is chosen."""
        row = self.list.currentRow()
        return self.rows[row] if 0 <= row < len(self.rows) else None

    def show_rows(self, rows: Sequence[ToolRow]) -> None:
        """Show these; the chosen one stays chosen."""
        chosen = self.chosen
        before, self.rows = self.rows, list(rows)
        if [row.name for row in before] != [row.name for row in self.rows]:
            self.list.clear()
            for row in self.rows:
                self.list.addItem(QListWidgetItem(visible_line(row.name)))
            names = [row.name for row in self.rows]
            if names:
                self.list.setCurrentRow(names.index(chosen.name) if chosen and chosen.name in names else 0)
        given = sum(row.permission != "never" for row in self.rows)
        words = self.tr("The assistant is given {0} tools.").format(given)
        if given > MANY:
            words += " " + self.tr("With more than {0} it often chooses the wrong one.").format(MANY)
        self.count.setText(words)
        if self.chosen != chosen or not self.rows:
            self._show_chosen()

    def show_problem(self, words: str) -> None:
        """Say why the call can't be made."""
        self._say(words, good=False)

    def show_result(self, name: str, words: str, good: bool) -> None:
        """Show how a call of this tool ended."""
        if self.chosen and self.chosen.name == name:
            self._say(words, good=good)

    def _say(self, words: str, *, good: bool) -> None:
        self.result.setText(words)
        self.result.setProperty("role", "muted" if good else "problem")
        self.result.style().polish(self.result)
        self.result.setVisible(bool(words))

    def _show_chosen(self) -> None:
        row = self.chosen
        self.result.hide()
        for widget in (self.description, self.schema, self.arguments, self.run, self.permission):
            widget.setVisible(row is not None)
        if row is None:
            return
        lines = [row.description]
        if row.source:
            lines.append(self.tr("From {0}").format(visible_line(row.source)))
        if row.claims:
            claims = ", ".join(row.claims)
            lines.append(self.tr("Its server says: {0}. That may be untrue.").format(claims))
        if row.dropped:
            dropped = "; ".join(row.dropped)
            lines.append(self.tr("Left out of its schema for the model: {0}").format(dropped))
        self.description.setText("\n".join(filter(None, lines)))
        self.permission.setCurrentIndex(self.permission.findData(row.permission))
        why = self.tr("Built-in tools do no harm, or ask you first") if row.fixed else ""
        allow(self.permission, why)
        self.schema.show_value(_plain(row.schema))

    def _on_permission_chosen(self) -> None:
        if self.chosen:
            self.permission_chosen.emit(self.chosen.name, str(self.permission.currentData()))

    def _on_run_clicked(self) -> None:
        if self.chosen:
            self._say("", good=True)
            self.run_requested.emit(self.chosen.name, self.arguments.text())

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.setSpacing(GRID)
        below.addWidget(self.arguments, 1)
        below.addWidget(self.run)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for widget in (self.count, self.list, self.permission, self.description, self.schema):
            column.addWidget(widget)
        column.addLayout(below)
        column.addWidget(self.result)


def _plain(schema: Any) -> Any:
    return (
        dict(schema.get("properties") or {}) if isinstance(schema.get("properties"), dict) else dict(schema)
    )
