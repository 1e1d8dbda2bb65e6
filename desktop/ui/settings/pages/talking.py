"""The page of talking: how turns are taken, with the talk key and hands-free."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.fields.choice import ChoiceField
from desktop.ui.fields.number import NumberField
from desktop.ui.fields.switch import SwitchField
from desktop.ui.settings.pages.form import Form
from desktop.ui.settings.pages.page import Page


class TalkingPage(Page):
    """Pre-roll, tail, lock and cap; and how the server finds turns."""

    def __init__(self, form: Form, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Talking"), form, parent)
        milliseconds, seconds = self.tr(" ms"), self.tr(" s")
        self._add(
            "pre_roll_ms",
            self.tr("Before pressing"),
            self.tr("What you said just before is kept, for the first syllable."),
            NumberField(form.bounds["pre_roll_ms"], step=10, suffix=milliseconds),
        )
        self._add(
            "tail_ms",
            self.tr("After releasing"),
            self.tr("Keeps listening for so long at most, for the last syllable."),
            NumberField(form.bounds["tail_ms"], step=10, suffix=milliseconds),
        )
        self._add(
            "tail_ends_early",
            self.tr("Send at once when silent"),
            self.tr("Waits after releasing only while you are still heard."),
            SwitchField(),
        )
        self._add(
            "tap_lock",
            self.tr("Double tap to lock"),
            self.tr("The microphone stays open until the next tap."),
            SwitchField(),
        )
        self._add(
            "cap_s",
            self.tr("Longest turn"),
            self.tr("Then it is sent, in case the key is stuck."),
            NumberField(form.bounds["cap_s"], step=5, suffix=seconds),
        )
        self._add_hands_free(form, milliseconds)
        self._column.addStretch(1)

    def _add_hands_free(self, form: Form, milliseconds: str) -> None:
        heading = PlainLabel(self.tr("Hands-free"))
        heading.setProperty("role", "heading")
        self._column.addWidget(heading)
        self._add_echo(form, milliseconds)
        self._add(
            "vad_silence_ms",
            self.tr("Pause ends a turn"),
            self.tr("Longer lets you think; shorter gets a quicker answer."),
            NumberField(form.bounds["vad_silence_ms"], step=50, suffix=milliseconds),
        )
        self._add(
            "vad_prefix_ms",
            self.tr("Before speech"),
            self.tr("The sound just before is kept, for the first syllable."),
            NumberField(form.bounds["vad_prefix_ms"], step=50, suffix=milliseconds),
        )
        self._add(
            "vad_threshold",
            self.tr("Speech threshold"),
            self.tr("Higher values ignore more noise."),
            NumberField(form.bounds["vad_threshold"], step=0.05, decimals=2),
        )

    def _add_echo(self, form: Form, milliseconds: str) -> None:
        on, off = ("on", self.tr("Always")), ("off", self.tr("Never"))
        self._add(
            "echo",
            self.tr("Cancel echo"),
            self.tr("Removes the assistant's voice from what is sent, so that you can interrupt."),
            ChoiceField([("auto", self.tr("Except with a headset")), on, off]),
        )
        self._add(
            "suppress_noise",
            self.tr("Suppress noise"),
            self.tr("For a loud fan or street. In a quiet room words get lost. Needs echo cancellation."),
            SwitchField(),
        )
        self._add(
            "mute_while_speaking",
            self.tr("Mute during answers"),
            self.tr("Otherwise the assistant may answer itself. Never: use headphones, or cancel echo."),
            ChoiceField([("auto", self.tr("Where echo isn't cancelled")), on, off]),
        )
        self._add(
            "least_speech_ms",
            self.tr("Interrupt after"),
            self.tr("A shorter sound only lowers the answer for a moment. 0: the service decides."),
            NumberField(form.bounds["least_speech_ms"], step=50, suffix=milliseconds),
        )
