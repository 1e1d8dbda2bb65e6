"""The editor of one MCP server: its name, its command or address, its variables or headers."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop.ui.common.availability import allow
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GRID
from desktop.viewmodels.tool_rows import ServerEntry

VALUES_HEIGHT = 72
LONGEST_NAME, LONGEST_LINE = 64, 20_000


class ServerEditor(QWidget):
    """Edits a `ServerEntry`; whoever gets it says whether it can be used."""

    entered = Signal(ServerEntry, str)
    """What was typed, and what the server was called before; empty for a new one."""
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before = ""
        self.name, self.line, self.values = QLineEdit(), QLineEdit(), QPlainTextEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.line.setMaxLength(LONGEST_LINE)
        self.line.setPlaceholderText("uvx mcp-server-time")
        self.values.setFixedHeight(VALUES_HEIGHT)
        self.values.setTabChangesFocus(True)
        self.values.setPlaceholderText("API_KEY=${keychain:my-key}")
        self.save, self.cancel = QPushButton(self.tr("Save server")), QPushButton(self.tr("Cancel"))
        self.save.setProperty("role", "primary")
        self._lay_out()
        for field in (self.name, self.line):
            field.textChanged.connect(lambda _: self._allow_save())
        self.save.clicked.connect(self._on_save_clicked)
        self.cancel.clicked.connect(self.cancelled)
        self._allow_save()

    def edit(self, entry: ServerEntry | None) -> None:
        """Edit this one; None: a new one."""
        self._before = entry.name if entry else ""
        self.name.setText(entry.name if entry else "")
        self.line.setText(entry.line if entry else "")
        self.values.setPlainText(entry.values if entry else "")
        self.name.setFocus()

    def _allow_save(self) -> None:
        typed = self.name.text().strip() and self.line.text().strip()
        allow(self.save, "" if typed else self.tr("Give the server a name, and a command or an address"))

    def _on_save_clicked(self) -> None:
        entry = ServerEntry(self.name.text(), self.line.text(), self.values.toPlainText()[:LONGEST_LINE])
        self.entered.emit(entry, self._before)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for words, field in (
            (self.tr("Name"), self.name),
            (self.tr("Command, or address that begins with https://"), self.line),
            (self.tr("Variables (NAME=value) or headers (Name: value), one per line"), self.values),
        ):
            label = PlainLabel(words)
            label.setBuddy(field)
            label.setWordWrap(True)
            field.setAccessibleName(words)
            column.addWidget(label)
            column.addWidget(field)
        hint = PlainLabel(
            self.tr("For a secret write ${keychain:NAME} or ${VARIABLE}. The server runs as you.")
        )
        hint.setProperty("role", "muted")
        hint.setWordWrap(True)
        column.addWidget(hint)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for button in (self.save, self.cancel):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addLayout(buttons)
