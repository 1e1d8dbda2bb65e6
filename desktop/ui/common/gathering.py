"""Shows what was gathered, 30 times a second at most, however often it changes.

A service can change anything that is shown thousands of times a second. To show each change would take the
window's whole time, and nobody sees more than 30 pictures.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QAbstractItemModel, QObject, Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView

PAINT_MS = 33
"""Between two pictures of what changes."""


class Gathering(QObject):
    """Calls `show` after a change: at once if the last time is `PAINT_MS` ago, else when it is.

    Args:
        show: shows all that has changed since the last time.
        parent: it ends with this.
        later: `show` isn't called from within the change, but when the event loop has its next turn.
        clock: gives seconds that never run backwards.
    """

    def __init__(
        self,
        show: Callable[[], None],
        parent: QObject,
        *,
        later: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._show = show
        self._later = later
        self._clock = clock
        self._shown_at = -1.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.flush)

    @property
    def pending(self) -> bool:
        """Whether something has changed that isn't shown yet."""
        return self._timer.isActive()

    def change(self) -> None:
        """Something has changed."""
        if self._timer.isActive():
            return
        left_ms = PAINT_MS - 1_000 * (self._clock() - self._shown_at)
        if left_ms <= 0 and not self._later:
            self.flush()
        else:
            self._timer.start(max(0, round(left_ms)))

    def flush(self) -> None:
        """Show it now."""
        self._timer.stop()
        self._shown_at = self._clock()
        self._show()


class HeldPainting(QObject):
    """Lets a list be painted 30 times a second at most, while its model changes more often."""

    def __init__(self, view: QAbstractItemView, model: QAbstractItemModel) -> None:
        super().__init__(view)
        self._view = view
        self._gathering = Gathering(self._paint, self)
        for changed in (model.rowsInserted, model.rowsRemoved, model.dataChanged, model.modelReset):
            changed.connect(self._on_changed)

    def _on_changed(self) -> None:
        self._gathering.change()
        if self._gathering.pending:
            self._view.viewport().setUpdatesEnabled(False)

    def _paint(self) -> None:
        self._view.viewport().setUpdatesEnabled(True)
