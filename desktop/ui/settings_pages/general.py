"""The look, and where things are kept."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.ui.fields.choice import ChoiceField
from desktop.ui.fields.folder import FolderField
from desktop.ui.settings_pages.form import Form
from desktop.ui.settings_pages.page import Page


class GeneralPage(Page):
    """Theme and data folder."""

    def __init__(self, form: Form, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("General"), form, parent)
        themes = (
            ("system", self.tr("As the system")),
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
        )
        self._add("theme", self.tr("Appearance"), "", ChoiceField(themes))
        self.folder = FolderField(form.usual_folder)
        self._add(
            "data_folder",
            self.tr("Data folder"),
            self.tr("Where saved conversations go."),
            self.folder,
            wide=True,
        )
        self._column.addStretch(1)
