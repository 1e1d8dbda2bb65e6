"""How long the session has been open."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QTimer
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QWidget

WIDEST = "00:00"
HOUR_S = 3_600


class SessionClock(QLabel):
    """Minutes and seconds; nothing while no session is open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "muted")
        self.setToolTip(self.tr("Since the session was opened"))
        self._since = QElapsedTimer()
        self._timer = QTimer(self, interval=1_000)
        self._timer.timeout.connect(self._tick)

    def begin(self) -> None:
        """A session was opened now."""
        self._since.start()
        self._timer.start()
        self._tick()

    def end(self) -> None:
        """It is closed."""
        self._timer.stop()
        self.clear()

    def _tick(self) -> None:
        self.show_seconds(self._since.elapsed() // 1_000)

    def show_seconds(self, seconds: int) -> None:
        """Show this age."""
        minutes, rest = divmod(seconds, 60)
        hours, past = divmod(minutes, 60)
        self.setText(f"{hours}:{past:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}")
        # Kept as wide as its widest, so that nothing beside it moves every second.
        self.setMinimumWidth(QFontMetrics(self.font()).horizontalAdvance(self.text().replace("1", "0")))
        self.setAccessibleName(self.tr("Session time: {0}").format(self.text()))
