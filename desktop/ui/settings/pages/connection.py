"""The page of the connection: the key, and where the service is."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.fields.address import AddressField
from desktop.ui.fields.choice import ChoiceField
from desktop.ui.fields.switch import SwitchField
from desktop.ui.settings.folded_section import FoldedSection
from desktop.ui.settings.header_field import HeaderField
from desktop.ui.settings.key_field import KeyField
from desktop.ui.settings.pages.form import Form
from desktop.ui.settings.pages.page import Page
from desktop.ui.settings.sign_in_panel import SignInPanel

TICKETS = ("ticket_url", "mint_tickets")
"""Shown unasked where one of them is in use."""


class ConnectionPage(Page):
    """`key_field`, `header_field` and `sign_in` have signals of their own: no secret is a setting."""

    def __init__(self, form: Form, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Connection"), form, parent)
        self.key_field = KeyField(form.key)
        self._column.addWidget(self.key_field)
        self.sign_in = SignInPanel()
        self.sign_in.hide()
        self._column.addWidget(self.sign_in)
        patience = (
            ("1", self.tr("For 1 minute")),
            ("5", self.tr("For 5 minutes")),
            ("30", self.tr("For 30 minutes")),
            ("for ever", self.tr("Until I disconnect")),
        )
        self._add(
            "reconnect_for",
            self.tr("Reconnect"),
            self.tr("When the connection is lost."),
            ChoiceField(patience),
        )
        self._add(
            "base_url",
            self.tr("Service address"),
            self.tr("Leave empty for Opper's own."),
            AddressField(form.default_address),
            wide=True,
        )
        self._add(
            "agent",
            self.tr("Agent"),
            self.tr(
                "The name of a voice agent that is defined at Opper. It decides what you don't choose here."
            ),
            AddressField(self.tr("None")),
            wide=True,
        )
        self.organisation = FoldedSection(
            self.tr("Organisation"), self.tr("Tickets instead of a key, if your organisation issues them.")
        )
        self.header_field = HeaderField()
        self._column.addWidget(self.organisation)
        self._add_tickets(self.organisation.column)
        self._column.addStretch(1)

    def show_value(self, name: str, value: object) -> None:
        super().show_value(name, value)
        if name in TICKETS and value != self._form.defaults[name]:
            self.organisation.unfold()

    def show_header(self, name: str) -> None:
        """Show the name of the header in use; empty without one."""
        self.header_field.show_kept(name)
        if name:
            self.organisation.unfold()

    def _add_tickets(self, column: QVBoxLayout) -> None:
        self._add(
            "ticket_url",
            self.tr("Ticket address"),
            self.tr("Where your organisation issues tickets. With a ticket you don't need a key."),
            AddressField(self.tr("None")),
            wide=True,
            to=column,
        )
        column.addWidget(self.header_field)
        self._add(
            "mint_tickets",
            self.tr("Connect with a ticket"),
            self.tr("Exchanges the key for a ticket that opens one session within a minute."),
            SwitchField(),
            to=column,
        )
