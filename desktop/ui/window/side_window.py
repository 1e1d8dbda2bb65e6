"""The panes in a window of their own, for a second screen."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, Qt, Signal
from PySide6.QtGui import QAccessible, QAction, QCloseEvent
from PySide6.QtWidgets import QAccessibleWidget, QVBoxLayout, QWidget

from desktop.ui.common import accessible
from desktop.ui.common.latin_keys import LatinKeys
from desktop.ui.common.theme import GAP
from desktop.ui.common.work_area import WorkAreaGuard
from desktop.ui.talk.hold_watch import InputState
from desktop.ui.talk.talk_keys import TalkKeys

SIZE = (560, 700)
SMALLEST = (360, 320)


@accessible.described(lambda window: QAccessibleWidget(window, QAccessible.Role.Window))
class SideWindow(QWidget):
    """Holds the panes while they are detached. One talks here as in the main window; Escape is the talk's.

    It doesn't close by itself: `dock_requested` asks its owner to take the panes back.
    """

    dock_requested = Signal()
    activation_changed = Signal()
    talk_pressed = Signal()
    talk_released = Signal()
    talk_lost = Signal()
    stalled = Signal(float)
    doubted = Signal(float)
    settled = Signal()
    escaped = Signal()

    def __init__(self, main: QWidget, actions: list[QAction], state: InputState | None) -> None:
        """`main` is the window beside it; the keys of `actions` work here too; `state` is for `TalkKeys`."""
        super().__init__()
        self.setWindowTitle(self.tr("Panes - {0}").format(main.windowTitle()))
        self.setMinimumSize(*SMALLEST)
        self._page = QVBoxLayout(self)
        self._page.setContentsMargins(GAP, GAP, GAP, GAP)
        right = main.frameGeometry().topRight()
        self.setGeometry(right.x() + GAP, main.geometry().top(), SIZE[0], max(SMALLEST[1], main.height()))
        WorkAreaGuard(self)
        self.addActions(actions)
        self._keys = TalkKeys(self, state=state)
        LatinKeys(self)
        self._keys.pressed.connect(self.talk_pressed)
        self._keys.released.connect(self.talk_released)
        self._keys.lost.connect(self.talk_lost)
        self.stalled.connect(self._keys.doubt)
        self._keys.doubted.connect(self.doubted)
        self._keys.settled.connect(self.settled)
        self._keys.escaped.connect(self.escaped)

    @property
    def struck_at(self) -> float:
        """When the talk key was struck last, in seconds of `time.monotonic`."""
        return self._keys.struck_at

    def hold(self, panes: QWidget) -> None:
        """Take the panes."""
        self._page.addWidget(panes)
        panes.show()

    def show_locked(self, locked: bool) -> None:
        """The microphone is open without the key: Escape belongs to the take, wherever the focus is."""
        self._keys.show_locked(locked)

    def appear(self, takes_keyboard: bool) -> None:
        """Show it, at the start without taking the keyboard from the main window."""
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not takes_keyboard)
        self.show()
        if takes_keyboard:
            self.activateWindow()

    def place_text(self) -> str:
        """Its place and size, for `restore_place`."""
        return bytes(self.saveGeometry().toBase64().data()).decode()

    def restore_place(self, text: str) -> None:
        """Take this place and size; an invalid text is ignored."""
        self.restoreGeometry(QByteArray.fromBase64(text.encode()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            if not self.isActiveWindow():
                self._keys.on_deactivated()
            self.activation_changed.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.dock_requested.emit()
