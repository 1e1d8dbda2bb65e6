"""Polls levels and counters, only while there are some, and levels only while they are seen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop.ui.talk.level_meter import FLOOR_DB, Needle

LEVEL_MS = 33
"""Thirty polls of the levels a second; none while no stream is open."""
SILENT_LEVEL_MS = 100
"""Between two polls in silence."""
COUNTERS_MS = 1_000
"""Between two polls of the counters."""
UNSEEN_MS = 1_000
"""Between two looks whether the window is seen again: minimised, covered or on another desktop it isn't."""
SILENT_DB = -45.0
"""Louder than most rooms, and below speech: the needles only tremble there."""
SILENT: Needle = (FLOOR_DB, FLOOR_DB, False)

Needles = Callable[[], tuple[Needle, Needle]]


class Meters(QObject):
    """Asks for the levels of the microphone and the speaker while it runs."""

    moved = Signal(object, object)
    """The needles of the microphone and of the speaker."""
    counters_due = Signal()
    """It is time to poll the counters."""

    def __init__(self, needles: Needles, window: QWidget) -> None:
        super().__init__(window)
        self._windows = [window]
        self._needles = needles
        self._needs: set[str] = set()
        self._levels = QTimer(self, interval=LEVEL_MS)
        self._levels.timeout.connect(self.move)
        self._counters = QTimer(self, interval=COUNTERS_MS)
        self._counters.timeout.connect(self.counters_due)

    @property
    def running(self) -> bool:
        """Whether there is something to poll."""
        return self._levels.isActive()

    @property
    def interval_ms(self) -> int:
        """How soon the needles move again."""
        return self._levels.interval()

    def need(self, what: str, needed: bool) -> None:
        """Something needs moving needles, or no longer: they move while anything does."""
        (self._needs.add if needed else self._needs.discard)(what)
        self.run(bool(self._needs))

    def show_in(self, window: QWidget) -> None:
        """This window has meters too."""
        self._windows.append(window)

    def look(self) -> None:
        """The window may be seen again."""
        if self.running:
            self.move()

    def run(self, running: bool) -> None:
        """Move the needles from now on, or let them fall: without a stream nothing is heard."""
        if running and not self.running:
            self._levels.start()
            self._counters.start()
        elif not running:
            self.stop()
            self.moved.emit(SILENT, SILENT)
            self.counters_due.emit()

    def stop(self) -> None:
        """Stop polling."""
        self._levels.stop()
        self._counters.stop()

    def move(self) -> None:
        """Poll the levels now, if they are seen."""
        if not self._seen():
            self._levels.setInterval(UNSEEN_MS)
            return
        microphone, speaker = self._needles()
        self.moved.emit(microphone, speaker)
        silent = all(mark <= SILENT_DB for _, mark, _ in (microphone, speaker))
        interval = SILENT_LEVEL_MS if silent else LEVEL_MS
        if interval != self._levels.interval():
            self._levels.setInterval(interval)

    def _seen(self) -> bool:
        main, *others = self._windows
        handle = main.windowHandle()
        return handle is None or handle.isExposed() or any(one.isVisible() for one in others)
