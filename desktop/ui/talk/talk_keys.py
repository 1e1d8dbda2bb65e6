"""The talk keys of a window: Space held down, and Escape."""

from __future__ import annotations

import time
from enum import Enum

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

from desktop.ui.talk import event_clock
from desktop.ui.talk.hold_watch import HoldWatch, InputSnapshot, InputState
from desktop.ui.talk.stroke_clock import StrokeClock

_TEXT_FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


SETTLE_MS = 20
"""How long a key-up on X11 waits for the key-down that would make it a repeat.

There a held key repeats as pairs of up and down with one time stamp. Qt tells them from real ones only if it
finds the key-down in its queue already: on a busy machine one in ten looked real, 0.2 to 5 ms apart.
"""

LATE = 2
"""A wait that took this many times too long proves nothing, and starts again."""

TAKES_ESCAPE = "takesEscape"
"""The property of a widget that closes at Escape: while it has the focus, the key is its own."""
TAKES_SPACE = "takesSpace"
"""The property of a widget in which Space does something else than talk: while it has the focus."""


def _is_text_field(focus: QWidget | None) -> bool:
    typed = isinstance(focus, QComboBox) and focus.isEditable()  # it has the focus, not the line in it
    return typed or isinstance(focus, _TEXT_FIELDS)


def _takes(name: str, focus: QWidget | None) -> bool:
    while focus is not None:
        if focus.property(name):
            return True
        focus = focus.parentWidget()
    return False


class _Space(Enum):
    """The states of the talk key in a window."""

    UP = "up"
    HELD = "held"
    SPENT = "spent"
    """Still down, as far as is known, but its take has ended: its repeats and its key-up mean nothing."""


class TalkKeys(QObject):
    """Receives the keys of one window before its widgets do.

    In the main window Space belongs to the talk key everywhere but in text fields, so Enter presses the
    focused button. While it is down, it is heard in all windows of the program. `lost` is emitted when its
    key-up may never come: something else has taken the keyboard, or the system says that the key is up.

    Otherwise it filters the native window's events. A filter on the application sees every timer's event too.

    Args:
        window: the window whose keys these are.
        settle_ms: how long a key-up waits; None: as this system needs it.
        talks: whether Space talks here. In a dialog it belongs to the control with the focus.
        state: asks the system what is held.
    """

    pressed = Signal()
    released = Signal()
    lost = Signal()
    doubted = Signal(float)
    """It may have gone up at this time of `time.monotonic`: whether it has shows in a moment."""
    settled = Signal()
    """Whether it had is known: it comes after `released` or `lost`, if one of them does."""
    escaped = Signal()

    def __init__(
        self,
        window: QWidget,
        settle_ms: int | None = None,
        *,
        talks: bool = True,
        state: InputState | None = None,
    ) -> None:
        super().__init__(window)
        if settle_ms is None:
            settle_ms = SETTLE_MS if QGuiApplication.platformName() == "xcb" else 0
        self._settling = QTimer(self, singleShot=True, interval=settle_ms)
        self._settling.timeout.connect(self._on_settled)
        self._settling_since = QElapsedTimer()
        self._up_at = 0
        self._last_up = (0, 0)
        self._clock = event_clock.event_clock()
        self.struck_at = 0.0
        """When the key went down or up last, in seconds of `time.monotonic`."""
        self._strokes = StrokeClock()
        self._no_tap = False
        self._window = window
        self._talks = talks
        self._space = _Space.UP
        self._key = HeldKey()
        self._locked = False
        # Since when it may be up, after a stall.
        self._doubted_from: float | None = None
        self._watch = HoldWatch(window, self._key.is_down, state, self._hear)
        self._watch.taken.connect(self._on_taken)
        self._watch.up.connect(self._on_up)
        self._watch.down.connect(self._on_down)
        window.winId()  # makes the native window
        handle = window.windowHandle()
        assert handle is not None
        handle.installEventFilter(self)

    def show_locked(self, locked: bool) -> None:
        """The microphone is open without the key: Escape belongs to the take, wherever the focus is."""
        self._locked = locked

    def doubt(self, since: float) -> None:
        """Nothing was done since this time of `time.monotonic`: a key-up may wait unread."""
        if self._space is _Space.HELD and not self._settling.isActive() and self._watch.ask():
            self._doubted_from = since
            self.doubted.emit(since)

    def on_deactivated(self) -> None:
        """The window isn't the active one any more."""
        if self._settling.isActive():
            self._let_go()
        else:
            self._watch.on_deactivated()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return isinstance(event, QKeyEvent) and self._take(event)

    def _take(self, event: QKeyEvent) -> bool:
        down = event.type() == QEvent.Type.KeyPress
        if not down and event.type() != QEvent.Type.KeyRelease:
            return False
        # Whatever has the focus, and whatever the key means there: it may mean something else in a moment.
        repeats = self._repeats(event, down)
        if QApplication.activePopupWidget() or QApplication.activeModalWidget():
            return False
        focus = self._focus()
        if event.key() == Qt.Key.Key_Space and self._talks and not event.modifiers():
            return self._take_space(event, focus, down and not repeats)
        if event.key() == Qt.Key.Key_Escape and down and not repeats:
            if not (self._space is _Space.HELD or self._locked) and _takes(TAKES_ESCAPE, focus):
                return False
            self.escaped.emit()
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and down and not repeats:
            return self._press_focused(focus)
        return False

    def _repeats(self, event: QKeyEvent, down: bool) -> bool:
        """Whether this is a held key's repeat. Of a key held in a text field Qt says so of none on X11."""
        last, stroke = self._last_up, (event.nativeScanCode(), event.timestamp())
        if not down:
            self._last_up = stroke
        pairs = self._settling.interval() > 0
        return event.isAutoRepeat() or (pairs and down and stroke == last)

    def _focus(self) -> QWidget | None:
        """The control with the focus in this window.

        The application's may be in a dialog that has gone: Qt forgets to move it when a window gets the focus
        while a menu is open in another one.
        """
        focus = QApplication.focusWidget()
        elsewhere = focus is not None and focus.window() is not self._window
        return self._window.focusWidget() if elsewhere else focus

    def _take_space(self, event: QKeyEvent, focus: QWidget | None, down: bool) -> bool:
        if _is_text_field(focus) or (_takes(TAKES_SPACE, focus) and self._space is _Space.UP):
            return False
        if down:
            self._space = _Space.HELD
            self._key.press(event.nativeScanCode())
            self._watch.begin()
            self.struck_at = event_clock.made_at(self._clock, event.timestamp())
            if self._strokes.press(event.timestamp()):
                self.lost.emit()
            self.pressed.emit()
        return True

    def _hear(self, event: QKeyEvent) -> bool:
        """A key of any window of the program, while Space is down."""
        if event.key() != Qt.Key.Key_Space:
            return False
        if event.isAutoRepeat():
            return True  # thirty times a second while it is held; a menu would take it for a choice
        if event.type() == QEvent.Type.KeyRelease:
            self._up_at = event.timestamp()
            if not self._settling.isActive():
                self._no_tap = self._strokes.release(self._up_at)
            self.struck_at = event_clock.made_at(self._clock, self._up_at)
            if self._settling.interval():
                self._settle()
            else:
                self._let_go()
            return True
        if self._settling.isActive() and event.timestamp() == self._up_at:
            self._settling.stop()
            self.settled.emit()
            return True  # both were one repeat of the held key
        if self._settling.isActive() or self._space is _Space.SPENT:
            self._let_go()
            return False  # another stroke: it means what it means in its window
        return True

    def _settle(self) -> None:
        self._doubted_from = None
        self.doubted.emit(self.struck_at)
        self._watch.ask()
        self._settling_since.start()
        self._settling.start()

    def _on_settled(self) -> None:
        if self._settling_since.elapsed() > LATE * self._settling.interval():
            # This timer is late, and the key-down may be waiting unread behind it.
            self._settle()
        elif self._watch.says_held(self._key.is_seen_down):
            self.settled.emit()
        else:
            self._let_go()

    def _on_down(self) -> None:
        if self._doubted_from is not None and not self._settling.isActive():
            self._doubted_from = None
            self.settled.emit()

    def _let_go(self) -> None:
        self._settling.stop()
        self._watch.end()
        before, self._space = self._space, _Space.UP
        if before is _Space.HELD:
            (self.lost if self._no_tap else self.released).emit()
        # Also where neither says anything of the take: it is a locked one's, or another button's.
        self.settled.emit()

    def _on_taken(self) -> None:
        if self._settling.isActive():
            self._let_go()
        elif self._space is _Space.HELD:
            self._space = _Space.SPENT
            self._lose()

    def _on_up(self) -> None:
        if self._settling.isActive():
            self._let_go()
            return
        self._watch.end()
        before, self._space = self._space, _Space.UP
        if before is _Space.HELD:
            self._lose()

    def _lose(self) -> None:
        # What was said in a stall may have been said after the key went up.
        since, self._doubted_from = self._doubted_from, None
        self.struck_at = time.monotonic() if since is None else since
        self.lost.emit()
        if since is not None:
            self.settled.emit()

    def _press_focused(self, focus: QWidget | None) -> bool:
        if isinstance(focus, QAbstractButton):
            focus.click()
            return True
        if isinstance(focus, QComboBox) and not focus.isEditable():
            focus.showPopup()
            return True
        return False


class HeldKey:
    """The key that went down, in what the system says is down."""

    def __init__(self) -> None:
        self._code = 0
        self._seen: set[int] = set()

    def press(self, code: int) -> None:
        """This key went down: its code, as the window system counts."""
        self._code = code

    def is_down(self, snapshot: InputSnapshot) -> bool:
        """Whether it is still down."""
        # Some input methods count keys differently: a code that was never seen down says nothing. One that
        # was, in any stroke, is the system's own: another key, held beside it, is no longer asked.
        return self.is_seen_down(snapshot) or (self._code not in self._seen and bool(snapshot.keys))

    def is_seen_down(self, snapshot: InputSnapshot) -> bool:
        """Whether it is down for certain. After a key-up a doubt means up: any other key may be held."""
        down = self._code in snapshot.keys
        if down:
            self._seen.add(self._code)
        return down
