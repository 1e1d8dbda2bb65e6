"""The base of the columns for the microphone and the speaker."""

from __future__ import annotations

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
        last = QGridLayout()
        last.setRowMinimumHeight(0, picker.sizeHint().height())
        last.addLayout(controls, 0, 0)
        lines.addLayout(last)
        lines.addStretch(1)
