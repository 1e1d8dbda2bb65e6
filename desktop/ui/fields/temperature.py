"""The field for the temperature; without one it is left to the model."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.ui.common import accessible
from desktop.ui.common.availability import allow
from desktop.ui.common.theme import INSET
from desktop.ui.fields.field import Field
from desktop.ui.fields.number import NumberField
from desktop.ui.fields.switch import Switch

FIRST = 0.8
"""The value when it is switched on: the providers' default."""


class TemperatureField(Field):
    """Edits a float; None while the switch is off."""

    def __init__(self, bounds: tuple[float, float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._switch = Switch()
        self._number = NumberField(bounds, step=0.1, decimals=1)
        self._number.show_value(FIRST)
        self._allow_number(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(INSET)
        row.addWidget(self._number)
        row.addWidget(self._switch)
        self._switch.clicked.connect(self._on_switched)
        self._number.edited.connect(self.edited)

    def value(self) -> float | None:
        return self._number.value() if self._switch.isChecked() else None

    def show_value(self, value: object) -> None:
        on = isinstance(value, int | float)
        self._switch.setChecked(on)
        self._allow_number(on)
        if on:
            self._number.show_value(value)

    def finish(self) -> None:
        self._number.finish()

    def target(self) -> QWidget:
        return self._switch

    def set_name(self, name: str, hint: str = "") -> None:
        accessible.name_control(self._switch, self.tr("Set {0}").format(name), hint)
        self._number.set_name(name)

    def _allow_number(self, on: bool) -> None:
        allow(self._number, "" if on else self.tr("Switch it on to choose; until then the model chooses"))

    def _on_switched(self, on: bool) -> None:
        self._allow_number(on)
        self.edited.emit(self.value())
