"""The page of what goes on without the window: the tray, notifications, the start at login."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.ui.fields.choice import ChoiceField
from desktop.ui.fields.switch import SwitchField
from desktop.ui.settings.pages.form import Form
from desktop.ui.settings.pages.page import Page


class BackgroundPage(Page):
    """Tray, notifications, start at login."""

    def __init__(self, form: Form, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Background"), form, parent)
        trays = (
            ("off", self.tr("None")),
            ("icon", self.tr("Show it")),
            ("close", self.tr("Show it, and close to it")),
        )
        self._add(
            "tray",
            self.tr("Icon in the tray"),
            self.tr(
                "Shows the state; talk, mute and connect in its menu. Closed to the tray, Presstalk keeps "
                "running."
            ),
            ChoiceField(trays),
        )
        self._add(
            "notify",
            self.tr("Notifications"),
            self.tr("While the window is hidden: the end of an answer, without its words, and errors."),
            SwitchField(),
        )
        self._add(
            "start_at_login",
            self.tr("Start at login"),
            self.tr("Hidden, if there is an icon in the tray."),
            SwitchField(),
        )
        self._column.addStretch(1)
