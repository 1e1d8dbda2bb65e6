"""The MCP servers and the files of functions: where each stands, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from desktop.base.visible_text import visible_line
from desktop.ui.common.availability import allow
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GRID
from desktop.viewmodels.tool_rows import SourceRow
from desktop.viewmodels.wording import worded

HEIGHT = 132
SHOWN_LINES = 6


class SourceList(QWidget):
    """Lists `SourceRow`s; below it what is wrong with the one that is chosen."""

    edit_clicked = Signal(str)
    """A server's name; empty: a new one."""
    remove_clicked = Signal(str)
    restart_clicked = Signal(str)
    switched = Signal(str, bool)
    secrets_clicked = Signal(str)
    """The server's secrets are to be moved to the keychain."""
    sign_in_clicked = Signal(str)
    """The user wants to sign in to the server, in the browser."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[SourceRow] = []
        self.list = QListWidget()
        self.list.setFixedHeight(HEIGHT)
        self.list.setAccessibleName(self.tr("MCP servers and functions"))
        self.empty = PlainLabel(
            self.tr("There are none yet. Add a server, or take over those of other programs.")
        )
        self.empty.setProperty("role", "muted")
        self.empty.setWordWrap(True)
        self.detail = PlainLabel()
        self.detail.setWordWrap(True)
        self.add = QPushButton(self.tr("Add…"))
        self.edit = QPushButton(self.tr("Edit…"))
        self.restart = QPushButton(self.tr("Restart"))
        self.switch = QPushButton(self.tr("Switch off"))
        self.remove = QPushButton(self.tr("Remove"))
        self.secrets = QPushButton(self.tr("Move its secrets to the keychain"))
        self.sign_in = QPushButton(self.tr("Sign in"))
        self._lay_out()
        self.list.currentRowChanged.connect(lambda _: self._show_chosen())
        self.add.clicked.connect(lambda: self.edit_clicked.emit(""))
        self.edit.clicked.connect(lambda: self.edit_clicked.emit(self._name()))
        self.restart.clicked.connect(lambda: self.restart_clicked.emit(self._name()))
        self.switch.clicked.connect(self._on_switch_clicked)
        self.remove.clicked.connect(lambda: self.remove_clicked.emit(self._name()))
        self.secrets.clicked.connect(lambda: self.secrets_clicked.emit(self._name()))
        self.sign_in.clicked.connect(lambda: self.sign_in_clicked.emit(self._name()))
        self.show_rows([])

    def show_rows(self, rows: Sequence[SourceRow]) -> None:
        """Show these; the chosen one stays chosen."""
        chosen = self.chosen
        self.rows = list(rows)
        while self.list.count() > len(self.rows):
            self.list.takeItem(self.list.count() - 1)
        for number, row in enumerate(self.rows):
            if number >= self.list.count():
                self.list.addItem(QListWidgetItem())
            words = f"{visible_line(row.name)} — {worded(row.state)}"
            item = self.list.item(number)
            if item.text() != words:
                item.setText(words)
        names = [(row.kind, row.name) for row in self.rows]
        if chosen and (chosen.kind, chosen.name) in names:
            self.list.setCurrentRow(names.index((chosen.kind, chosen.name)))
        elif self.rows and self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        self.list.setVisible(bool(self.rows))
        self.empty.setVisible(not self.rows)
        self._show_chosen()

    @property
    def chosen(self) -> SourceRow | None:
        """The one that is chosen."""
        row = self.list.currentRow()
        return self.rows[row] if 0 <= row < len(self.rows) else None

    def _name(self) -> str:
        return self.chosen.name if self.chosen else ""

    def _on_switch_clicked(self) -> None:
        if self.chosen:
            self.switched.emit(self.chosen.name, not self.chosen.enabled)

    def _show_chosen(self) -> None:
        row = self.chosen
        lines = [worded(problem) for problem in row.problems] if row else []
        if row and not row.good:
            lines += row.lines[-SHOWN_LINES:]
        self.detail.setText("\n".join(lines))
        self.detail.setProperty("role", "problem" if row and row.good is False else "muted")
        self.detail.style().polish(self.detail)
        self.detail.setVisible(bool(lines))
        is_server = row is not None and row.entry is not None
        why = "" if is_server else self.tr("Choose a server first")
        for button in (self.edit, self.switch, self.remove):
            allow(button, why)
        allow(self.restart, why or ("" if row and row.enabled else self.tr("The server is switched off")))
        self.switch.setText(self.tr("Switch off") if row is None or row.enabled else self.tr("Switch on"))
        self.secrets.setVisible(bool(row and row.secrets))
        self.sign_in.setVisible(bool(row and row.wants_sign_in))

    def _lay_out(self) -> None:
        self.secrets.setAutoDefault(False)
        self.sign_in.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for widget in (self.list, self.empty, self.detail):
            column.addWidget(widget)
        column.addWidget(self.sign_in, 0, Qt.AlignmentFlag.AlignLeft)
        # Two rows: in German one would be wider than the page.
        for row in ((self.add, self.edit, self.remove), (self.restart, self.switch)):
            buttons = QHBoxLayout()
            buttons.setSpacing(GRID)
            for button in row:
                button.setAutoDefault(False)
                buttons.addWidget(button)
            buttons.addStretch(1)
            column.addLayout(buttons)
        column.addWidget(self.secrets, 0, Qt.AlignmentFlag.AlignLeft)
