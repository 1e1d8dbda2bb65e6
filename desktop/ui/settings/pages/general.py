"""The general page: appearance, and where data is kept."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.ui.fields.choice import WIDTH, ChoiceField
from desktop.ui.fields.days import DaysField
from desktop.ui.fields.folder import FolderField
from desktop.ui.fields.number import NumberField
from desktop.ui.fields.switch import SwitchField
from desktop.ui.settings.pages.form import Form
from desktop.ui.settings.pages.page import Page
from desktop.viewmodels import shortcuts
from desktop.viewmodels.wording import key_words


class GeneralPage(Page):
    """Theme, data folder, and what is kept in it."""

    def __init__(self, form: Form, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("General"), form, parent)
        themes = (
            ("system", self.tr("Follow system")),
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
        )
        self._add("theme", self.tr("Appearance"), "", ChoiceField(themes))
        self._add(
            "text_percent",
            self.tr("Text size"),
            self.tr("Of the conversation and the text line; {0} and {1} change it too.").format(
                key_words(shortcuts.LARGER), key_words(shortcuts.SMALLER)
            ),
            NumberField(form.bounds["text_percent"], step=5, suffix=self.tr(" %"), width=WIDTH),
        )
        # Each in its own words: who can't read the window must find theirs.
        languages = (("system", self.tr("Follow system")), ("en", "English"), ("de", "Deutsch"))
        self._add(
            "ui_language",
            self.tr("Language"),
            self.tr("Takes effect at the next start."),
            ChoiceField(languages),
        )
        self.folder = FolderField(form.default_folder)
        self._add(
            "data_folder",
            self.tr("Data folder"),
            self.tr("Where conversations are saved."),
            self.folder,
            wide=True,
        )
        self._add(
            "journal",
            self.tr("Keep conversations"),
            self.tr("Saved as they happen, on this computer only."),
            SwitchField(),
        )
        days = self.tr("{0} days")
        terms = ((7, days.format(7)), (30, days.format(30)), (90, days.format(90)), (0, self.tr("Forever")))
        self._add(
            "keep_days",
            self.tr("Keep for"),
            self.tr("Older ones are deleted when Presstalk starts."),
            DaysField(terms),
        )
        self._add(
            "save_events",
            self.tr("Keep events too"),
            self.tr("Every frame, without its sound: up to 30 MB an hour."),
            SwitchField(),
        )
        self._add(
            "record_sound",
            self.tr("Record sound"),
            self.tr("What you say and what is answered, with the events: up to 350 MB an hour."),
            SwitchField(),
        )
        self._add(
            "most_gb",
            self.tr("Keep at most"),
            self.tr("Beyond that, the oldest are deleted when Presstalk starts. 0: no limit."),
            NumberField(form.bounds["most_gb"], step=1, suffix=self.tr(" GB"), width=WIDTH),
        )
        self._column.addStretch(1)
