"""The slider of the volume: a thin line, filled up to a round handle."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QSlider, QStyle, QWidget

from desktop.ui.common.theme import tokens

LINE = 4
HANDLE = 14
HEIGHT = 20
PERCENT = 100


class VolumeSlider(QSlider):
    """From 0 to 100 %; a click goes straight there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, PERCENT)
        self.setValue(PERCENT)
        self.setSingleStep(5)
        self.setPageStep(20)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(64)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Volume"))

    def sizeHint(self) -> QSize:
        return QSize(120, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(64, HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go_to(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._go_to(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        top = (self.height() - LINE) / 2
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(QRectF(0, top, self.width(), LINE), LINE / 2, LINE / 2)
        share = self.value() / PERCENT
        left = (self.width() - HANDLE) * (1 - share if self._is_mirrored() else share)
        fill = QColor(colours.accent if self.hasFocus() else colours.muted)
        painter.setBrush(fill)
        begin, end = (left + HANDLE / 2, self.width()) if self._is_mirrored() else (0, left + HANDLE / 2)
        painter.drawRoundedRect(QRectF(begin, top, end - begin, LINE), LINE / 2, LINE / 2)
        painter.setBrush(QColor(colours.surface))
        painter.setPen(QPen(fill, 2))
        handle = QRectF(left, (self.height() - HANDLE) / 2, HANDLE, HANDLE)
        painter.drawEllipse(handle.adjusted(1, 1, -1, -1))

    def _go_to(self, event: QMouseEvent) -> None:
        at = round(event.position().x() - HANDLE / 2)
        span = self.width() - HANDLE
        self.setValue(QStyle.sliderValueFromPosition(0, PERCENT, at, span, self._is_mirrored()))

    def _is_mirrored(self) -> bool:
        return self.layoutDirection() == Qt.LayoutDirection.RightToLeft
