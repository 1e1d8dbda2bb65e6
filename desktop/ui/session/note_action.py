"""The button beside a problem's sentence: it does what helps."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.protocol.endings import Action
from desktop.ui.common.availability import allow

TICK_MS = 1_000


class NoteAction(QPushButton):
    """Hidden while nothing helps. An action that helps only later counts down, disabled until then."""

    chosen = Signal(str)
    """The `endings.Action`, or `now`: the next try is to be made at once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "link")
        # Clicked, it must not take the focus: when it is gone the focus would go elsewhere.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._action = ""
        self._left = 0
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self.clicked.connect(lambda: self.chosen.emit(self._action))
        self.hide()

    def show_action(self, action: Action, after_s: float = 0.0) -> None:
        """Offer this action after so many seconds; an empty one hides the button."""
        self._show(action, math.ceil(after_s))

    def show_now(self) -> None:
        """Offer to make the next try at once."""
        self._show("now", 0)

    def _show(self, action: str, left: int) -> None:
        self._action, self._left = action, left
        if left > 0:
            self._timer.start()
        else:
            self._timer.stop()
        self._say()
        self.setVisible(bool(action))

    def _tick(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self._timer.stop()
        self._say()

    def _say(self) -> None:
        words = {
            "top_up": self.tr("Top up"),
            "reconnect": self.tr("Reconnect"),
            "add_key": self.tr("Add a key"),
            "change_key": self.tr("Change key"),
            "check_address": self.tr("Check address"),
            "choose_model": self.tr("Choose model"),
            "wait": self.tr("Try again"),
            "show_last": self.tr("Show it"),
            "undo_reset": self.tr("Undo"),
            "go_on": self.tr("Go on"),
            "use_successor": self.tr("Use its successor"),
            "now": self.tr("Try now"),
        }.get(self._action, "")
        if self._left > 0:
            words = self.tr("{0} in {1} s").format(words, self._left)
        self.setText(words)
        self.setAccessibleName(words)
        allow(self, self.tr("Trying earlier won't help") if self._left > 0 else "")
