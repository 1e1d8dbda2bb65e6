"""Resets all settings: asks first, says what goes and what stays, and can take it back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.ui.common import accessible
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GRID, INSET


class ResetBar(QFrame):
    """Hidden until it asks; afterwards it offers to undo the reset, for as long as that is possible."""

    confirmed = Signal()
    undo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "question")
        self._words = PlainLabel()
        self._words.setWordWrap(True)
        self._cancel = _button(self.tr("Cancel"))
        self._reset = _button(self.tr("Reset all"))
        self._undo = _button(self.tr("Undo"))
        self._asked_from: QWidget | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(INSET, GRID, INSET, GRID)
        column.setSpacing(GRID)
        column.addWidget(self._words)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addStretch(1)
        for button in (self._cancel, self._reset, self._undo):
            row.addWidget(button)
        column.addLayout(row)
        self._cancel.clicked.connect(self._leave)
        self._reset.clicked.connect(self.confirmed)
        self._undo.clicked.connect(self.undo_requested)
        self.hide()

    @property
    def text(self) -> str:
        """The displayed sentences."""
        return self._words.text()

    def ask(self) -> None:
        """Ask whether all settings are to be reset."""
        self._say(
            self.tr(
                "Reset everything on these pages to its default: address and tickets, your instructions, the "
                "turns, the devices and sounds, the look, the language, and what is kept and where?\n"
                "The key, the models and voices you chose in the window, and your conversations stay."
            )
        )
        if not self._has_focus():
            self._asked_from = self.window().focusWidget()
        self._offer(asks=True)
        self._cancel.setFocus()

    def show_undo(self, possible: bool) -> None:
        """The settings were reset, and this can be undone; or not any more."""
        had_focus = self._has_focus()
        if possible:
            self._say(
                self.tr(
                    "Everything on these pages is back to its default. You can undo that until you change "
                    "one of these settings or quit Presstalk."
                )
            )
            self._offer(asks=False)
            if had_focus:
                self._undo.setFocus()
        elif self._undo.isVisibleTo(self):
            self._leave()

    def _has_focus(self) -> bool:
        focus = self.window().focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def _leave(self) -> None:
        """Hide. The focus goes back to where it was: Qt would give it to the button after the bar."""
        had_focus = self._has_focus()
        self.hide()
        if had_focus and self._asked_from:
            self._asked_from.setFocus()

    def _say(self, words: str) -> None:
        self._words.setText(words)
        self.setAccessibleName(words)
        accessible.announce(self, words, urgent=False)

    def _offer(self, *, asks: bool) -> None:
        self._cancel.setVisible(asks)
        self._reset.setVisible(asks)
        self._undo.setVisible(not asks)
        self.show()


def _button(words: str) -> QPushButton:
    button = QPushButton(words)
    button.setAutoDefault(False)
    return button
