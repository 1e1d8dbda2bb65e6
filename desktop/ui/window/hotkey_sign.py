"""The small sign of the talk key that works in all programs."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.base.hotkey import Way
from desktop.base.message import Message
from desktop.ui.common.icon_button import IconButton
from desktop.viewmodels.hotkey_words import sign_words


class HotkeySign(IconButton):
    """Says which way is active, or why none is; a click opens the settings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("keyboard-off", sign_words("", "", "", None), parent)

    def show_way(self, way: Way, key: str, named: str, problem: Message | None) -> None:
        """Show the way of this talk key, or what is wrong."""
        works = bool(way and key and not problem)
        self.show_as("keyboard" if works else "keyboard-off", sign_words(way, key, named, problem))
