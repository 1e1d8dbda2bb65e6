"""Watches what is held to talk: the end of a hold must not be missed, whoever has the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

ASK_MS = 250
"""How often the system is asked while something is held."""
READ_MS = 20
"""How often its answer is looked for. It takes 1 ms."""
MOST_READS = 30
"""So many looks without an answer, and it counts as up: a program may stop the X server for all others."""
UPS = 2
"""A key counts as up when the system has said so twice: by then its key-up, if one came, has been read."""
AGAIN_MS = 50
"""From the first to the second time."""


class InputSnapshot(Protocol):
    """What was held when the system was asked."""

    @property
    def keys(self) -> frozenset[int]:
        """Codes of keys, as in `QKeyEvent.nativeScanCode`."""

    @property
    def button(self) -> bool:
        """The left button of the mouse."""

    @property
    def focus(self) -> int:
        """The id of the window with the focus, even while another program grabs the keyboard."""


class InputState(Protocol):
    """Asks the system what is held; neither call waits."""

    def ask(self) -> None:
        """Ask; an older question is forgotten."""

    def answer(self) -> InputSnapshot | None:
        """The answer, once; None while there is none."""


class HoldWatch(QObject):
    """Watches one key or button between `begin` and `end`.

    While it watches, it filters the events of the whole application, which is too dear to do always.

    Args:
        window: where it is held.
        held: whether it is, by a snapshot.
        state: asks the system; None where that can't be done.
        hear: gets each key event of the program's windows before they do; True swallows it.
        focusless: the window never has the focus, so whoever has it, it was not taken from here.
    """

    taken = Signal()
    """A popup, a dialog, a drag or another window has taken the keyboard: the release may never come."""
    up = Signal()
    """The system says that it is up, but no release has come; or it doesn't answer."""

    down = Signal()
    """The system says that it is still down."""

    def __init__(
        self,
        window: QWidget,
        held: Callable[[InputSnapshot], bool],
        state: InputState | None,
        hear: Callable[[QKeyEvent], bool] | None = None,
        *,
        focusless: bool = False,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._held = held
        self._state = state
        self._hear = hear
        self._focusless = focusless
        self._on = False
        self._answer: InputSnapshot | None = None
        self._reads = 0
        self._ups = 0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._on_due)

    def begin(self) -> None:
        """It went down."""
        self._on = True
        self._ups = 0
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)
        self.ask()

    def end(self) -> None:
        """It went up, or is given up."""
        self._on = False
        self._timer.stop()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def ask(self) -> bool:
        """Ask the system now; False where that can't be done."""
        if self._state:
            self._state.ask()
            self._answer = None
            self._reads = MOST_READS
            self._timer.start(READ_MS)
        return self._state is not None

    def says_held(self, held: Callable[[InputSnapshot], bool]) -> bool:
        """Whether the answer to the last `ask` is there, and is that it is still down, by `held`."""
        answer = self._read()
        return answer is not None and held(answer)

    def on_deactivated(self) -> None:
        """The window isn't active any more. Under a grab it still has the focus, and the hold goes on."""
        if not self._on:
            return
        if self._state is None or QApplication.activeWindow() is not None:
            self.taken.emit()
        else:
            self.ask()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        # A window that is being deleted is hidden, and tells of that.
        if kind not in _WATCHED or not shiboken6.isValid(self._window):
            return False
        if kind in _KEYS:
            return self._hear is not None and isinstance(event, QKeyEvent) and self._hear(event)
        if self._takes_keyboard(watched, event):
            self.taken.emit()
        return False

    def _takes_keyboard(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent):
            return event.source() is not None  # a drag of our own hears all keys, and tells nobody
        if event.type() is QEvent.Type.Show:
            return isinstance(watched, QWidget) and watched.windowType() is Qt.WindowType.Popup
        # Hidden, or behind a dialog that must be answered first.
        return watched in (self._window, self._window.windowHandle())

    def _read(self) -> InputSnapshot | None:
        if self._answer is None and self._state:
            self._answer = self._state.answer()
        return self._answer

    def _on_due(self) -> None:
        if not self._reads:
            self.ask()
            return
        answer = self._read()
        self._reads = self._reads - 1 if answer is None else 0
        if answer is None:
            if self._reads:
                self._timer.start(READ_MS)
            else:
                self.up.emit()
        elif not self._held(answer):
            self._ups += 1
            if self._ups < UPS:
                self._timer.start(AGAIN_MS)
            else:
                self.up.emit()
        else:
            self._ups = 0
            self._timer.start(ASK_MS)
            self.down.emit()
            if self._focusless:
                return
            if not self._window.isActiveWindow() and answer.focus != int(self._window.winId()):
                self.taken.emit()


_KEYS = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease})
_WATCHED = _KEYS | {
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.WindowBlocked,
    QEvent.Type.DragEnter,
}
