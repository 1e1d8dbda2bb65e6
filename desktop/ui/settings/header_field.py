"""The header that a ticket address asks for. It may be a secret: a saved one is never shown again."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.base.message import Message
from desktop.ui.common.availability import allow
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GRID
from desktop.viewmodels.wording import worded

LONGEST = 8_200
"""Characters, a little more than is accepted, so that a text that is too long is refused and not cut."""


class HeaderField(QWidget):
    """A masked line. After `save_requested` or `delete_requested` it waits for `show_result`."""

    save_requested = Signal(str)
    delete_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._default_hint = self.tr("If it requires one. It is stored in this system's keychain.")
        self._hint = PlainLabel(self._default_hint)
        self._line = QLineEdit()
        self._line.setEchoMode(QLineEdit.EchoMode.Password)
        self._line.setMaxLength(LONGEST)
        self._line.setAccessibleName(self.tr("Ticket header"))
        self._line.setPlaceholderText(self.tr("Authorization: Bearer …"))
        self._words = PlainLabel()
        self._save = QPushButton(self.tr("Save header"))
        self._delete = QPushButton(self.tr("Remove header"))
        self._lay_out()
        self._line.textEdited.connect(self._on_edited)
        self._line.returnPressed.connect(self._save.click)
        self._save.clicked.connect(self._on_save_clicked)
        self._delete.clicked.connect(self._on_delete_clicked)
        self.show_kept("")
        self._say("", "muted")

    def show_kept(self, name: str) -> None:
        """Show the name of the header in use; empty without one."""
        self._delete.setVisible(bool(name))
        self._hint.setText(
            self.tr("{0} is sent with each request.").format(name) if name else self._default_hint
        )
        self._allow_save()

    def show_result(self, ok: bool, message: Message) -> None:
        """Show how a save or a removal ended. A header that was saved leaves the line."""
        if ok:
            self._line.clear()
        self._line.setReadOnly(False)
        allow(self._delete, "")
        self._allow_save()
        self._say(worded(message), "good" if ok else "problem")

    def _allow_save(self) -> None:
        allow(self._save, "" if self._line.text().strip() else self.tr("Paste a header first"))

    def _on_edited(self, text: str) -> None:
        self._allow_save()
        self._say("", "muted")

    def _on_save_clicked(self) -> None:
        self._wait()
        self.save_requested.emit(self._line.text())

    def _on_delete_clicked(self) -> None:
        self._wait()
        self.delete_requested.emit()

    def _wait(self) -> None:
        self._line.setReadOnly(True)
        self._line.setFocus()
        for button in (self._save, self._delete):
            allow(button, self.tr("One moment…"))

    def _say(self, words: str, tone: str) -> None:
        self._words.setText(words)
        self._words.setAccessibleName(words)
        self._words.setVisible(bool(words))
        self._words.setProperty("role", tone)
        self._words.style().polish(self._words)

    def _lay_out(self) -> None:
        name = PlainLabel(self.tr("Ticket header"))
        name.setBuddy(self._line)
        self._hint.setProperty("role", "muted")
        self._hint.setWordWrap(True)
        self._words.setWordWrap(True)
        typed = QHBoxLayout()
        typed.setSpacing(GRID)
        typed.addWidget(self._line, 1)
        for button in (self._save, self._delete):
            button.setAutoDefault(False)
            typed.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(name)
        column.addWidget(self._hint)
        column.addLayout(typed)
        column.addWidget(self._words)
