"""One plain sentence at a time: hints, warnings and errors. And the questions of tools."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from desktop.protocol.effects import Note
from desktop.ui.theme import GRID, INSET, tokens

HINT_MS = 6_000
"""Hints go by themselves. Warnings and errors stay until the next word."""


class NoteLine(QWidget):
    """Shows the last note, its raw code in small."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._code = QLabel()
        self._code.setProperty("role", "code")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._text, 1)
        row.addWidget(self._code)
        self._fading = QTimer(self)
        self._fading.setSingleShot(True)
        self._fading.setInterval(HINT_MS)
        self._fading.timeout.connect(self.clear)

    @property
    def text(self) -> str:
        """The sentence that is shown."""
        return self._text.text()

    def show_note(self, note: Note) -> None:
        """Show this note in its colour."""
        colours = tokens()
        colour = {"error": colours.rec, "warning": colours.warn}.get(note.kind, colours.muted)
        self._text.setStyleSheet(f"color: {colour};")
        self._text.setText(note.text)
        self._text.setAccessibleName(note.text)
        self._code.setText(note.code)
        if note.kind == "hint":
            self._fading.start()
        else:
            self._fading.stop()

    def clear(self) -> None:
        """Show nothing."""
        self._text.clear()
        self._code.clear()


class QuestionBar(QFrame):
    """A tool's question, in the window: it takes no focus, so the talk key goes on working."""

    answered = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "question")
        self._text = QLabel()
        self._text.setWordWrap(True)
        deny = QPushButton(self.tr("Don't allow"))
        allow = QPushButton(self.tr("Allow once"))
        row = QHBoxLayout(self)
        row.setContentsMargins(INSET, GRID, INSET, GRID)
        row.addWidget(self._text, 1)
        row.addWidget(deny)
        row.addWidget(allow)
        deny.clicked.connect(lambda: self.answered.emit(False))
        allow.clicked.connect(lambda: self.answered.emit(True))
        self.hide()

    def ask(self, question: str) -> None:
        """Show a question."""
        self._text.setText(question)
        self.show()
