"""What an empty conversation says: what to do first."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop.turn.effects import DisplayState
from desktop.ui.transcript.transcript_view import TranscriptView
from desktop.viewmodels import shortcuts
from desktop.viewmodels.chosen_options import ChosenOptions
from desktop.viewmodels.note_board import CLOSED
from desktop.viewmodels.wording import key_words


class Invitation(QObject):
    """Says only what is still to be done: who is connected isn't told to connect."""

    def __init__(self, view: TranscriptView) -> None:
        super().__init__(view)
        self._view = view
        self._connected = False
        self._by_key = True
        self._show()

    def show_state(self, state: DisplayState) -> None:
        """There is a session, or none."""
        self._connected = state not in CLOSED
        self._show()

    def show_choice(self, choice: ChosenOptions) -> None:
        """The talk key says when a turn begins and ends, or the service does."""
        self._by_key = choice.turn_mode == "push_to_talk"
        self._show()

    def _show(self) -> None:
        if self._by_key:
            held = (
                self.tr("Hold {0} and speak.") if self._connected else self.tr("Connect, hold {0} and speak.")
            )
            words = held.format(key_words(shortcuts.TALK))
        else:
            words = self.tr("Speak whenever you like.") if self._connected else self.tr("Connect and speak.")
        words += "\n" + self.tr("What you and the assistant say appears here.")
        if words != self._view.empty_words:
            self._view.empty_words = words
            self._view.viewport().update()
