"""The user's key: which one is in use, and how another one is checked, saved and removed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject, Signal

from desktop.access import credentials, key_hosts
from desktop.access.endpoint_resolver import AccessOptions
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.realtime.endpoint import DEFAULT_BASE_URL
from desktop.realtime.errors import RealtimeError

CheckKey = Callable[[str], Awaitable[None]]
"""Opens a session with this key and closes it. Raises RealtimeError."""

KEY_KEPT = Text("key-kept", "The key works and was saved.")
KEY_KEPT_UNCHECKED = Text("key-kept-unchecked", "The key was saved unchecked.")
KEY_GOES_ELSEWHERE = Text(
    "key-goes-elsewhere",
    "The service address in the settings is not the usual one: this key would be for {there}, not for "
    "{home}. Do it again if that is right.",
)
KEY_REMOVED = Text("key-removed", "The key was removed from the keychain.")


class KeyController(QObject):
    """Asks the keychain in tasks of its own. `close` it before the loop ends."""

    source_found = Signal(str, str)
    """Where the key in use comes from (a `credentials.CredentialSource`, or "ticket" if none is needed), and
    its last characters."""
    done = Signal(bool, Message)
    """A check, a save or a removal has ended: whether it went well, and a message."""
    changed = Signal()
    """There is another key than before, or none any more."""

    def __init__(self, access: AccessOptions, check_key: CheckKey, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._access = access
        self._check_key = check_key
        self._warned = ""
        self._tasks = TaskSet()

    def use_access(self, access: AccessOptions) -> None:
        """The service is reached in this way from now on: with tickets no key is needed."""
        before, self._access = self._access, access
        if bool(access.ticket_url) != bool(before.ticket_url):
            self.find()

    def find(self) -> None:
        """Look for the key in use; `source_found` has the answer."""
        self._tasks.spawn(self._find(), name="search for the key")

    def check(self, key: str) -> None:
        """Check this key with the service, and save it if it is accepted."""
        if self._warn():
            return
        self._tasks.spawn(self._check(key), name="check of a key")

    def save(self, key: str) -> None:
        """Save this key unchecked."""
        if self._warn():
            return
        self._tasks.spawn(self._save(key, KEY_KEPT_UNCHECKED()), name="saving of a key")

    def remove(self) -> None:
        """Remove the saved key."""
        self._tasks.spawn(self._remove(), name="removal of the key")

    def close(self) -> None:
        """Wait for no keychain and no service any more."""
        self._tasks.cancel()

    @property
    def _url(self) -> str:
        return self._access.base_url or DEFAULT_BASE_URL

    def _warn(self) -> bool:
        """Say once to which host another than the usual one this key would go; whether that was said now.

        The address may have been set by somebody else: an imported file, the environment.
        """
        there, home = self._url, DEFAULT_BASE_URL
        if key_hosts.is_same_host(there, home) or self._warned == there:
            return False
        self._warned = there
        shown = key_hosts.host_shown
        self.done.emit(False, KEY_GOES_ELSEWHERE(there=shown(there), home=shown(home)))
        return True

    async def _find(self) -> None:
        found = await in_daemon(credentials.find)
        if self._access.ticket_url:
            self.source_found.emit("ticket", "")
        else:
            self.source_found.emit(found.source, found.ending)

    async def _check(self, key: str) -> None:
        try:
            await self._check_key(key)
        except RealtimeError as exc:
            self.done.emit(False, exc.message)
            return
        await self._save(key, KEY_KEPT())

    async def _save(self, key: str, success: Message) -> None:
        try:
            url = self._url
            await in_daemon(lambda: credentials.save_for(key, url))
        except credentials.CredentialStoreError as exc:
            self.done.emit(False, exc.message)
            return
        await self._finish(success)

    async def _remove(self) -> None:
        try:
            await in_daemon(credentials.delete)
        except credentials.CredentialStoreError as exc:
            self.done.emit(False, exc.message)
            return
        await self._finish(KEY_REMOVED())

    async def _finish(self, success: Message) -> None:
        await self._find()
        self.done.emit(True, success)
        self.changed.emit()
