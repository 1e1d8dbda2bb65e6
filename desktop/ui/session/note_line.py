"""One plain sentence at a time: hints, warnings and errors."""

from __future__ import annotations

import math

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.turn.effects import DisplayState, Note, Retrying
from desktop.ui.common import accessible
from desktop.ui.common.gathering import Gathering
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GRID, tokens
from desktop.ui.session.note_action import NoteAction
from desktop.viewmodels.note_board import CLOSED, NoteBoard
from desktop.viewmodels.wording import worded

LINE = 20
HINT_MS = 6_000
"""Hints disappear by themselves. Warnings and errors stay for as long as they are true."""
COUNT_MS = 1_000


@accessible.described(accessible.Alert)
class NoteLine(QWidget):
    """Shows the board's note, its raw code in small print, and a button that does what helps.

    While the connection is being retried it shows that and why instead, and afterwards the note again.
    """

    acted = Signal(str)
    """The button was pressed: an `endings.Action`, or `now` for the next try."""

    def __init__(self, board: NoteBoard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._text = PlainLabel()
        self._text.setWordWrap(True)
        self._code = PlainLabel()
        self._code.setProperty("role", "code")
        self._action = NoteAction()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._text, 1)
        row.addWidget(self._code)
        row.addWidget(self._action)
        self.setMinimumHeight(LINE)
        self.hide()
        self._note: Note | None = None
        self._added: Note | None = None
        """It was added, and isn't read out yet."""
        self._changes = Gathering(self._refresh, self)
        self._fading = QTimer(self, singleShot=True, interval=HINT_MS)
        self._fading.timeout.connect(self._on_read)
        self._retrying: Retrying | None = None
        self._left_s = 0
        """The seconds until the next try."""
        self._sends = False
        self._counting = QTimer(self, interval=COUNT_MS)
        self._counting.timeout.connect(self._count)
        self._action.chosen.connect(self.acted)
        board.added.connect(self._on_added)
        board.changed.connect(self._changes.change)

    @property
    def text(self) -> str:
        """The displayed sentence."""
        return self._text.text()

    def show_state(self, state: DisplayState) -> None:
        """Leave only what is true beside this state."""
        if state in CLOSED:
            self.end_retrying()
            self.show_sending(0)
        self._board.follow(state)

    def show_retrying(self, retrying: Retrying) -> None:
        """Count down to the next try. The first one is too short to read and isn't shown."""
        if retrying.attempt < 2:
            return
        self._fading.stop()
        self._retrying, self._left_s = retrying, math.ceil(retrying.after_s)
        self._show_retry()
        self._counting.start()

    def end_retrying(self) -> None:
        """The connection is back, or retrying has ended."""
        if self._retrying is not None:
            self._stop_counting()
            self._show_again()

    def show_sending(self, left_s: int) -> None:
        """Show how many seconds of what was said are still to be sent; 0: none any more."""
        if left_s:
            self._sends = True
            self._fading.stop()
            self._say(self.tr("Sending: {0} s of speech left").format(left_s), "", tokens().muted)
            self._action.show_action("")
        elif self._sends:
            self._sends = False
            self._show_again()

    def _on_added(self, note: Note) -> None:
        self._stop_counting()
        self._sends = False
        self._added = note

    def _refresh(self) -> None:
        if self._added is not None:
            accessible.announce(self, worded(self._added.message), urgent=self._added.kind != "hint")
            self._added = None
        note = self._board.shown
        if note is not self._note:
            self._note = note
            self._fading.stop()
            if note is not None and note.kind == "hint":
                self._fading.start()
            if self._retrying is None and not self._sends:
                self._show()

    def _on_read(self) -> None:
        if self._note is not None:
            self._board.remove(self._note)

    def _show_again(self) -> None:
        if self._note is not None and self._note.kind == "hint":
            self._board.remove(self._note)
        self._show()

    def _show(self) -> None:
        note = self._note
        if note is None:
            self._action.show_action("")
            self._say("", "", tokens().muted)
            return
        colours = tokens()
        colour = {"error": colours.rec, "warning": colours.warn}.get(note.kind, colours.muted)
        self._say(worded(note.message), note.code, colour)
        self._action.show_action(note.action, note.after_s)

    def _show_retry(self) -> None:
        retrying = self._retrying
        if retrying is None:
            return
        progress = self.tr("Reconnecting: attempt {0}").format(retrying.attempt)
        if self._left_s > 0:
            progress = self.tr("Reconnecting: attempt {0} in {1} s").format(retrying.attempt, self._left_s)
            self._action.show_now()
        else:
            self._action.show_action("")
        if retrying.message:
            progress = f"{worded(retrying.message)} {progress}"
        self._say(progress, retrying.code, tokens().muted)

    def _say(self, sentence: str, code: str, colour: str) -> None:
        self._text.setStyleSheet(f"color: {colour};")
        self._text.setText(sentence)
        self._text.setAccessibleName(sentence)
        self._code.setText(code)
        self.setAccessibleName(f"{sentence} {self._code.text()}".strip())
        self._take_room()

    def _take_room(self) -> None:
        if self.parentWidget() is not None:
            self.setVisible(bool(self._text.text()))

    def _count(self) -> None:
        self._left_s -= 1
        if self._left_s <= 0:
            self._counting.stop()
        self._show_retry()

    def _stop_counting(self) -> None:
        self._retrying = None
        self._counting.stop()
