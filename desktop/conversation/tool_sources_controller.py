"""Tools from elsewhere in the window: started after the first paint, followed when a file is saved."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from desktop.access import tool_secrets
from desktop.base.task_set import TaskSet
from desktop.tools.mcp.sign_ins import SignIns
from desktop.tools.registry import Registry
from desktop.tools.sources import ToolSources

log = logging.getLogger(__name__)

SAVED_MS = 300
"""After a change of a file: editors write one in several steps."""
TOLD_MS = 100
"""Between two words of what has changed: fifty servers start at once."""


class ToolSourcesController(QObject):
    """Owns the `ToolSources` of the window. `close` it before the loop ends."""

    changed = Signal()
    """A source or a tool has changed; the registry has followed."""

    def __init__(
        self,
        registry: Registry,
        folder: Path | None,
        parent: QObject | None = None,
        *,
        open_page: Callable[[str], bool] = lambda _: False,
    ) -> None:
        super().__init__(parent)
        self._folder = folder
        self.sources = ToolSources(
            registry,
            folder or Path(),
            tool_secrets.read,
            self._on_changed,
            SignIns(tool_secrets.read, tool_secrets.keep, open_page),
        )
        self._watcher: QFileSystemWatcher | None = None
        self._told = QTimer(self, singleShot=True, interval=TOLD_MS)
        self._told.timeout.connect(self.changed)
        self._saved = QTimer(self, singleShot=True, interval=SAVED_MS)
        self._saved.timeout.connect(self.load)
        self.tasks = TaskSet()

    @property
    def any(self) -> bool:
        """Whether there are tools from elsewhere."""
        return bool(self.sources.servers.servers or self.sources.functions.files)

    async def start(self) -> None:
        """Read what is configured, and start it."""
        if self._folder is not None:
            await self.sources.load()
            self._watch()

    async def settle(self, within_s: float) -> None:
        """Wait until every source is ready or has failed, so long at most."""
        if self.any:
            await self.sources.settle(within_s)

    def load(self) -> None:
        """Read the files again: one was saved."""
        self.tasks.spawn(self.start(), name="tools from elsewhere")

    async def close(self) -> None:
        """End what runs."""
        self._saved.stop()
        self._told.stop()
        await self.tasks.close()
        await self.sources.close()

    def _on_changed(self) -> None:
        if not self._told.isActive():
            self._told.start()

    def _watch(self) -> None:
        assert self._folder is not None
        if self._watcher is None:
            self._watcher = QFileSystemWatcher(self)
            self._watcher.fileChanged.connect(lambda _: self._saved.start())
            self._watcher.directoryChanged.connect(lambda _: self._saved.start())
        functions = self.sources.functions_folder
        paths = [functions, self.sources.config_file, *(file.path for file in self.sources.functions.files)]
        # An editor that writes another file in a file's place ends the watching of it.
        known = {*self._watcher.files(), *self._watcher.directories()}
        wanted = [str(path) for path in paths if str(path) not in known and path.exists()]
        if wanted:
            self._watcher.addPaths(wanted)
        if str(self.sources.config_file) not in (*known, *wanted) and str(self._folder) not in known:
            self._watcher.addPath(str(self._folder))  # until there is such a file
