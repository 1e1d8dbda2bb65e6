"""The base of the columns for the microphone and the speaker."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.common.theme import GRID


class DeviceColumn(QWidget):
    """Three lines: picker, meter and controls. Both columns are equally high."""

    def stack(self, picker: QWidget, meter: QWidget, controls: QHBoxLayout) -> None:
        """Lay the lines out; the last one is as high as a button."""
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(GRID)
        lines.addStretch(1)
        lines.addWidget(picker)
        lines.addWidget(meter)
        self._picker = picker
        self._last = last = QGridLayout()
        last.addLayout(controls, 0, 0)
        lines.addLayout(last)
        lines.addStretch(1)
        self._level_out()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:  # another text size, say
            self._level_out()
        return super().event(event)

    def _level_out(self) -> None:
        height = self._picker.sizeHint().height()
        if height != self._last.rowMinimumHeight(0):  # setting it lays out again
            self._last.setRowMinimumHeight(0, height)
