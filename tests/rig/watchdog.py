"""Measures how long the GUI thread was busy without handling events: what a user notices as a freeze."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QTimer

LOOK_MS = 5


class Watchdog:
    """Measures while it is entered, in a running event loop.

    What counts is the thread's own work between two looks, in CPU time: on a machine with other programs a
    clock would count theirs too.
    """

    def __init__(self) -> None:
        self.longest_ms = 0.0
        self._timer = QTimer(interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._looked = 0.0

    def __enter__(self) -> Watchdog:
        self._looked = time.thread_time()
        self._timer.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._look()
        self._timer.stop()

    def _look(self) -> None:
        now = time.thread_time()
        self.longest_ms = max(self.longest_ms, 1_000 * (now - self._looked))
        self._looked = now
