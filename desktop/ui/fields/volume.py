"""The field for a volume."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GRID
from desktop.ui.fields.choice import WIDTH
from desktop.ui.fields.field import Field
from desktop.ui.talk.volume_slider import PERCENT, VolumeSlider


class VolumeField(Field):
    """Edits a float from 0 to 1, shown in per cent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._slider = VolumeSlider()
        self._percent = PlainLabel()
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._percent.setMinimumWidth(5 * GRID)
        self.setFixedWidth(WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._slider, 1)
        row.addWidget(self._percent)
        self._slider.valueChanged.connect(self._on_moved)
        self._name()

    def value(self) -> float:
        return self._slider.value() / PERCENT

    def show_value(self, value: object) -> None:
        with QSignalBlocker(self._slider):
            self._slider.setValue(round(value * PERCENT) if isinstance(value, float | int) else 0)
        self._name()

    def target(self) -> QWidget:
        return self._slider

    def _on_moved(self) -> None:
        self._name()
        self.edited.emit(self.value())

    def _name(self) -> None:
        self._percent.setText(self.tr("{0} %").format(self._slider.value()))
