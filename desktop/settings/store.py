"""The one owner of the settings: holds what is current, announces each change and writes it to the disk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.settings import files, schema
from desktop.settings.schema import Settings

log = logging.getLogger(__name__)

SETTINGS_NOT_WRITTEN = Text(
    "settings-not-written",
    "The settings can't be saved ({reason}). They apply until you quit, and saving is tried again.",
)

WRITE_AFTER_MS = 1_000
"""From a change to its writing: a slider that is dragged is written once a second, not at each step."""
RETRY_AFTER_MS = 10_000
"""From a write that failed to the next: a full disk may be full for hours, and gets room at any time."""
CLOSE_S = 5.0
"""How long the program's end waits for the file. It has a few kilobytes; a home folder on a network that
hangs must not keep the program from ending."""


Snapshot = tuple[Settings, Settings]
"""What held, and what was written without what holds for once."""


class SettingsStore(QObject):
    """Holds `current`; a change is made by `change` or `replace`, and written soon after.

    Writing happens on the running event loop. `close` the store before the loop ends.
    """

    changed = Signal(str)
    """The name of a setting that has another value now."""
    failed = Signal(Message)
    """The file can't be written; once, until it could be again."""
    saved = Signal()
    """The file was written."""

    def __init__(
        self,
        saved: Settings,
        folder: Path | None = None,
        parent: QObject | None = None,
        *,
        loaded: files.Loaded | None = None,
    ) -> None:
        """Starts with `saved`, which the file in `folder` holds; without a folder nothing is written.

        `loaded` is all that the file held.
        """
        super().__init__(parent)
        self._current = self._kept = self._written = saved
        self._loaded = loaded or files.Loaded(saved)
        self._folder = folder
        self._failed = False
        self._writing = asyncio.Lock()
        self._tasks = TaskSet()
        self._closed = False
        self._retry = QTimer(self, interval=RETRY_AFTER_MS, singleShot=True)
        self._retry.timeout.connect(lambda: self._tasks.spawn(self.flush(), name="settings again"))
        self._timer = QTimer(self, interval=WRITE_AFTER_MS, singleShot=True)
        self._timer.timeout.connect(lambda: self._tasks.spawn(self.flush(), name="settings"))

    @classmethod
    def load(cls, folder: Path | None) -> SettingsStore:
        """The store of the settings in a folder; None: of the defaults, which are never written."""
        loaded = files.load(folder) if folder else files.Loaded(Settings())
        return cls(loaded.settings, folder, loaded=loaded)

    @property
    def folder(self) -> Path | None:
        """Where the settings are kept; None if they aren't."""
        return self._folder

    @property
    def problem(self) -> Message | None:
        """What the user should know about the file that was read."""
        return self._loaded.problem

    @property
    def current(self) -> Settings:
        """What holds now."""
        return self._current

    def override(self, **values: Any) -> None:
        """Let these values hold for once: they are not written unless they are chosen later."""
        self._current = msgspec.structs.replace(self._current, **values)

    def change(self, name: str, value: object) -> None:
        """Give one setting another value. Raises ValueError if it can't have it, KeyError for no setting."""
        self._take(schema.with_value(self._current, name, value), schema.with_value(self._kept, name, value))

    def replace(self, **values: Any) -> None:
        """Give these settings other values, which are valid."""
        replace = msgspec.structs.replace
        self._take(replace(self._current, **values), replace(self._kept, **values))

    def snapshot(self) -> Snapshot:
        """What holds and what is written now, for `restore`."""
        return self._current, self._kept

    def restore(self, snapshot: Snapshot, names: Iterable[str]) -> None:
        """Give these settings the values that they had."""
        current, kept = ({name: getattr(one, name) for name in names} for one in snapshot)
        replace = msgspec.structs.replace
        self._take(replace(self._current, **current), replace(self._kept, **kept))

    def change_entry(self, name: str, key: str, value: str) -> None:
        """Give one entry of a mapping another value; an empty one removes it. The other entries stay."""
        current, kept = ({**getattr(one, name), key: value} for one in (self._current, self._kept))
        if not value:
            del current[key], kept[key]
        replace = msgspec.structs.replace
        self._take(replace(self._current, **{name: current}), replace(self._kept, **{name: kept}))

    async def flush(self) -> None:
        """Write what was changed. The disk is not waited for on the loop's thread."""
        self._timer.stop()
        self._retry.stop()
        async with self._writing:
            if self._folder is None or self._kept == self._written:
                return
            await self._write(self._folder, self._kept)

    async def flush_within(self, within_s: float = CLOSE_S) -> None:
        """Write what was changed, and wait `within_s` seconds for it at most."""
        try:
            async with asyncio.timeout(within_s):
                await self.flush()
        except TimeoutError:
            log.warning("the program ends before the settings were written")

    async def close(self, within_s: float = CLOSE_S) -> None:
        """Write what was changed and not yet written, and write no more."""
        self._closed = True
        await self.flush_within(within_s)
        self._retry.stop()
        await self._tasks.close()

    def _take(self, settings: Settings, kept: Settings) -> None:
        """Let `settings` hold; `kept` is what is written, without what holds for once."""
        before, self._current, self._kept = self._current, settings, kept
        names = [
            name for name in Settings.__struct_fields__ if getattr(settings, name) != getattr(before, name)
        ]
        if kept != self._written and self._folder and not self._closed and not self._timer.isActive():
            self._timer.start()
        for name in names:
            self.changed.emit(name)

    async def _write(self, folder: Path, values: Settings) -> None:
        try:
            await in_daemon(lambda: files.save(folder, values, self._loaded.unread))
        except OSError as exc:
            log.info("settings can't be written: %s", exc.strerror)
            if not self._closed:
                self._retry.start()  # the disk may have room again
            if not self._failed:
                self._failed = True
                self.failed.emit(SETTINGS_NOT_WRITTEN(reason=exc.strerror or str(exc)))
        else:
            self._written, self._failed = values, False
            self.saved.emit()
