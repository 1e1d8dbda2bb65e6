"""What the connection page's other ways in lead to: the ticket address's header, and the sign-in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QUrl, Signal

from desktop.access import credentials, oauth_client, ticket_header
from desktop.access.keychain import CredentialStoreError
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Text
from desktop.realtime import sign_in
from desktop.realtime.endpoint import DEFAULT_BASE_URL
from desktop.realtime.errors import RealtimeError
from desktop.settings.schema import Settings

if TYPE_CHECKING:
    from desktop.ui.settings.settings_dialog import SettingsDialog

HEADER_KEPT = Text("header-kept", "The header is kept.")
HEADER_REMOVED = Text("header-removed", "The header is removed from the keychain.")
SIGNED_IN = Text("signed-in", "Signed in. The key is kept in this system's keychain.")


class SignInController(QObject):
    """Serves one settings dialog. `close` it before the loop ends."""

    key_kept = Signal()
    """A sign-in has brought a key, and it is kept."""

    def __init__(self, dialog: SettingsDialog, chosen: Settings, open_url: Callable[[QUrl], None]) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._settings = chosen
        self._open_url = open_url
        self._tasks: set[asyncio.Task[None]] = set()
        self._signing_in: asyncio.Task[None] | None = None
        dialog.header_save_requested.connect(lambda text: self._spawn(self._keep_header(text)))
        dialog.header_delete_requested.connect(lambda: self._spawn(self._remove_header()))
        dialog.sign_in_requested.connect(self._begin_sign_in)
        dialog.sign_in_canceled.connect(self._cancel_sign_in)

    def show(self) -> None:
        """Let the dialog show what there is."""
        self._dialog.offer_sign_in(bool(oauth_client.client_id()))
        self._spawn(self._show_header())

    def close(self) -> None:
        """Let what is waited for go."""
        for task in self._tasks:
            task.cancel()

    # The header

    async def _show_header(self) -> None:
        header = await in_daemon(ticket_header.find)
        self._dialog.show_header(header[0] if header else "")

    async def _keep_header(self, text: str) -> None:
        try:
            await in_daemon(lambda: ticket_header.save(text))
        except CredentialStoreError as exc:
            self._dialog.show_header_result(False, exc.message)
            return
        await self._show_header()
        self._dialog.show_header_result(True, HEADER_KEPT())

    async def _remove_header(self) -> None:
        try:
            await in_daemon(ticket_header.delete)
        except CredentialStoreError as exc:
            self._dialog.show_header_result(False, exc.message)
            return
        await self._show_header()
        self._dialog.show_header_result(True, HEADER_REMOVED())

    # The sign-in

    def _begin_sign_in(self) -> None:
        self._cancel_sign_in()
        self._signing_in = self._spawn(self._sign_in())

    def _cancel_sign_in(self) -> None:
        if self._signing_in:
            self._signing_in.cancel()
            self._signing_in = None

    async def _sign_in(self) -> None:
        base_url, client_id = self._settings.base_url or DEFAULT_BASE_URL, oauth_client.client_id()
        try:
            prompt = await sign_in.begin(base_url, client_id)
            page = QUrl(prompt.url)
            self._dialog.show_sign_in_code(prompt.user_code, page)
            self._open_url(page)
            key = await sign_in.finish(base_url, client_id, prompt)
            await in_daemon(lambda: credentials.save(key))
        except (RealtimeError, CredentialStoreError) as exc:
            self._dialog.show_sign_in_result(False, exc.message)
            return
        self._dialog.show_sign_in_result(True, SIGNED_IN())
        self.key_kept.emit()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
