"""The field for a number within bounds: a slider, and a spin box for typing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QHBoxLayout, QSlider, QWidget

from desktop.ui.common import accessible
from desktop.ui.common.theme import GRID
from desktop.ui.fields.field import Field

SLIDER_WIDTH = 128
FIGURES_WIDTH = 80


class NumberField(Field):
    """Edits an int, or with decimals a float. A dragged slider emits `edited` when it is released."""

    def __init__(
        self,
        bounds: tuple[float, float],
        *,
        step: float,
        suffix: str = "",
        decimals: int = 0,
        width: int = SLIDER_WIDTH + GRID + FIGURES_WIDTH,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._step = step
        least, most = bounds
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(round(least / step), round(most / step))
        self._slider.setPageStep(max(1, round((most - least) / step / 10)))
        self._slider.setFixedWidth(width - GRID - FIGURES_WIDTH)
        self._figures = QDoubleSpinBox()
        self._figures.setDecimals(decimals)
        self._figures.setRange(least, most)
        self._figures.setSingleStep(step)
        self._figures.setSuffix(suffix)
        self._figures.setKeyboardTracking(False)
        self._figures.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.UpDownArrows)
        self._figures.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._figures.setFixedWidth(FIGURES_WIDTH)
        self._figures.lineEdit().setTextMargins(0, 0, GRID, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._slider)
        row.addWidget(self._figures)
        self._slider.valueChanged.connect(self._on_slid)
        self._slider.sliderReleased.connect(self._say)
        self._figures.valueChanged.connect(self._on_figures_changed)

    def value(self) -> float:
        value = self._figures.value()
        return value if self._figures.decimals() else round(value)

    def show_value(self, value: object) -> None:
        if not isinstance(value, int | float):
            return
        for control in (self._slider, self._figures):
            control.blockSignals(True)
        self._figures.setValue(value)
        self._slider.setValue(round(self._figures.value() / self._step))
        for control in (self._slider, self._figures):
            control.blockSignals(False)

    def finish(self) -> None:
        self._figures.interpretText()

    def target(self) -> QWidget:
        return self._figures

    def set_name(self, name: str, hint: str = "") -> None:
        self._slider.setAccessibleName(name)
        accessible.name_control(self._figures, name, hint)

    def _on_slid(self, steps: int) -> None:
        self.show_value(steps * self._step)
        if not self._slider.isSliderDown():
            self._say()

    def _on_figures_changed(self, value: float) -> None:
        self.show_value(value)
        self._say()

    def _say(self) -> None:
        self.edited.emit(self.value())
