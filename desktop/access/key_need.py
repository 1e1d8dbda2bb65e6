"""Says at once that a chosen model needs a key, and no longer when there is one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from desktop.access import credentials
from desktop.access.endpoint_resolver import AccessOptions, uses_offline_server
from desktop.base.addresses import is_loopback_url
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Text
from desktop.base.task_set import TaskSet
from desktop.protocol import catalog
from desktop.turn.effects import Note

NEEDS_KEY = Text("needs-key", "{model} needs a key.")


class KeyNeed(QObject):
    """Looks for a key in tasks of its own: the keychain may ask the user. `close` it before the loop ends.

    Args:
        access: how the service is reached now.
        model: the model that is chosen now; what it was at first is not looked at.
    """

    noted = Signal(Note)
    settled = Signal()
    """The chosen model needs no key, or there is one."""
    usable_changed = Signal(bool)
    """Whether a session can be opened with the chosen model, as far as the key goes. Not before the first
    look at a model that may need one."""

    def __init__(
        self,
        access: Callable[[], AccessOptions],
        model: Callable[[], catalog.Model],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._access, self._model = access, model
        self._seen = model().id
        self._usable = True
        self._tasks = TaskSet()
        self._looking: asyncio.Task[None] | None = None

    def on_model_chosen(self) -> None:
        """Another model may have been chosen."""
        if self._model().id != self._seen:
            self.look()

    def look(self) -> None:
        """Look whether the chosen model has what it needs: it, the key or the address is another."""
        model = self._model()
        if model.id != self._seen and may_need_key(model, self._access()):
            self._set_usable(False)
        self._seen = model.id
        if self._looking:
            self._looking.cancel()
        self._looking = self._tasks.spawn(self._look(), name="search for the key of a model")

    def close(self) -> None:
        """Look no more."""
        self._tasks.cancel()

    async def _look(self) -> None:
        model, access = self._model(), self._access()
        if not may_need_key(model, access) or (await in_daemon(credentials.find)).key:
            self._set_usable(True)
            self.settled.emit()
        else:
            self._set_usable(False)
            self.noted.emit(Note("warning", NEEDS_KEY(model=model.name), action="add_key", subject="key"))

    def _set_usable(self, usable: bool) -> None:
        if usable != self._usable:
            self._usable = usable
            self.usable_changed.emit(usable)


def may_need_key(model: catalog.Model, access: AccessOptions) -> bool:
    """Whether a session with this model is opened by a key, and not by a ticket or without anything."""
    return not (uses_offline_server(model, access) or access.ticket_url or is_loopback_url(access.base_url))
