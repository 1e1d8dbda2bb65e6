"""A tool's question to the user before it acts."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QWidget

from desktop.base.message import Message
from desktop.ui.common import accessible
from desktop.ui.common.availability import allow
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GRID, INSET
from desktop.viewmodels.wording import worded

READ_MS = 400
"""How long a new question can't be answered: a double click on the one before must not answer it unread."""


class QuestionBar(QFrame):
    """A tool's question, in the window: it takes no focus, so the talk key still works."""

    answered = Signal(Message, bool)
    """The question, and whether it was allowed."""
    all_denied = Signal()
    """This question and those that wait are answered with no."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "question")
        self._question: Message | None = None
        self._text = PlainLabel()
        self._text.setWordWrap(True)
        deny = QPushButton(self.tr("Don't allow"))
        self._allow = allow = QPushButton(self.tr("Allow once"))
        self._deny_all = QPushButton()
        row = QHBoxLayout(self)
        self._text.setContentsMargins(0, GRID // 2, 0, GRID // 2)
        row.setContentsMargins(INSET, GRID // 2, GRID // 2, GRID // 2)
        row.addWidget(self._text, 1)
        row.addWidget(self._deny_all)
        row.addWidget(deny)
        row.addWidget(allow)
        self._buttons = (self._deny_all, deny, allow)
        self._deny_all.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._deny_all.clicked.connect(self.all_denied)
        for button, allowed in ((deny, False), (allow, True)):
            # Clicked, it must not take the focus: when it is gone the focus would go to the text line.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, allowed=allowed: self._on_clicked(allowed))
        self._reading = QTimer(self, singleShot=True, interval=READ_MS)
        self._reading.timeout.connect(lambda: self._enable(True))
        self.count(0, once=True)
        self.hide()

    def count(self, waiting: int, once: bool) -> None:
        """So many questions come after the next one that is shown, whose yes holds `once` or is
        remembered."""
        self._allow.setText(self.tr("Allow once") if once else self.tr("Allow"))
        self._deny_all.setText(self.tr("Deny all {0}").format(waiting + 1))
        self._deny_all.setVisible(waiting > 0)

    def ask(self, question: Message) -> None:
        """Show a question. One with the words of the last is another one, and can't be answered at once
        either."""
        sentence, hidden = worded(question), self.isHidden()
        if hidden or question is not self._question:
            self._enable(False)
            # For a slow hand the double click is what the system says it is.
            self._reading.start(max(READ_MS, QApplication.doubleClickInterval()))
        if hidden or question != self._question:
            accessible.announce(self, sentence, urgent=True)
        self._question = question
        self._text.setText(sentence)
        self.show()

    def _enable(self, enabled: bool) -> None:
        for button in self._buttons:
            allow(button, "" if enabled else self.tr("One moment: read the question first"))

    def _on_clicked(self, allowed: bool) -> None:
        self._enable(False)  # this one is answered
        self.answered.emit(self._question, allowed)
