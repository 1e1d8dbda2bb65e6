"""What the settings dialog asks for: a change, an import, an export."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.base.atomic_file import CLOSE_S
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.settings import files
from desktop.settings.store import SettingsStore

log = logging.getLogger(__name__)

IMPORTED = Text("settings-imported", "Imported from {file}. The key was not touched.")
EXPORTED = Text("settings-exported", "Exported to {file}, without the key.")
NOT_EXPORTED = Text("settings-not-exported", "{file} can't be written ({reason}). Choose another place.")


class SettingsController(QObject):
    """Reads and writes files in tasks of its own. `close` it before the loop ends."""

    file_done = Signal(bool, Message)
    """An import or an export has ended: whether it went well, and a message."""

    def __init__(self, store: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._tasks = TaskSet()
        self._exports = TaskSet()

    def change(self, name: str, value: object) -> None:
        """Give a setting another value."""
        try:
            self._store.change(name, value)
        except ValueError as exc:  # the form judges by the same rules
            log.info("setting refused: %s", exc)

    def import_file(self, path: Path) -> None:
        """Take over what an exported file holds."""
        self._tasks.spawn(self._import(path), name="import of settings")

    def export_file(self, path: Path) -> None:
        """Write a file that another machine can import."""
        self._exports.spawn(self._export(path), name="export of settings")

    async def close(self, within_s: float = CLOSE_S) -> None:
        """Wait for the files that are being written, and begin nothing more."""
        self._tasks.cancel()
        if not await self._exports.join(within_s):
            log.warning("the program ends before the exported settings were written")
        self._exports.cancel()

    async def _import(self, path: Path) -> None:
        try:
            values = await in_daemon(lambda: files.import_file(path))
        except files.SettingsFileError as exc:
            self.file_done.emit(False, exc.message)
            return
        self._store.replace(**values)
        self.file_done.emit(True, IMPORTED(file=path.name))

    async def _export(self, path: Path) -> None:
        settings = self._store.current
        try:
            await in_daemon(lambda: files.export_file(path, settings))
        except OSError as exc:
            problem = NOT_EXPORTED(file=path.name, reason=exc.strerror or str(exc))
            self.file_done.emit(False, problem)
            return
        self.file_done.emit(True, EXPORTED(file=path.name))
