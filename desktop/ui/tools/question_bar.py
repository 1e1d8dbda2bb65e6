"""A tool's question to the user before it acts."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from desktop.base.message import Message
from desktop.ui.common import accessible
from desktop.ui.common.availability import allow
from desktop.ui.common.theme import GRID, INSET
from desktop.viewmodels.wording import worded

READ_MS = 400
"""How long a new question can't be answered: a double click on the one before must not answer it unread."""


class QuestionBar(QFrame):
    """A tool's question, in the window: it takes no focus, so the talk key still works."""

    answered = Signal(Message, bool)
    """The question, and whether it was allowed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "question")
        self._question: Message | None = None
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
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

    def ask(self, question: Message) -> None:
        """Show a question."""
        sentence = worded(question)
        if question != self._question or self.isHidden():
            self._enable(False)
            self._reading.start()
            accessible.announce(self, sentence, urgent=True)
        self._question = question
        self._text.setText(sentence)
        self.show()

    def _enable(self, enabled: bool) -> None:
        for button in self._buttons:
            allow(button, "" if enabled else self.tr("One moment: read the question first"))

    def _on_clicked(self, allowed: bool) -> None:
        self.answered.emit(self._question, allowed)
