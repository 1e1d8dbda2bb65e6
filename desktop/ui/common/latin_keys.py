"""Shortcuts on keyboards without Latin letters: Russian alone, say. They go by the key's position."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QCoreApplication, QEvent, QKeyCombination, QObject, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

FIRST_OTHER = 0x370
"""Key codes are characters: Greek, Cyrillic, Hebrew, Arabic and so on begin here, after all of Latin."""
FIRST_SPECIAL = 0x0100_0000
"""From here on key codes are keys without a character."""
FIRST_SCAN_CODE = 8
"""X11 and Wayland number the keys as Linux does, from here on. Elsewhere Qt finds the Latin key itself, as it
does where the keyboard has a Latin layout besides."""
_ROWS = {2: "1234567890-=", 16: "QWERTYUIOP[]", 30: "ASDFGHJKL;'", 44: "ZXCVBNM,./"}
"""Linux's number of each row's first key, and what an American keyboard has there."""
_LATIN = {first + at: ord(letter) for first, row in _ROWS.items() for at, letter in enumerate(row)}


class LatinKeys(QObject):
    """Ctrl with a key does in one window what it does on an American keyboard, if the layout isn't Latin."""

    def __init__(self, window: QWidget, active: bool | None = None) -> None:
        """`active`: whether the scan codes are Linux's; None: by Qt's platform."""
        super().__init__(window)
        if active is None:
            active = QGuiApplication.platformName().startswith(("xcb", "wayland"))
        handle = window.windowHandle()
        if active and handle is not None:
            handle.installEventFilter(self)

    @property
    def _window(self) -> QWidget:
        """Not an attribute: that would keep a window's Python half alive after Qt has deleted the window."""
        return cast("QWidget", self.parent())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._take(event)

    def _take(self, event: QKeyEvent) -> bool:
        modifiers = event.modifiers()
        if not modifiers & Qt.KeyboardModifier.ControlModifier:
            return False
        latin = _LATIN.get(event.nativeScanCode() - FIRST_SCAN_CODE)
        if (
            latin is None
            or not FIRST_OTHER <= event.key() < FIRST_SPECIAL
            or QApplication.activePopupWidget()
        ):
            return False
        focus = QApplication.focusWidget() or self._window
        if not self._wants(focus, latin, modifiers):
            keys = QKeySequence(QKeyCombination(modifiers, Qt.Key(latin)))
            if self._trigger(keys, event.isAutoRepeat()):
                return True
        # Copy, paste and the like belong to the widget.
        QCoreApplication.sendEvent(focus, QKeyEvent(QEvent.Type.KeyPress, latin, modifiers))
        return True

    def _wants(self, focus: QWidget, latin: int, modifiers: Qt.KeyboardModifier) -> bool:
        """Whether the widget has a use for this key that comes before the window's, as text fields do."""
        question = QKeyEvent(QEvent.Type.ShortcutOverride, latin, modifiers)
        question.ignore()
        QCoreApplication.sendEvent(focus, question)
        return question.isAccepted()

    def _trigger(self, keys: QKeySequence, repeated: bool) -> bool:
        for action in self._window.findChildren(QAction):
            if keys in action.shortcuts() and action.isEnabled() and self._is_here(action.parent()):
                if not repeated or action.autoRepeat():
                    action.trigger()
                return True
        for shortcut in self._window.findChildren(QShortcut):
            if shortcut.key() == keys and shortcut.isEnabled() and self._is_here(shortcut.parent()):
                if not repeated or shortcut.autoRepeat():
                    shortcut.activated.emit()
                return True
        return False

    def _is_here(self, owner: QObject | None) -> bool:
        return isinstance(owner, QWidget) and owner.isVisible() and owner.window() is self._window
