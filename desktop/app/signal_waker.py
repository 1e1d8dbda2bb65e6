"""Lets Python run the handler of a signal that comes while Qt waits for events.

A handler runs only between two of Python's own instructions. The signal's number is written to a socket
(`signal.set_wakeup_fd`), and reading that is an instruction: so nothing has to run meanwhile.
"""

from __future__ import annotations

import contextlib
import signal
import socket

from PySide6.QtCore import QObject, QSocketNotifier


class SignalWaker(QObject):
    """Wakes the main thread at each signal, from when it is made until `close`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._woken, self._wake = socket.socketpair()
        self._woken.setblocking(False)
        self._wake.setblocking(False)
        self._before = signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._woken.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_woken)

    def close(self) -> None:
        """Wake it no more."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before)
        self._woken.close()
        self._wake.close()

    def _on_woken(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(4096)
