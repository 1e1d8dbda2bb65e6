"""One plain sentence at a time: hints, warnings and errors. And the questions of tools."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from desktop.protocol.effects import Note
from desktop.ui import accessible
from desktop.ui.theme import GRID, INSET, tokens

READ_MS = 400
"""How long a new question can't be answered: a double click on the one before must not answer it unread."""
LINE = 20
HINT_MS = 6_000
"""Hints go by themselves. Warnings and errors stay until the next word."""


@accessible.described(lambda line: QAccessibleWidget(line, QAccessible.Role.AlertMessage))
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
        # The room of one line is kept, so that nothing moves when one comes.
        self.setMinimumHeight(LINE)
        self._kind = ""
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
        self.setAccessibleName(f"{note.text} {note.code}".strip())
        accessible.announce(self, note.text, urgent=note.kind != "hint")
        self._kind = note.kind
        if note.kind == "hint":
            self._fading.start()
        else:
            self._fading.stop()

    def clear_problem(self) -> None:
        """It works again: an error that is shown is over."""
        if self._kind == "error":
            self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self._kind = ""
        self._text.clear()
        self._code.clear()
        self.setAccessibleName("")


class QuestionBar(QFrame):
    """A tool's question, in the window: it takes no focus, so the talk key goes on working."""

    answered = Signal(str, bool)
    """The question, and whether it was allowed."""

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
        self._buttons = (deny, allow)
        for button, allowed in ((deny, False), (allow, True)):
            # Clicked, it must not take the focus: when it is gone the focus would go to the text line.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, allowed=allowed: self._on_clicked(allowed))
        self._reading = QTimer(self, singleShot=True, interval=READ_MS)
        self._reading.timeout.connect(lambda: self._enable(True))
        self.hide()

    def ask(self, question: str) -> None:
        """Show a question."""
        if question != self._text.text() or self.isHidden():
            self._enable(False)
            self._reading.start()
            accessible.announce(self, question, urgent=True)
        self._text.setText(question)
        self.show()

    def _enable(self, enabled: bool) -> None:
        for button in self._buttons:
            button.setEnabled(enabled)

    def _on_clicked(self, allowed: bool) -> None:
        self.answered.emit(self._text.text(), allowed)
