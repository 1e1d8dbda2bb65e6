"""The page of sound: each device with its level, and the program's own sounds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from desktop.ui.common.theme import GRID
from desktop.ui.fields.choice import WIDTH, ChoiceField
from desktop.ui.fields.number import NumberField
from desktop.ui.fields.switch import SwitchField
from desktop.ui.fields.volume import VolumeField
from desktop.ui.settings.pages.form import Form
from desktop.ui.settings.pages.level_rows import MicrophoneRow, SpeakerRow
from desktop.ui.settings.pages.page import Page


class SoundPage(Page):
    """Microphone with its gain and level, speaker with its volume and level, sounds."""

    def __init__(self, form: Form, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Sound"), form, parent)
        self._inputs, self._outputs = ChoiceField(), ChoiceField()
        self._add("input_device", self.tr("Microphone"), "", self._inputs)
        self._add(
            "microphone_gain_db",
            self.tr("Microphone gain"),
            self.tr("Raise it if you are too quiet. When the meter says clipping, lower it."),
            NumberField(form.bounds["microphone_gain_db"], step=1, suffix=self.tr(" dB"), width=WIDTH),
        )
        self.microphone = MicrophoneRow()
        self._column.addWidget(self.microphone)
        self._column.addSpacing(GRID)
        self._add("output_device", self.tr("Speaker"), "", self._outputs)
        self._add("volume", self.tr("Volume"), self.tr("How loud the assistant is."), VolumeField())
        self.speaker = SpeakerRow()
        self._column.addWidget(self.speaker)
        self._column.addSpacing(GRID)
        self._add(
            "sounds",
            self.tr("Sounds"),
            self.tr("A short sound when the microphone opens and closes; never recorded."),
            SwitchField(),
        )
        self._add(
            "lower_others",
            self.tr("Lower other programs"),
            self.tr("By 20 dB while you or the assistant speak, except calls and screen readers."),
            SwitchField(),
        )
        self._column.addStretch(1)
        self.show_devices((), ())

    def show_devices(self, inputs: Sequence[tuple[str, str]], outputs: Sequence[tuple[str, str]]) -> None:
        """Offer these devices, each by its key and what it is called; the system's default comes first."""
        default = ("", self.tr("System default"))
        self._inputs.show_choices([default, *inputs])
        self._outputs.show_choices([default, *outputs])
