"""The list of models for the window: from the cache at the start, from the service later and on request."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.access.endpoint_resolver import AccessOptions
from desktop.access.model_cache import ModelCache
from desktop.base.message import Text
from desktop.base.task_set import TaskSet
from desktop.realtime.errors import RealtimeError
from desktop.turn.effects import Note

LIST_STAYS = Text("list-stays", "The list of models stays as it was. {reason}")
NEW_MODELS = Text("new-models", "New models: {names}.")
NO_NEW_MODELS = Text("no-new-models", "No new models.")


class ModelListController(QObject):
    """Fetches in tasks of its own. `close` it before the loop ends."""

    changed = Signal(tuple)
    """All models that are known now."""
    noted = Signal(Note)

    def __init__(self, access: AccessOptions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._access = access
        self._cache = ModelCache(lambda: self._access)
        self._tasks = TaskSet()
        self._fetching: asyncio.Task[None] | None = None

    def use_access(self, access: AccessOptions) -> None:
        """Ask this service from now on."""
        self._access = access

    async def load(self) -> None:
        """Load the cached list, without asking the service."""
        await self._cache.load()
        self.changed.emit(self._cache.models)

    def renew(self) -> None:
        """Fetch the list if the cached one is older than a day; only news are announced."""
        self._begin(self._renew())

    def refresh(self) -> None:
        """Fetch the list now; a note says how that went."""
        self._begin(self._refresh())

    def close(self) -> None:
        """Wait for no service any more."""
        self._tasks.cancel()

    def _begin(self, fetch: Coroutine[Any, Any, None]) -> None:
        if self._fetching:
            self._fetching.cancel()
        self._fetching = self._tasks.spawn(fetch, name="list of models")

    async def _renew(self) -> None:
        if await self._cache.renew():
            self.changed.emit(self._cache.models)

    async def _refresh(self) -> None:
        try:
            new = await self._cache.refresh()
        except RealtimeError as exc:
            self.noted.emit(Note("warning", LIST_STAYS(reason=exc.message), exc.code, subject="models"))
            return
        self.changed.emit(self._cache.models)
        names = ", ".join(model.label for model in new)
        self.noted.emit(Note("hint", NEW_MODELS(names=names) if new else NO_NEW_MODELS()))
