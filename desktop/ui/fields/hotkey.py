"""The field for a key that works in all programs: it is chosen by being pressed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from desktop.base import hotkey
from desktop.base.hotkey import KEYS, MODIFIERS
from desktop.base.message import Shortcut
from desktop.ui.common import accessible
from desktop.ui.fields.choice import WIDTH
from desktop.ui.fields.field import Field
from desktop.ui.talk.talk_keys import TAKES_ESCAPE
from desktop.viewmodels.wording import key_words

QT_KEYS = {getattr(Qt.Key, f"Key_{name}"): name for name in KEYS if len(name) == 1 and name.isalnum()} | {
    **{getattr(Qt.Key, f"Key_F{number}"): f"F{number}" for number in range(1, 25)},
    Qt.Key.Key_Comma: ",",
    Qt.Key.Key_Period: ".",
    Qt.Key.Key_Minus: "-",
    Qt.Key.Key_Slash: "/",
    Qt.Key.Key_Semicolon: ";",
    Qt.Key.Key_Apostrophe: "'",
    Qt.Key.Key_BracketLeft: "[",
    Qt.Key.Key_BracketRight: "]",
    Qt.Key.Key_Backslash: "\\",
    Qt.Key.Key_QuoteLeft: "`",
    Qt.Key.Key_Equal: "=",
    Qt.Key.Key_Space: "Space",
    Qt.Key.Key_Tab: "Tab",
    Qt.Key.Key_Backtab: "Tab",
    Qt.Key.Key_Return: "Return",
    Qt.Key.Key_Enter: "Return",
    Qt.Key.Key_Backspace: "Backspace",
    Qt.Key.Key_Delete: "Del",
    Qt.Key.Key_Insert: "Ins",
    Qt.Key.Key_Home: "Home",
    Qt.Key.Key_End: "End",
    Qt.Key.Key_PageUp: "PgUp",
    Qt.Key.Key_PageDown: "PgDown",
    Qt.Key.Key_Left: "Left",
    Qt.Key.Key_Right: "Right",
    Qt.Key.Key_Up: "Up",
    Qt.Key.Key_Down: "Down",
    Qt.Key.Key_Pause: "Pause",
    Qt.Key.Key_ScrollLock: "ScrollLock",
    Qt.Key.Key_Print: "Print",
    Qt.Key.Key_SysReq: "Print",
    Qt.Key.Key_Menu: "Menu",
    Qt.Key.Key_MediaPlay: "Media Play",
    Qt.Key.Key_MicMute: "Microphone Mute",
}
"""The names of Qt's keys."""
_MODIFIERS = {
    Qt.Key.Key_Control: "Ctrl",
    Qt.Key.Key_Alt: "Alt",
    Qt.Key.Key_AltGr: "Alt",
    Qt.Key.Key_Shift: "Shift",
    Qt.Key.Key_Meta: "Meta",
    Qt.Key.Key_Super_L: "Meta",
    Qt.Key.Key_Super_R: "Meta",
}
_RIGHT = frozenset({0xFFE2, 0xFFE4, 0xFFE8, 0xFFEA, 0xFFEC, 0xFE03})
"""Keysyms of the right-hand modifiers (X11/keysymdef.h), which X11 and Wayland give as virtual keys."""
_HELD = {
    "Ctrl": Qt.KeyboardModifier.ControlModifier,
    "Alt": Qt.KeyboardModifier.AltModifier,
    "Shift": Qt.KeyboardModifier.ShiftModifier,
    "Meta": Qt.KeyboardModifier.MetaModifier,
}
_FIRST_BUTTON = 8
"""What X11 calls Qt's back button; the next ones follow."""
UNKNOWN = "?"
"""Emitted for a key that has no name: it is no valid value, and the page says so."""


class HotkeyField(Field):
    """Edits a str, a name of `base.hotkey`. A click, Return or Space begins; the next key is taken.

    Escape, a click or the loss of the focus leaves it as it was.
    """

    recording = Signal(bool)
    """A key is about to be pressed: it must not do what it does otherwise."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = ""
        self._line = _KeyLine()
        self._line.setFixedWidth(WIDTH)
        self._line.setPlaceholderText(self.tr("None: click, then press a key"))
        self._line.chosen.connect(self._on_chosen)
        self._line.recording.connect(self._on_recording)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._line)

    def value(self) -> str:
        return self._value

    def show_value(self, value: object) -> None:
        self._value = value if isinstance(value, str) else ""
        self._line.setText(key_words(Shortcut(self._value)) if self._value else "")

    def finish(self) -> None:
        self._line.stop()

    def target(self) -> QWidget:
        return self._line

    def _on_chosen(self, name: str) -> None:
        if not hotkey.problem(name):
            self.show_value(name)
        self.edited.emit(name)

    def _on_recording(self, recording: bool) -> None:
        if recording:
            words = self.tr("Press a key…")
            self._line.setText(words)
            accessible.announce(self._line, words, urgent=True)
        else:
            self.show_value(self._value)
        self.recording.emit(recording)


class _KeyLine(QLineEdit):
    """Nothing is typed in it."""

    chosen = Signal(str)
    recording = Signal(bool)
    _on = False
    """Here, because Qt sends events while it is being made."""

    def __init__(self) -> None:
        super().__init__()
        self._alone = ""
        self.setReadOnly(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def stop(self) -> None:
        """Take no key."""
        if self._on:
            self._on = False
            self.setProperty(TAKES_ESCAPE, None)
            self.recording.emit(False)

    def event(self, event: QEvent) -> bool:
        # Tab and the window's shortcuts too.
        if self._on and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress:
                self._on_pressed(event)
            elif event.type() == QEvent.Type.KeyRelease and self._alone and not event.isAutoRepeat():
                self._take(self._alone)
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._start()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = _button(event.button())
        if self._on and number:
            self._take(f"Mouse {number}")
        elif event.button() is Qt.MouseButton.LeftButton:
            self.stop() if self._on else self._start()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.stop()

    def _start(self) -> None:
        self._on, self._alone = True, ""
        self.setProperty(TAKES_ESCAPE, True)
        self.recording.emit(True)

    def _on_pressed(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.isAutoRepeat():
            return
        if key is Qt.Key.Key_Escape and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.stop()
        elif modifier := _MODIFIERS.get(key, ""):
            side = "Right" if event.nativeVirtualKey() in _RIGHT else "Left"
            self._alone = f"{side} {modifier}"
        else:
            held = [name for name in MODIFIERS if event.modifiers() & _HELD[name]]
            self._take("+".join([*held, QT_KEYS.get(key, UNKNOWN)]))

    def _take(self, name: str) -> None:
        self.stop()
        self.chosen.emit(name)


def _button(button: Qt.MouseButton) -> int:
    """As X11 counts them; 0 for those that everybody needs."""
    bit = button.value.bit_length() - Qt.MouseButton.BackButton.value.bit_length()
    return _FIRST_BUTTON + bit if 0 <= bit < 8 else 0
