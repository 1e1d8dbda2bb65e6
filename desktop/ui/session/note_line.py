"""One plain sentence at a time: hints, warnings and errors. And the questions of tools."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from desktop.base.message import Message
from desktop.turn.effects import Note
from desktop.ui.common import accessible
from desktop.ui.common.theme import GRID, INSET, tokens
from desktop.ui.session.note_action import NoteAction
from desktop.viewmodels.wording import worded

READ_MS = 400
"""How long a new question can't be answered: a double click on the one before must not answer it unread."""
LINE = 20
HINT_MS = 6_000
"""Hints go by themselves. Warnings and errors stay until the next word."""
COUNT_MS = 1_000


@accessible.described(lambda line: QAccessibleWidget(line, QAccessible.Role.AlertMessage))
class NoteLine(QWidget):
    """Shows the last note, its raw code in small, and the one thing that helps as a button.

    While the connection is tried again it says so instead, and then shows the note again.
    """

    acted = Signal(str)
    """The button was pressed: an `endings.Action`, or `now` for the next try."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._code = QLabel()
        self._code.setTextFormat(Qt.TextFormat.PlainText)
        self._code.setProperty("role", "code")
        self._action = NoteAction()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._text, 1)
        row.addWidget(self._code)
        row.addWidget(self._action)
        # The room of one line is kept, so that nothing moves when one comes.
        self.setMinimumHeight(LINE)
        self._note: Note | None = None
        self._fading = QTimer(self, singleShot=True, interval=HINT_MS)
        self._fading.timeout.connect(self.clear)
        self._retry = (0, 0)
        """Which try is the next, 0 for none, and in how many seconds."""
        self._counting = QTimer(self, interval=COUNT_MS)
        self._counting.timeout.connect(self._count)
        self._action.chosen.connect(self.acted)

    @property
    def text(self) -> str:
        """The sentence that is shown."""
        return self._text.text()

    def show_note(self, note: Note) -> None:
        """Show this note in its colour."""
        self._stop_counting()
        self._note = note
        self._show()
        accessible.announce(self, worded(note.message), urgent=note.kind != "hint")
        if note.kind == "hint":
            self._fading.start()
        else:
            self._fading.stop()

    def show_retrying(self, attempt: int, after_s: float) -> None:
        """Count down to the next try. The first is over before one has read it: it isn't told."""
        if attempt < 2:
            return
        self._fading.stop()
        self._retry = (attempt, math.ceil(after_s))
        self._show_retry()
        self._counting.start()

    def end_retrying(self) -> None:
        """There is a connection again, or nobody tries any more."""
        if not self._retry[0]:
            return
        self._stop_counting()
        if self._note and self._note.kind != "hint":
            self._show()
        else:
            self.clear()

    def clear_problem(self) -> None:
        """It works again: an error that is shown is over."""
        if self._note and self._note.kind == "error":
            self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self._note = None
        self._text.clear()
        self._code.clear()
        self._action.show_action("")
        self.setAccessibleName("")

    def _show(self) -> None:
        note = self._note
        if note is None:
            self._say("", "", tokens().muted)
            self._action.show_action("")
            return
        colours = tokens()
        colour = {"error": colours.rec, "warning": colours.warn}.get(note.kind, colours.muted)
        self._say(worded(note.message), note.code, colour)
        self._action.show_action(note.action, note.after_s)

    def _show_retry(self) -> None:
        attempt, left = self._retry
        progress = self.tr("Reconnecting: attempt {0}").format(attempt)
        if left > 0:
            progress = self.tr("Reconnecting: attempt {0} in {1} s").format(attempt, left)
            self._action.show_now()
        else:
            self._action.show_action("")
        self._say(progress, "", tokens().muted)

    def _say(self, sentence: str, code: str, colour: str) -> None:
        self._text.setStyleSheet(f"color: {colour};")
        self._text.setText(sentence)
        self._text.setAccessibleName(sentence)
        self._code.setText(code)
        self.setAccessibleName(f"{sentence} {code}".strip())

    def _count(self) -> None:
        attempt, left = self._retry
        self._retry = (attempt, left - 1)
        if left <= 1:
            self._counting.stop()
        self._show_retry()

    def _stop_counting(self) -> None:
        self._retry = (0, 0)
        self._counting.stop()


class QuestionBar(QFrame):
    """A tool's question, in the window: it takes no focus, so the talk key goes on working."""

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
            button.setEnabled(enabled)

    def _on_clicked(self, allowed: bool) -> None:
        self.answered.emit(self._question, allowed)
