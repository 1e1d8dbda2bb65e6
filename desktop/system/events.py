"""What the system tells: the screen is locked, the computer goes to sleep, it woke, the network is back."""

from __future__ import annotations

import sys
from typing import Protocol

from PySide6.QtCore import QObject, Signal


class Listener(Protocol):
    """One system's way of telling."""

    def close(self) -> None:
        """Listen no more."""


def load() -> None:
    """Import what this system's listener stands on. It takes 25 ms; any thread may do it beforehand."""
    if sys.platform == "linux":
        from desktop.system import linux  # noqa: F401


class SystemEvents(QObject):
    """Listens from `start` on until `close`. What a system can't tell never comes, and nothing is said."""

    locked = Signal()
    """Once for each lock, whoever tells of it."""
    sleeping = Signal()
    woke = Signal()
    network_back = Signal()
    """Told on Linux only: Qt's own way to know would add 4 MB to the program."""

    listening = Signal()
    """All there is to listen to on this system is listened to."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._locked = False
        self._listener: Listener | None = None

    def start(self) -> None:
        """Listen. It comes back at once."""
        if sys.platform == "linux":
            from desktop.system.linux import BusListener

            self._listener = BusListener(self)
        elif sys.platform == "win32":
            from desktop.system.windows import MessageListener

            self._listener = MessageListener(self)
            self.listening.emit()
        elif sys.platform == "darwin":
            from desktop.system.mac import CenterListener

            self._listener = CenterListener(self)
            self.listening.emit()

    def close(self) -> None:
        """Listen no more."""
        if self._listener:
            self._listener.close()
            self._listener = None

    def tell_locked(self, locked: bool) -> None:
        """A listener knows whether the screen is locked now; several may know of one lock."""
        before, self._locked = self._locked, locked
        if locked and not before:
            self.locked.emit()
