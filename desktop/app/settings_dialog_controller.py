"""The settings dialog and its controllers: made when it is first opened, and connected here."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.access import key_format
from desktop.access.key_controller import CheckKey, KeyController
from desktop.access.sign_in_controller import SignInController
from desktop.access.ticket_header_controller import TicketHeaderController
from desktop.base import paths
from desktop.conversation import session_config, settings_values
from desktop.realtime.endpoint import DEFAULT_BASE_URL
from desktop.settings import prompt_presets, schema
from desktop.settings.reset import SettingsReset
from desktop.settings.settings_controller import SettingsController
from desktop.settings.store import SettingsStore
from desktop.ui.dialogs.talking_dialog import TalkingDialog

if TYPE_CHECKING:
    from desktop.ui.settings.pages.form import Form
    from desktop.ui.settings.settings_dialog import SettingsDialog

ENVIRONMENT = {"base_url": "OPPER_BASE_URL"}
"""Settings that a variable of the environment decides."""

DeviceLabels = list[tuple[str, str]]
"""Of each its key, and what it is called."""


class SettingsDialogController(QObject):
    """Opens the dialog and keeps one. `close` it before the loop ends."""

    opened = Signal(TalkingDialog)
    """A dialog was made; Escape has to discard a take in it."""
    key_changed = Signal()
    """There is another key than before, or none any more."""
    undo_offered = Signal(bool)
    """All settings were reset, and that can be undone; or not any more."""

    def __init__(
        self,
        store: SettingsStore,
        check_key: CheckKey,
        open_url: Callable[[str], object],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._store = store
        self._open_url = open_url
        self._window = window
        self._dialog: SettingsDialog | None = None
        self._devices: tuple[DeviceLabels, DeviceLabels] = ([], [])
        self._edited = ""
        access = settings_values.access(store.current)
        self._settings = SettingsController(store, self)
        self._reset = SettingsReset(store, self)
        self._reset.undo_offered.connect(self.undo_offered)
        self._key = KeyController(access, check_key, self)
        self._header = TicketHeaderController(self)
        self._sign_in = SignInController(access, open_url, self)
        store.changed.connect(self._on_setting_changed)
        self._key.changed.connect(self.key_changed)
        self._sign_in.key_saved.connect(self._key.find)
        self._sign_in.key_saved.connect(self.key_changed)

    def open(self, at_key: bool = False) -> None:
        """Show the dialog, with `at_key` at the page of the key."""
        if self._dialog is None:
            self._dialog = self._make()
            self.opened.emit(self._dialog)
        dialog = self._dialog
        dialog.show_values(msgspec.structs.asdict(self._store.current))
        dialog.show_devices(*self._devices)
        dialog.offer_sign_in(self._sign_in.available)
        self._key.find()
        self._header.find()
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        if at_key:
            dialog.show_key_page()

    def open_hotkeys(self) -> None:
        """Show the dialog at the page of the keys for all programs."""
        self.open()
        if self._dialog:
            self._dialog.show_hotkeys()

    def undo_reset(self) -> None:
        """Bring back what the last reset has changed."""
        self._reset.undo()

    def show_devices(self, inputs: DeviceLabels, outputs: DeviceLabels) -> None:
        """Offer these microphones and speakers."""
        self._devices = (inputs, outputs)
        if self._dialog:
            self._dialog.show_devices(inputs, outputs)

    async def close(self) -> None:
        """Close the dialog, and wait for nothing but an exported file."""
        for controller in (self._key, self._header, self._sign_in):
            controller.close()
        if self._dialog:
            self._dialog.close()
        await self._settings.close()

    def _make(self) -> SettingsDialog:
        # 25 ms of start-up that only this needs.
        from desktop.ui.settings.settings_dialog import SettingsDialog

        dialog = SettingsDialog(_form(), msgspec.structs.asdict(self._store.current), self._window)
        # settings
        dialog.changed.connect(self._on_edited)
        dialog.import_requested.connect(self._settings.import_file)
        dialog.export_requested.connect(self._settings.export_file)
        self._settings.file_done.connect(dialog.show_notice)
        dialog.reset_requested.connect(self._reset.reset)
        dialog.undo_requested.connect(self._reset.undo)
        self._reset.undo_offered.connect(dialog.offer_undo)
        dialog.open_requested.connect(lambda url: self._open_url(url.toString()))
        # key
        dialog.key_check_requested.connect(self._key.check)
        dialog.key_save_requested.connect(self._key.save)
        dialog.key_delete_requested.connect(self._key.remove)
        self._key.source_found.connect(dialog.show_key)
        self._key.done.connect(dialog.show_key_result)
        # ticket header
        dialog.header_save_requested.connect(self._header.save)
        dialog.header_delete_requested.connect(self._header.remove)
        self._header.found.connect(dialog.show_header)
        self._header.done.connect(dialog.show_header_result)
        # sign-in
        dialog.sign_in_requested.connect(self._sign_in.begin)
        dialog.sign_in_canceled.connect(self._sign_in.cancel)
        self._sign_in.code_received.connect(dialog.show_sign_in_code)
        self._sign_in.done.connect(dialog.show_sign_in_result)
        for name, variable in ENVIRONMENT.items():
            if os.environ.get(variable):
                dialog.lock(name, self.tr("Set by {0}.").format(variable))
        return dialog

    def _on_edited(self, name: str, value: object) -> None:
        self._edited = name
        self._settings.change(name, value)
        self._edited = ""

    def _on_setting_changed(self, name: str) -> None:
        if name in settings_values.ACCESS:
            access = settings_values.access(self._store.current)
            self._sign_in.use_access(access)
            self._key.use_access(access)
        # A field that is being typed in shows its value already.
        if self._dialog and name != self._edited:
            self._dialog.show_values({name: getattr(self._store.current, name)})


def _form() -> Form:
    from desktop.ui.settings.key_field import KeyRules
    from desktop.ui.settings.pages.form import Form

    return Form(
        defaults=schema.defaults(),
        bounds=schema.BOUNDS,
        problem=schema.problem,
        presets=prompt_presets.PRESETS,
        default_instructions=session_config.INSTRUCTIONS,
        longest_instructions=schema.LONGEST_INSTRUCTIONS,
        default_address=DEFAULT_BASE_URL,
        default_folder=_data_folder(),
        key=KeyRules(key_format.clean, key_format.problem, key_format.LONGEST, key_format.PLATFORM_URL),
    )


def _data_folder() -> str:
    try:
        return str(paths.data())
    except OSError:
        return ""
