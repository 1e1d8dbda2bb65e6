"""The talk keys of a window: Space held down, and Escape."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

_TEXT_FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


SETTLE_MS = 20
"""How long a key-up on X11 waits for the key-down that would make it a repeat.

There a held key repeats as pairs of up and down with one time stamp. Qt tells them from real ones only if it
finds the key-down in its queue already: on a busy machine one of ten came as real, 0.2 to 5 ms apart.
"""

LATE = 2
"""A wait that took this many times too long proves nothing: it begins again."""

TAKES_ESCAPE = "takesEscape"
"""The property of a widget that closes at Escape: while it has the focus, the key is its own."""


def _takes_escape(focus: QWidget | None) -> bool:
    while focus is not None:
        if focus.property(TAKES_ESCAPE):
            return True
        focus = focus.parentWidget()
    return False


class TalkKeys(QObject):
    """Receives the keys of one window before its widgets do.

    Space belongs to the talk key everywhere but in text fields, so Enter presses the focused button.
    `lost` is emitted when the window loses the focus with the key down: its key-up will not come.

    It filters the native window's events. A filter on the application would see every timer's event too,
    and was half of the program's work while listening.
    """

    pressed = Signal()
    released = Signal()
    lost = Signal()
    escaped = Signal()

    def __init__(self, window: QWidget, settle_ms: int | None = None) -> None:
        super().__init__(window)
        if settle_ms is None:
            settle_ms = SETTLE_MS if QGuiApplication.platformName() == "xcb" else 0
        self._settling = QTimer(self, singleShot=True, interval=settle_ms)
        self._settling.timeout.connect(self._on_settled)
        self._settling_since = QElapsedTimer()
        self._up_at = 0
        self._down = False
        self._locked = False
        window.winId()  # makes the native window
        handle = window.windowHandle()
        assert handle is not None
        handle.installEventFilter(self)

    def show_locked(self, locked: bool) -> None:
        """The microphone is open without the key: Escape belongs to the take, wherever the focus is."""
        self._locked = locked

    def on_deactivated(self) -> None:
        """The window has lost the focus."""
        if self._settling.isActive():
            self._let_go()
        elif self._down:
            self._down = False
            self.lost.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return isinstance(event, QKeyEvent) and self._take(event)

    def _take(self, event: QKeyEvent) -> bool:
        if self._down and event.isAutoRepeat() and event.key() == Qt.Key.Key_Space:
            return True  # thirty times a second while it is held
        down = event.type() == QEvent.Type.KeyPress
        if not down and event.type() != QEvent.Type.KeyRelease:
            return False
        if self._down and not down and event.key() == Qt.Key.Key_Space:
            # Even if a menu has opened or Ctrl is held down since: the key-up must not be lost.
            return self._take_space(event, None, down)
        if QApplication.activePopupWidget() or QApplication.activeModalWidget():
            return False
        focus = QApplication.focusWidget()
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            return self._take_space(event, focus, down)
        if event.key() == Qt.Key.Key_Escape and down and not event.isAutoRepeat():
            if not (self._down or self._locked) and _takes_escape(focus):
                return False
            self.escaped.emit()
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and down and not event.isAutoRepeat():
            return self._press_focused(focus)
        return False

    def _take_space(self, event: QKeyEvent, focus: QWidget | None, down: bool) -> bool:
        if isinstance(focus, _TEXT_FIELDS) and not self._down:
            return False
        if event.isAutoRepeat():
            return True
        if down and self._settling.isActive():
            if event.timestamp() == self._up_at:
                self._settling.stop()
                return True  # both were one repeat of the held key
            self._let_go()
        if down and not self._down:
            self._down = True
            self.pressed.emit()
        elif not down and self._down:
            self._up_at = event.timestamp()
            if self._settling.interval():
                self._settling_since.start()
                self._settling.start()
            else:
                self._let_go()
        return True

    def _on_settled(self) -> None:
        if self._settling_since.elapsed() > LATE * self._settling.interval():
            # This timer is late, and the key-down may be waiting unread behind it.
            self._settling_since.start()
            self._settling.start()
            return
        self._let_go()

    def _let_go(self) -> None:
        self._settling.stop()
        self._down = False
        self.released.emit()

    def _press_focused(self, focus: QWidget | None) -> bool:
        if isinstance(focus, QAbstractButton):
            focus.click()
            return True
        if isinstance(focus, QComboBox) and not focus.isEditable():
            focus.showPopup()
            return True
        return False
