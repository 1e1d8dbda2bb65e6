"""A level meter: RMS bar, peak mark and clip lamp, from -60 to 0 dBFS."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.common import accessible, icons
from desktop.ui.common.plain_text import set_tip
from desktop.ui.common.theme import GRID, tokens

FLOOR_DB = -60.0
LOUD_DB = -12.0
"""From this level on the bar is amber; speech at a good distance stays below it."""
HEIGHT = 20
BAR = 6
LAMP = 8

Needle = tuple[float, float, bool]
"""Bar and peak mark in dBFS, and whether it clipped."""


@accessible.described(lambda meter: accessible.Gauge(meter, lambda: meter.bar_db, FLOOR_DB, 0.0, "dBFS"))
class LevelMeter(QWidget):
    """A horizontal meter with an icon, on the window or on a card. Its owner moves it by `show_needle`."""

    def __init__(self, icon: str, name: str, parent: QWidget | None = None, *, on_card: bool = False) -> None:
        super().__init__(parent)
        self._icon = icon
        self._name = name
        self._on_card = on_card
        self._bar_db = self._mark_db = FLOOR_DB
        self._clipped = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(96)
        # It paints all of itself, thirty times a second: nothing behind it needs painting.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(name)
        set_tip(self, name)

    @property
    def bar_db(self) -> float:
        """The level of the bar, in dBFS."""
        return self._bar_db

    def sizeHint(self) -> QSize:
        return QSize(180, HEIGHT)

    def show_needle(self, bar_db: float, mark_db: float, clipped: bool) -> None:
        """Show the bar and the peak mark, in dBFS, and the clip lamp."""
        if clipped != self._clipped:
            self.setAccessibleDescription(self.tr("clipping") if clipped else "")
        before = self._pixels()
        self._bar_db, self._mark_db, self._clipped = bar_db, mark_db, clipped
        if self._pixels() != before:
            self.update(HEIGHT + GRID - 1, 0, self.width() - HEIGHT - GRID + 1, HEIGHT)  # not the icon

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.surface if self._on_card else colours.bg))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if event.rect().left() < HEIGHT:
            icons.draw(painter, self._icon, QColor(colours.muted), QRectF(0, 0, HEIGHT, HEIGHT))
        left = HEIGHT + GRID
        width = self.width() - left - LAMP - GRID
        top = (HEIGHT - BAR) / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(QRectF(left, top, width, BAR), BAR / 2, BAR / 2)
        bar = width * self._share(self._bar_db)
        if bar >= 1:
            painter.setBrush(QColor(colours.warn if self._bar_db > LOUD_DB else colours.ok))
            painter.drawRoundedRect(QRectF(left, top, bar, BAR), BAR / 2, BAR / 2)
        mark = self._share(self._mark_db)
        if mark * width > 2:
            painter.setBrush(QColor(colours.text))
            painter.drawRect(QRectF(left + width * mark - 1, top - 2, 2, BAR + 4))
        painter.setBrush(QColor(colours.rec if self._clipped else colours.raised))
        painter.drawEllipse(QRectF(self.width() - LAMP, (HEIGHT - LAMP) / 2, LAMP, LAMP))

    def _pixels(self) -> tuple[int, int, bool, bool]:
        """What is to be seen of the needle: smaller moves need no paint."""
        width = self.width() * 2  # half pixels show, by smoothing
        bar, mark = (round(width * self._share(db)) for db in (self._bar_db, self._mark_db))
        return bar, mark, self._bar_db > LOUD_DB, self._clipped

    @staticmethod
    def _share(db: float) -> float:
        return max(0.0, min(1.0, (db - FLOOR_DB) / -FLOOR_DB))
