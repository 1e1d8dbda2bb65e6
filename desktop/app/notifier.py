"""Tells by the desktop what happens while the window is hidden: the end of an answer, and errors."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.base.message import Message, Text
from desktop.turn.effects import Note
from desktop.viewmodels.response_end import ResponseEnd
from desktop.viewmodels.wording import worded

if TYPE_CHECKING:  # imported when there is something to tell
    from desktop.system.notifications import Notifications

ANSWERED = Text("notify-answered", "The assistant has answered.")
TITLE = "Presstalk"


class Notifier(QObject):
    """Shows notifications while `wanted`. `close` it at the end.

    Args:
        wanted: whether the user wants them now: the setting, and nothing of the program's is seen.
        by_tray: shows one by the tray's icon, where the system has no other.
    """

    clicked = Signal()

    def __init__(
        self,
        wanted: Callable[[], bool],
        by_tray: Callable[[str, str], None],
        parent: QObject | None = None,
        bus: str = "SESSION",
    ) -> None:
        super().__init__(parent)
        self._wanted = wanted
        self._by_tray = by_tray
        self._bus = bus
        self._desktop: Notifications | None = None

    def on_response_ended(self, end: ResponseEnd) -> None:
        """An answer is over. What it said isn't told: others may see the screen."""
        if end.outcome == "complete":
            self._tell(ANSWERED())

    def on_note_added(self, note: Note) -> None:
        """The window shows a note."""
        if note.kind == "error":
            self._tell(note.message)

    def close(self) -> None:
        """Wait for no click any more."""
        if self._desktop:
            self._desktop.close()
            self._desktop = None

    def _tell(self, message: Message) -> None:
        if not self._wanted():
            return
        words = worded(message)
        if sys.platform != "linux":
            self._by_tray(TITLE, words)
            return
        if self._desktop is None:
            from desktop.system.notifications import Notifications

            self._desktop = Notifications(self._bus, self)
            self._desktop.clicked.connect(self.clicked)
        self._desktop.show(TITLE, words)
