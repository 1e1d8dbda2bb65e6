"""What is said of the keys that work in all programs."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.base.hotkey import Way
from desktop.base.message import Message, Shortcut
from desktop.base.visible_text import visible_line
from desktop.viewmodels.wording import key_words, worded


def way_name(way: Way) -> str:
    """By which way they come."""
    translate = QCoreApplication.translate
    return {
        "": translate("Hotkey", "commands only"),
        "x11": "X11",
        "portal": translate("Hotkey", "the desktop's portal"),
        "macos": "macOS",
        "windows": "Windows",
    }[way]


def sign_words(way: Way, key: str, named: str, problem: Message | None) -> str:
    """One sentence or two: the talk key and its way, or why there is none.

    `key` is its name, or empty; `named` is what the desktop itself calls it, where it does.
    """
    translate = QCoreApplication.translate
    if not key:
        return translate(
            "Hotkey", "No talk key for all programs is chosen. The command presstalk ptt works everywhere."
        )
    if problem:
        return worded(problem)
    if not way:
        return translate("Hotkey", "The talk key for all programs rests: the screen is locked, say.")
    return translate("Hotkey", "Talk key in all programs: {0}, by {1}").format(
        visible_line(named) or key_words(Shortcut(key)), way_name(way)
    )
