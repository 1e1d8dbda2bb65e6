"""The list of models, for the window: what was kept at the start, what is newer after it and on request."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QObject, Signal

from desktop.access.endpoint_resolver import Access
from desktop.access.model_cache import ModelCache
from desktop.base.message import Text
from desktop.realtime.errors import RealtimeError
from desktop.settings.schema import Settings
from desktop.turn.effects import Note

LIST_STAYS = Text("list-stays", "The list of models stays as it was. {reason}")
NEW_MODELS = Text("new-models", "New models: {names}.")
NO_NEW_MODELS = Text("no-new-models", "No new models.")


class ModelListController(QObject):
    """Fetches in tasks of its own. `close` it before the loop ends."""

    changed = Signal(tuple)
    """All models there are now."""
    said = Signal(Note)

    def __init__(self, chosen: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._catalogue = ModelCache(lambda: Access.of(chosen))
        self._task: asyncio.Task[None] | None = None

    async def load(self) -> None:
        """Take what was kept, without asking anybody."""
        await self._catalogue.load()
        self.changed.emit(self._catalogue.models)

    def renew(self) -> None:
        """Fetch what is older than a day, in silence."""
        self._begin(asyncio.create_task(self._renew(), name="list of models"))

    def refresh(self) -> None:
        """Fetch it now, and say how that went."""
        self._begin(asyncio.create_task(self._refresh(), name="list of models"))

    def close(self) -> None:
        """Let what is waited for go."""
        if self._task:
            self._task.cancel()

    def _begin(self, task: asyncio.Task[None]) -> None:
        self.close()
        self._task = task

    async def _renew(self) -> None:
        if await self._catalogue.renew():
            self.changed.emit(self._catalogue.models)

    async def _refresh(self) -> None:
        try:
            new = await self._catalogue.refresh()
        except RealtimeError as exc:
            self.said.emit(Note("warning", LIST_STAYS(reason=exc.message), exc.code))
            return
        self.changed.emit(self._catalogue.models)
        names = ", ".join(model.label for model in new)
        self.said.emit(Note("hint", NEW_MODELS(names=names) if new else NO_NEW_MODELS()))
