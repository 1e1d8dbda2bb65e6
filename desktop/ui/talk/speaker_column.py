"""The speaker's column: which one, its level, and its volume."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from desktop.ui.common.plain_text import PlainLabel, set_tip
from desktop.ui.common.theme import GRID
from desktop.ui.talk.device_column import DeviceColumn
from desktop.ui.talk.device_picker import DevicePicker
from desktop.ui.talk.level_meter import LevelMeter
from desktop.ui.talk.volume_slider import VolumeSlider
from desktop.viewmodels.devices_model import DevicesModel


class SpeakerColumn(DeviceColumn):
    """Shows how loud the speaker is; the volume is the user's."""

    test_clicked = Signal()
    """The test is to begin, or to end."""

    def __init__(self, devices: DevicesModel) -> None:
        super().__init__()
        self.picker = DevicePicker(devices, self.tr("Speaker"))
        self.meter = LevelMeter("speaker", self.tr("Speaker level"))
        self.volume = VolumeSlider()
        self.percent = PlainLabel()
        self.percent.setProperty("role", "muted")
        self.percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.percent.setMinimumWidth(5 * GRID)
        title = PlainLabel(self.tr("Volume"))
        title.setProperty("role", "muted")
        title.setBuddy(self.volume)
        below = QHBoxLayout()
        below.setSpacing(GRID)
        below.addWidget(title)
        below.addWidget(self.volume, 1)
        below.addWidget(self.percent)
        self.test = QPushButton()
        below.addWidget(self.test)
        self.stack(self.picker, self.meter, below)
        self.volume.valueChanged.connect(self.name_volume)
        self.test.clicked.connect(self.test_clicked)
        self.show_testing(False)
        self.name_volume()

    def show_testing(self, testing: bool) -> None:
        """Show whether the test sounds."""
        self.test.setText(self.tr("Stop") if testing else self.tr("Test"))
        begins = self.tr("Test the speaker: three notes at this volume")
        words = self.tr("Stop the speaker test") if testing else begins
        set_tip(self.test, words)
        self.test.setAccessibleName(words)

    def name_volume(self) -> None:
        """Show the volume as a number."""
        self.percent.setText(self.tr("{0} %").format(self.volume.value()))
        set_tip(self.volume, self.tr("Volume {0} %").format(self.volume.value()))
