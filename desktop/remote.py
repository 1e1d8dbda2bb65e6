"""What a running program can be asked from outside: to show itself, to open the microphone, to connect."""

from __future__ import annotations

import os
from typing import Any

from PySide6.QtCore import Qt

from desktop.controller import Controller
from desktop.protocol.effects import State
from desktop.ui.main_window import MainWindow

ACTIVATION = "XDG_ACTIVATION_TOKEN"
"""The leave to come to the front, which Wayland gives to the program that was started."""


class Remote:
    """Does what a window manager's keys and a second start ask for."""

    def __init__(self, window: MainWindow, controller: Controller) -> None:
        self._window = window
        self._controller = controller

    def handle(self, message: dict[str, Any]) -> str:
        """Do it; what is to be said about it, empty when all is well."""
        match message:
            case {"do": "show"}:
                self._show(message)
            case {"do": "ptt", "how": "down"}:
                return self._press()
            case {"do": "ptt", "how": "up"}:
                self._controller.release()
            case {"do": "ptt", "how": "toggle"}:
                if self._controller.state is not State.LISTENING:
                    return self._press()
                self._controller.release()
            case {"do": "connect"}:
                if not self._controller.connected:
                    self._controller.toggle_session()
            case _:
                return "This Presstalk doesn't know how to do that. Close it and start the newer one."
        return ""

    def _press(self) -> str:
        self._controller.press()
        if self._controller.state is State.LISTENING:
            return ""
        return "The microphone is not open: Presstalk isn't connected. Run `presstalk connect` first."

    def _show(self, message: dict[str, Any]) -> None:
        for name in ("model", "voice"):
            if value := str(message.get(name) or ""):
                self._controller.choose(name, value)
        if token := str(message.get("token") or ""):
            os.environ[ACTIVATION] = token
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()
