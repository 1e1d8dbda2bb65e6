"""One repeating timer of Qt's: the event loop would make a new one for each of a hundred steps a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import qasync
from PySide6.QtCore import QObject, Qt, QTimer

from desktop.realtime.ticker import LoopTimer, Timer


def step_timer() -> Timer:
    """A timer of Qt's where the running loop handles Qt's events, else the loop's own."""
    return QtTimer() if isinstance(asyncio.get_running_loop(), qasync.QEventLoop) else LoopTimer()


class QtTimer(QObject):
    """A `realtime.ticker.Timer`. What fails is reported by the running loop, and is called again."""

    def __init__(self) -> None:
        super().__init__()
        self._callback: Callable[[], None] = lambda: None
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._call)

    def start(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call this every so many seconds from now on."""
        self._callback = callback
        self._timer.start(round(seconds * 1_000))

    def stop(self) -> None:
        """Call nothing any more."""
        self._timer.stop()

    def _call(self) -> None:
        try:
            self._callback()
        except Exception as exc:
            context = {"message": "a timer's callback failed", "exception": exc}
            asyncio.get_running_loop().call_exception_handler(context)
