"""What the settings dialog asks for: a change, an import, an export."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.base.addresses import host_of
from desktop.base.atomic_file import CLOSE_S
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.base.terminal import one_line
from desktop.base.visible_text import visible_line
from desktop.settings import files, schema
from desktop.settings.store import SettingsStore

log = logging.getLogger(__name__)

LONGEST_NAME = 100
"""Characters of a file's or a host's name in a message."""

IMPORTED = Text("settings-imported", "Imported from {file}. The key was not touched.")
IMPORTED_WITHOUT_ADDRESSES = Text(
    "settings-imported-without-addresses",
    "Imported from {file}, without its addresses ({hosts}): your key would be sent there. "
    "Set them yourself if you trust them. The key was not touched.",
)
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
        hosts = self._other_hosts(values)
        self._store.replace(**{name: value for name, value in values.items() if name not in files.ASKED_FOR})
        name = visible_line(path.name)
        if hosts:
            self.file_done.emit(True, IMPORTED_WITHOUT_ADDRESSES(file=name, hosts=", ".join(hosts)))
        else:
            self.file_done.emit(True, IMPORTED(file=name))

    def _other_hosts(self, values: dict[str, Any]) -> list[str]:
        """The hosts of the addresses that aren't set already: whoever has made the file would get the key."""
        new = {
            values[name]
            for name in schema.ADDRESSES
            if values.get(name) and values[name] != getattr(self._store.current, name)
        }
        return sorted(one_line(host_of(url), LONGEST_NAME) for url in new)

    async def _export(self, path: Path) -> None:
        settings = self._store.current
        try:
            await in_daemon(lambda: files.export_file(path, settings))
        except OSError as exc:
            problem = NOT_EXPORTED(file=visible_line(path.name), reason=exc.strerror or str(exc))
            self.file_done.emit(False, problem)
            return
        self.file_done.emit(True, EXPORTED(file=visible_line(path.name)))
