"""The header for an organisation's ticket address: which one is sent, and how another one is saved."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop.access import ticket_header
from desktop.access.keychain import CredentialStoreError
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet

HEADER_KEPT = Text("header-kept", "The header was saved.")
HEADER_REMOVED = Text("header-removed", "The header was removed from the keychain.")


class TicketHeaderController(QObject):
    """Asks the keychain in tasks of its own. `close` it before the loop ends."""

    found = Signal(str)
    """The name of the header that is sent; empty without one."""
    done = Signal(bool, Message)
    """A save or a removal has ended: whether it went well, and a message."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = TaskSet()

    def find(self) -> None:
        """Look for the header; `found` has the answer."""
        self._tasks.spawn(self._find(), name="search for the header")

    def save(self, text: str) -> None:
        """Save a header, as "Name: value"."""
        self._tasks.spawn(self._save(text), name="saving of the header")

    def remove(self) -> None:
        """Remove the saved header."""
        self._tasks.spawn(self._remove(), name="removal of the header")

    def close(self) -> None:
        """Wait for no keychain any more."""
        self._tasks.cancel()

    async def _find(self) -> None:
        header = await in_daemon(ticket_header.find)
        self.found.emit(header[0] if header else "")

    async def _save(self, text: str) -> None:
        try:
            await in_daemon(lambda: ticket_header.save(text))
        except CredentialStoreError as exc:
            self.done.emit(False, exc.message)
            return
        await self._find()
        self.done.emit(True, HEADER_KEPT())

    async def _remove(self) -> None:
        try:
            await in_daemon(ticket_header.delete)
        except CredentialStoreError as exc:
            self.done.emit(False, exc.message)
            return
        await self._find()
        self.done.emit(True, HEADER_REMOVED())
