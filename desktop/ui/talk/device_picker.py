"""The picker of a sound device."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from desktop.ui.common import accessible
from desktop.ui.common.picker import Picker
from desktop.ui.common.plain_text import set_tip
from desktop.viewmodels.devices_model import DeviceRole, DevicesModel


class DevicePicker(Picker):
    """Shows a `DevicesModel`; its chosen row is the current one."""

    picked = Signal(str)
    """The user has chosen another device, by its key."""
    opened = Signal()
    """The list was opened: a good moment to look for devices."""

    def __init__(self, model: DevicesModel, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._devices = model
        self._name = name
        self.setModel(model)
        accessible.name_control(self, name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.activated.connect(self._on_activated)
        for changed in (model.chosen_changed, model.dataChanged, model.rowsInserted, model.rowsRemoved):
            changed.connect(self._follow)
        model.rowsMoved.connect(self._follow)
        self._follow()

    def showPopup(self) -> None:
        self.opened.emit()
        super().showPopup()

    def _on_activated(self, row: int) -> None:
        key = self.itemData(row, DeviceRole.KEY)
        if key != self._devices.chosen:
            self._devices.choose(key)
            self.picked.emit(key)

    def _follow(self) -> None:
        self.setCurrentIndex(self._devices.chosen_row)
        set_tip(self, f"{self._name}: {self.currentText()}")
