"""The key, and where the service is."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.ui.fields.address import AddressField
from desktop.ui.key_field import KeyField
from desktop.ui.settings_pages.form import Form
from desktop.ui.settings_pages.page import Page


class ConnectionPage(Page):
    """Its `key_field` speaks for itself: a key is no setting."""

    def __init__(self, form: Form, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Connection"), form, parent)
        self.key_field = KeyField()
        self._column.addWidget(self.key_field)
        self._add(
            "base_url",
            self.tr("Service address"),
            self.tr("Leave it empty for Opper's own."),
            AddressField(form.usual_address),
            wide=True,
        )
        self._add(
            "ticket_url",
            self.tr("Ticket address"),
            self.tr("Where your organisation hands out tickets. With one you need no key."),
            AddressField(self.tr("None")),
            wide=True,
        )
        self._column.addStretch(1)
