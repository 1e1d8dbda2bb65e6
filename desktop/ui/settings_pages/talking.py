"""How the talk key takes a turn."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.ui.fields.number import NumberField
from desktop.ui.fields.switch import SwitchField
from desktop.ui.settings_pages.form import Form
from desktop.ui.settings_pages.page import Page


class TalkingPage(Page):
    """Pre-roll, tail, lock and cap."""

    def __init__(self, form: Form, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Talking"), form, parent)
        milliseconds, seconds = self.tr(" ms"), self.tr(" s")
        self._add(
            "pre_roll_ms",
            self.tr("Before the press"),
            self.tr("Kept of what was said just before, for the first syllable."),
            NumberField(form.bounds["pre_roll_ms"], step=10, suffix=milliseconds),
        )
        self._add(
            "tail_ms",
            self.tr("After the release"),
            self.tr("Still listened to, for the last syllable."),
            NumberField(form.bounds["tail_ms"], step=10, suffix=milliseconds),
        )
        self._add(
            "tap_lock",
            self.tr("Double tap locks"),
            self.tr("The microphone stays open until the next tap."),
            SwitchField(),
        )
        self._add(
            "cap_s",
            self.tr("Longest turn"),
            self.tr("Then it is sent, in case the key got stuck."),
            NumberField(form.bounds["cap_s"], step=5, suffix=seconds),
        )
        self._column.addStretch(1)
