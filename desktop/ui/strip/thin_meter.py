"""A level as a thin line, without numbers."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.ui.common import accessible
from desktop.ui.common.plain_text import set_tip
from desktop.ui.common.theme import tokens
from desktop.ui.talk.level_meter import FLOOR_DB, LOUD_DB

HEIGHT = 4


@accessible.described(lambda meter: accessible.Gauge(meter, lambda: meter.level_db, FLOOR_DB, 0.0, "dBFS"))
class ThinMeter(QWidget):
    """Its owner moves it by `show_level`."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.level_db = FLOOR_DB
        """In dBFS."""
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(name)
        set_tip(self, name)

    def show_level(self, rms_db: float) -> None:
        """Show this level, in dBFS."""
        before, self.level_db = self._bar(), max(FLOOR_DB, min(0.0, rms_db))
        if self._bar() != before:
            self.update()

    def _bar(self) -> int:
        """Its length, in px."""
        return round(self.width() * (self.level_db - FLOOR_DB) / -FLOOR_DB)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(QRectF(self.rect()), HEIGHT / 2, HEIGHT / 2)
        if bar := self._bar():
            painter.setBrush(QColor(colours.warn if self.level_db > LOUD_DB else colours.ok))
            painter.drawRoundedRect(QRectF(0, 0, max(bar, HEIGHT), HEIGHT), HEIGHT / 2, HEIGHT / 2)
