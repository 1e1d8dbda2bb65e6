"""The page of the conversation: how the model responds."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.fields.choice import ChoiceField
from desktop.ui.fields.instructions import InstructionsField
from desktop.ui.fields.number import NumberField
from desktop.ui.fields.switch import SwitchField
from desktop.ui.fields.temperature import TemperatureField
from desktop.ui.settings.pages.form import Form
from desktop.ui.settings.pages.page import Page
from desktop.viewmodels import numbers


class ConversationPage(Page):
    """Instructions, temperature, transcription, web search."""

    def __init__(self, form: Form, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Conversation"), form, parent)
        field = InstructionsField(form.presets, form.default_instructions, form.longest_instructions)
        instructions = self._add(
            "instructions",
            self.tr("Instructions"),
            self.tr("What the model is told first. Changes take effect at once or in the next session."),
            field,
            wide=True,
        )
        field.refused.connect(
            lambda: instructions.show_problem(
                self.tr("This is too long: {0} characters at most. Nothing was pasted.").format(
                    numbers.whole(form.longest_instructions)
                )
            )
        )
        self._add(
            "temperature",
            self.tr("Temperature"),
            self.tr("Lower is steadier, higher is livelier. When off, the model decides."),
            TemperatureField(form.bounds["temperature"]),
        )
        self._add(
            "transcription",
            self.tr("Transcribe what you say"),
            self.tr("When off, your bubbles stay empty."),
            SwitchField(),
        )
        web = (
            ("off", self.tr("Off")),
            ("ask", self.tr("Ask each time")),
            ("always", self.tr("Always")),
        )
        self._add(
            "web_tools",
            self.tr("Web search"),
            self.tr("The assistant searches and reads pages through Opper. From the next session on."),
            ChoiceField(web),
        )
        self._add(
            "spans",
            self.tr("Traces at Opper"),
            self.tr("Writes each turn, with its words, to your project's traces."),
            SwitchField(),
        )
        self._add_tools(form)
        self._add_spend(form)
        self._column.addStretch(1)

    def _add_tools(self, form: Form) -> None:
        heading = PlainLabel(self.tr("Tools"))
        heading.setProperty("role", "heading")
        self._column.addWidget(heading)
        self._add(
            "late_after_s",
            self.tr("Go on without a slow tool"),
            self.tr("After this time the conversation goes on, and the result comes later. 0: it waits."),
            NumberField(form.bounds["late_after_s"], step=1, suffix=self.tr(" s")),
        )
        self._add(
            "say_asking",
            self.tr("Say that a tool waits for you"),
            self.tr("The assistant says at once that a call waits for your approval."),
            SwitchField(),
        )

    def _add_spend(self, form: Form) -> None:
        heading = PlainLabel(self.tr("Spend"))
        heading.setProperty("role", "heading")
        self._column.addWidget(heading)
        for name, label in (
            ("session_budget", self.tr("Budget of a session")),
            ("day_budget", self.tr("Budget of a day")),
        ):
            self._add(
                name,
                label,
                self.tr("In the currency of the prices. When it is used up, you are asked. 0: none."),
                NumberField(form.bounds[name], step=0.5, decimals=2),
            )
        self._add(
            "rest_after_s",
            self.tr("Rest when quiet"),
            self.tr("For models billed by the open minute. A press wakes them. 0: never."),
            NumberField(form.bounds["rest_after_s"], step=10, suffix=self.tr(" s")),
        )
