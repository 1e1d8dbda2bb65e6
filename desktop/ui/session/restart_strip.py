"""The line that names what needs a new session, and the button that opens one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from desktop.ui.common.plain_text import PlainLabel, set_tip
from desktop.ui.common.theme import GRID, INSET
from desktop.viewmodels.chosen_options import ChosenOptions, PendingRestart
from desktop.viewmodels.wording import worded


class RestartStrip(QFrame):
    """Shown while a choice can't be changed in the open session."""

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "question")
        self._waits, self._possible = False, True
        self._words = PlainLabel()
        self._words.setWordWrap(True)
        self._button = QPushButton(self.tr("Restart and continue"))
        set_tip(self._button, self.tr("Opens a new session. What was said so far is carried over."))
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self)
        self._words.setContentsMargins(0, GRID // 2, 0, GRID // 2)
        row.setContentsMargins(INSET, GRID // 2, GRID // 2, GRID // 2)
        row.addWidget(self._words, 1)
        row.addWidget(self._button)
        self._button.clicked.connect(self.clicked)
        self.hide()

    @property
    def text(self) -> str:
        """The displayed sentence."""
        return self._words.text()

    def offer(self, waiting: PendingRestart | None) -> None:
        """Name the changes that a restart would apply; None hides the line."""
        if waiting is not None:
            self._words.setText(self._sentence(waiting.chosen, waiting.names))
        self._waits = waiting is not None
        self.setVisible(self._waits and self._possible)

    def show_possible(self, possible: bool) -> None:
        """Whether the restart would open a session; while it wouldn't, it isn't offered."""
        self._possible = possible
        self.setVisible(self._waits and possible)

    def _sentence(self, chosen: ChosenOptions, names: tuple[str, ...]) -> str:
        match names:
            case ("model",):
                return self.tr("{0} needs a new session; the conversation continues.").format(
                    worded(chosen.model.name)
                )
            case ("voice",):
                return self.tr("The voice {0} needs a new session; the conversation continues.").format(
                    chosen.voice
                )
            case ("turn_mode",):
                return self.tr("This kind of turn taking needs a new session; the conversation continues.")
            case ("effort",):
                return self.tr("A different effort needs a new session; the conversation continues.")
            case ("language",):
                return self.tr("A different language needs a new session.")
            case _:
                return self.tr("Your change needs a new session; the conversation continues.")
