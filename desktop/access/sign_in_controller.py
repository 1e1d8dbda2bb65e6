"""Signing in with the browser: a code to be entered there, then a key that is saved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject, QUrl, Signal

from desktop.access import credentials, oauth_client
from desktop.access.endpoint_resolver import AccessOptions
from desktop.access.keychain import CredentialStoreError
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.realtime import sign_in
from desktop.realtime.endpoint import DEFAULT_BASE_URL
from desktop.realtime.errors import RealtimeError

SIGNED_IN = Text("signed-in", "Signed in. The key is stored in this system's keychain.")


class SignInController(QObject):
    """One sign-in at a time, in a task of its own. `close` it before the loop ends."""

    code_received = Signal(str, QUrl)
    """The code, and the address of the page that asks for it."""
    done = Signal(bool, Message)
    """A sign-in has ended: whether it went well, and a message."""
    key_saved = Signal()
    """A sign-in has brought a key, and it is saved."""

    def __init__(
        self, access: AccessOptions, open_url: Callable[[str], object], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._access = access
        self._open_url = open_url
        self._tasks = TaskSet()
        self._running: asyncio.Task[None] | None = None

    @property
    def available(self) -> bool:
        """Whether the program is registered for it."""
        return bool(oauth_client.client_id())

    def use_access(self, access: AccessOptions) -> None:
        """Sign in at this service from now on."""
        self._access = access

    def begin(self) -> None:
        """Ask for a code and open its page; wait until it was entered there."""
        self.cancel()
        self._running = self._tasks.spawn(self._sign_in(), name="sign-in")

    def cancel(self) -> None:
        """Wait for the sign-in no longer."""
        if self._running:
            self._running.cancel()
            self._running = None

    def close(self) -> None:
        """Wait for nothing any more."""
        self._tasks.cancel()

    async def _sign_in(self) -> None:
        base_url, client_id = self._access.base_url or DEFAULT_BASE_URL, oauth_client.client_id()
        try:
            prompt = await sign_in.begin(base_url, client_id)
            self.code_received.emit(prompt.user_code, QUrl(prompt.url))
            self._open_url(prompt.url)
            key = await sign_in.finish(base_url, client_id, prompt)
            await in_daemon(lambda: credentials.save_for(key, base_url))
        except (RealtimeError, CredentialStoreError) as exc:
            self.done.emit(False, exc.message)
            return
        self.done.emit(True, SIGNED_IN())
        self.key_saved.emit()
