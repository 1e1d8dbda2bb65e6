"""How long the session has been open."""

from __future__ import annotations

import math

from PySide6.QtCore import QElapsedTimer, QSize, QTimer
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from desktop.ui.common.plain_text import PlainLabel, set_tip

WIDEST = "00:00"


class SessionClock(PlainLabel):
    """Shows minutes and seconds, and nothing while no session is open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setProperty("role", "muted")
        self._renews_s = 0.0
        self._since = QElapsedTimer()
        self._timer = QTimer(self, interval=1_000)
        self._timer.timeout.connect(self._tick)

    def begin(self, renews_s: float = 0.0) -> None:
        """A session was opened now. It is renewed in a pause after the age of `renews_s`, 0 if unknown."""
        self._renews_s = renews_s
        self._since.start()
        self._timer.start()
        self._tick()

    def end(self) -> None:
        """The session is closed."""
        self._timer.stop()
        self.clear()

    def sizeHint(self) -> QSize:
        # Without a time it needs no line of its own.
        hint = super().sizeHint()
        return hint if self.text() else QSize(hint.width(), 0)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def widest(self) -> int:
        """The width of an hour's worth of times."""
        return QFontMetrics(self.font()).horizontalAdvance(WIDEST)

    def _tick(self) -> None:
        self.show_seconds(self._since.elapsed() // 1_000)

    def show_seconds(self, seconds: int) -> None:
        """Show this age."""
        minutes, rest = divmod(seconds, 60)
        hours, past = divmod(minutes, 60)
        self.setText(f"{hours}:{past:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}")
        # As wide as the widest text, so that nothing beside it moves every second.
        self.setMinimumWidth(QFontMetrics(self.font()).horizontalAdvance(self.text().replace("1", "0")))
        self.setAccessibleName(self.tr("Session time: {0}").format(self.text()))
        set_tip(self, self._words(seconds))

    def _words(self, seconds: int) -> str:
        since = self.tr("Since the session opened.")
        if not self._renews_s:
            return since
        left = math.ceil(self._renews_s) - seconds
        if left <= 0:
            return self.tr("{0} It renews in the next pause; the conversation continues.").format(since)
        minutes, rest = divmod(left, 60)
        renews = self.tr("{0} It renews in {1}, during a pause; the conversation continues.")
        return renews.format(since, f"{minutes}:{rest:02}")
