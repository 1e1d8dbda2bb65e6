"""Keys of the window that belong to none of its parts, or open one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from desktop.base.message import Shortcut


def add_key(window: QWidget, words: str, keys: Shortcut, slot: Callable[[], object]) -> None:
    """Let these keys do something anywhere in the window, once for each press."""
    action = QAction(words, window)
    action.setShortcut(QKeySequence(keys.keys))
    action.setAutoRepeat(False)
    action.triggered.connect(lambda: slot())
    window.addAction(action)
