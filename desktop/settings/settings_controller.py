"""The settings dialog's other side: it shows what holds, and sees to what is changed."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from desktop.access import credentials
from desktop.access.sign_in_controller import SignInController
from desktop.base import paths
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.conversation import session_config
from desktop.realtime.endpoint import DEFAULT_BASE_URL
from desktop.realtime.errors import RealtimeError
from desktop.settings import prompt_presets, schema
from desktop.settings.schema import Settings
from desktop.ui.dialogs.dialog import TalkingDialog

if TYPE_CHECKING:
    from desktop.ui.settings.settings_dialog import SettingsDialog

log = logging.getLogger(__name__)

KEY_KEPT = Text("key-kept", "The key works, and is kept.")
KEY_KEPT_UNCHECKED = Text("key-kept-unchecked", "The key is kept, unchecked.")
KEY_REMOVED = Text("key-removed", "The key is removed from the keychain.")
IMPORTED = Text("settings-imported", "Imported from {file}. The key was not touched.")
EXPORTED = Text("settings-exported", "Exported to {file}, without the key.")
NOT_EXPORTED = Text("settings-not-exported", "{file} can't be written ({reason}). Choose another place.")

ENVIRONMENT = {"base_url": "OPPER_BASE_URL"}
"""Settings that a variable of the environment decides."""

Devices = list[tuple[str, str]]
"""The key of each, and what it is called."""
CheckKey = Callable[[str], Awaitable[None]]
"""Opens a session with this key and closes it. Raises RealtimeError."""


class SettingsController(QObject):
    """Opens the dialog, keeps one, and puts each change into the settings.

    `changed` says a setting's name after it was changed; who lives by it reads it from the settings.
    """

    changed = Signal(str)
    key_changed = Signal()
    """There is another key than before, or none any more."""
    opened = Signal(TalkingDialog)
    """A dialog is shown, the talk key of which is to be heard."""

    def __init__(self, chosen: Settings, window: QWidget, check_key: CheckKey) -> None:
        super().__init__(window)
        self._settings = chosen
        self._window = window
        self._check_key = check_key
        self._dialog: SettingsDialog | None = None
        self._ways: SignInController | None = None
        self._devices: tuple[Devices, Devices] = ([], [])
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self, at_key: bool = False) -> None:
        """Show the dialog, at the page of the key if that is what is wanted."""
        if self._dialog is None:
            self._dialog = self._made()
        dialog = self._dialog
        dialog.show_values(self._values())
        dialog.show_devices(*self._devices)
        self._spawn(self._show_key())
        if self._ways:
            self._ways.show()
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        if at_key:
            dialog.show_key_page()

    def show_devices(self, inputs: Devices, outputs: Devices) -> None:
        """These microphones and speakers are there."""
        self._devices = (inputs, outputs)
        if self._dialog:
            self._dialog.show_devices(inputs, outputs)

    def refresh(self, name: str) -> None:
        """A setting was changed elsewhere."""
        if self._dialog and name in Settings.__struct_fields__:
            self._dialog.show_values({name: getattr(self._settings, name)})

    def close(self) -> None:
        """Let the dialog and what it waits for go."""
        for task in self._tasks:
            task.cancel()
        if self._ways:
            self._ways.close()
        if self._dialog:
            self._dialog.close()

    def _made(self) -> SettingsDialog:
        # 25 ms of start-up that only this needs.
        from desktop.ui.settings.pages.form import Form
        from desktop.ui.settings.settings_dialog import SettingsDialog

        form = Form(
            schema.defaults(),
            schema.BOUNDS,
            schema.problem,
            prompt_presets.PRESETS,
            session_config.INSTRUCTIONS,
            schema.LONGEST_INSTRUCTIONS,
            DEFAULT_BASE_URL,
            _data_folder(),
        )
        dialog = SettingsDialog(form, self._values(), self._window)
        dialog.changed.connect(self._on_changed)
        dialog.key_check_requested.connect(lambda key: self._spawn(self._check_and_keep(key)))
        dialog.key_save_requested.connect(lambda key: self._spawn(self._keep(key, KEY_KEPT_UNCHECKED())))
        dialog.key_delete_requested.connect(lambda: self._spawn(self._remove()))
        dialog.import_requested.connect(lambda path: self._spawn(self._import(path)))
        dialog.export_requested.connect(lambda path: self._spawn(self._export(path)))
        dialog.open_requested.connect(_open)
        self._ways = SignInController(dialog, self._settings, _open)
        self._ways.key_kept.connect(lambda: self._spawn(self._show_key()))
        self._ways.key_kept.connect(self.key_changed)
        for name, variable in ENVIRONMENT.items():
            if os.environ.get(variable):
                dialog.lock(name, self.tr("{0} decides this.").format(variable))
        self.opened.emit(dialog)
        return dialog

    def _values(self) -> dict[str, Any]:
        return msgspec.structs.asdict(self._settings)

    def _on_changed(self, name: str, value: object) -> None:
        try:
            schema.change(self._settings, name, value)
        except ValueError as exc:  # the form judges by the same rules
            log.info("setting refused: %s", exc)
            return
        if name == "ticket_url":
            self._spawn(self._show_key())
        self.changed.emit(name)

    # The key

    async def _show_key(self) -> None:
        found = await in_daemon(credentials.find)
        if not self._dialog:
            return
        if self._settings.ticket_url:
            self._dialog.show_key("ticket")
        else:
            self._dialog.show_key(found.source, found.ending)

    async def _check_and_keep(self, key: str) -> None:
        try:
            await self._check_key(key)
        except RealtimeError as exc:
            self._say_key(False, exc.message)
            return
        await self._keep(key, KEY_KEPT())

    async def _keep(self, key: str, message: Message) -> None:
        try:
            await in_daemon(lambda: credentials.save(key))
        except credentials.CredentialStoreError as exc:
            self._say_key(False, exc.message)
            return
        await self._show_key()
        self._say_key(True, message)
        self.key_changed.emit()

    async def _remove(self) -> None:
        try:
            await in_daemon(credentials.delete)
        except credentials.CredentialStoreError as exc:
            self._say_key(False, exc.message)
            return
        await self._show_key()
        self._say_key(True, KEY_REMOVED())
        self.key_changed.emit()

    def _say_key(self, ok: bool, message: Message) -> None:
        if self._dialog:
            self._dialog.show_key_result(ok, message)

    # Files

    async def _import(self, path: Path) -> None:
        try:
            values = await in_daemon(lambda: schema.import_file(path))
        except schema.SettingsFileError as exc:
            self._say(False, exc.message)
            return
        for name, value in values.items():
            if getattr(self._settings, name) != value:
                self._on_changed(name, value)
        if self._dialog:
            self._dialog.show_values(self._values())
        self._say(True, IMPORTED(file=path.name))

    async def _export(self, path: Path) -> None:
        kept = msgspec.structs.replace(self._settings)
        try:
            await in_daemon(lambda: schema.export_file(path, kept))
        except OSError as exc:
            self._say(False, NOT_EXPORTED(file=path.name, reason=exc.strerror or str(exc)))
            return
        self._say(True, EXPORTED(file=path.name))

    def _say(self, ok: bool, message: Message) -> None:
        if self._dialog:
            self._dialog.show_notice(ok, message)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _data_folder() -> str:
    try:
        return str(paths.data())
    except OSError:
        return ""


def _open(url: QUrl) -> None:
    QDesktopServices.openUrl(url)
