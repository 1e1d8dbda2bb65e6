"""Requests to a running program from outside: show the window, open the microphone, connect."""

from __future__ import annotations

import math
import os
import time
from typing import Any

from PySide6.QtCore import Qt, QTimer

from desktop.app import shared_clock
from desktop.conversation.session_controller import SessionController
from desktop.ui.talk.talk_latch import TalkLatch
from desktop.ui.window.main_window import MainWindow

ACTIVATION = "XDG_ACTIVATION_TOKEN"
"""Wayland's permission to come to the front, which it gives to the program that was started."""

LONGEST_TOKEN = 1_000
"""Characters. Compositors give some fifty."""
LONG_STALL_S = 0.3
"""A program that was stopped for longer may have to hear of a key-up that was struck meanwhile."""
COMES_MS = 2_000
"""How long that takes: each key stroke starts a process. What was said is sent so much later then."""
OLDEST_S = 3_600.0
"""A key that seems to have been struck longer ago was struck by another clock."""


class RemoteControl:
    """Serves the keys of a window manager, and a second start of the program."""

    def __init__(self, window: MainWindow, controller: SessionController, latch: TalkLatch) -> None:
        self._window = window
        self._controller = controller
        self._latch = latch
        self._released_at = 0.0
        self._opened = False
        """Whether the last take was opened from outside."""
        self._doubts = False

    def handle(self, message: dict[str, Any]) -> str:
        """Do what is asked; the answer is what went wrong, an empty string if nothing did."""
        self._controller.struck_at = _made_at(message)
        try:
            return self._do(message)
        finally:
            self._controller.struck_at = None

    def doubt(self, since: float) -> None:
        """Nothing was done since this time of `time.monotonic`: the key may have gone up meanwhile."""
        held = self._opened and self._controller.listens and not self._controller.policy.hands_free
        if held and not self._doubts and time.monotonic() - since > LONG_STALL_S:
            self._doubts = True
            self._controller.hold_sound(since)
            QTimer.singleShot(COMES_MS, self._settle)

    def _settle(self) -> None:
        self._doubts = False
        self._controller.release_sound()

    def _do(self, message: dict[str, Any]) -> str:
        match message:
            case {"do": "show"}:
                self._show(message)
            case {"do": "ptt", "how": "down"}:
                # Each key stroke starts a process, and the later one may be the first to arrive. Their clock
                # counts steps of 10 ms; of two in the same step the key-up is taken for the later one.
                struck = _at(message, math.inf)
                if struck <= self._released_at:
                    return ""
                problem = self._press()
                self._latch.hold_outside(self._controller.listens and not self._controller.policy.hands_free)
                return problem
            case {"do": "ptt", "how": "up"}:
                self._released_at = max(self._released_at, _at(message, 0.0))
                self._latch.hold_outside(False)
                if not self._latch.held:  # else the take ends with the window's key or button
                    self._controller.release()
            case {"do": "ptt", "how": "toggle"}:
                if not self._controller.listens or self._controller.policy.hands_free:
                    return self._press()
                self._controller.release()
            case {"do": "connect"}:
                if not self._controller.connected:
                    self._controller.toggle_session()
            case _:
                return "This Presstalk doesn't know that request. Close it and start the newer one."
        return ""

    def _press(self) -> str:
        controller = self._controller
        listened = controller.listens
        controller.press()
        self._opened = self._opened if listened else controller.listens
        if not controller.connected:
            return "The microphone is not open: Presstalk isn't connected. Run `presstalk connect` first."
        if controller.listens or controller.policy.hands_free:
            return ""
        return "The microphone is not open: Presstalk's window says why."

    def _show(self, message: dict[str, Any]) -> None:
        for name in ("agent", "model", "voice"):
            if value := str(message.get(name) or ""):
                self._controller.choose(name, value)
        token = str(message.get("token") or "")
        if token and token.isprintable() and len(token) <= LONGEST_TOKEN:
            os.environ[ACTIVATION] = token
        if message.get("hidden"):
            return
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()


def _made_at(message: dict[str, Any]) -> float:
    """When the key was struck, in seconds of `time.monotonic`; now if the request doesn't say."""
    age = shared_clock.now() - _at(message, math.inf)
    return time.monotonic() - (age if 0.0 <= age <= OLDEST_S else 0.0)


def _at(message: dict[str, Any], default: float) -> float:
    """When the key was struck, by the clock of `shared_clock.started_at`."""
    at = message.get("at")
    return float(at) if isinstance(at, int | float) else default
