"""The settings of this run and their file: read once, written soon after each change."""

from __future__ import annotations

import copy
import logging
import threading
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.settings import schema
from desktop.settings.schema import Settings

log = logging.getLogger(__name__)

SETTINGS_NOT_WRITTEN = Text(
    "settings-not-written", "The settings can't be written ({reason}). They hold until you quit."
)
LOOK_MS = 2_000
"""Between two looks for a change. Nobody has to tell: a setting is changed in many places."""


class SettingsStore(QObject):
    """Holds `current`, which may be changed freely; what the user changed of it is kept on disk.

    What the command line and the environment said for once, before `start`, is not kept.
    """

    failed = Signal(Message)
    """The file can't be written; once, until it could be again."""

    def __init__(self, folder: Path | None, parent: QObject | None = None) -> None:
        """Reads the file in `folder`; None keeps nothing."""
        super().__init__(parent)
        self._folder = folder
        self._saved = self._read()
        self.current = copy.deepcopy(self._saved)
        self._before = self.current
        self._written = self._saved
        self._writing = threading.Lock()
        self._failed = False
        self._timer = QTimer(self, interval=LOOK_MS)

    def start(self) -> None:
        """From now on what changes is the user's doing."""
        self._before = copy.deepcopy(self.current)
        self._written = copy.deepcopy(self._saved)
        self._timer.start()

    @property
    def unwritten(self) -> bool:
        """Whether something was changed since the file was written."""
        return self._to_keep() != self._written

    async def keep(self) -> None:
        """Write what was changed. The disk is not waited for on the loop's thread."""
        values = copy.deepcopy(self._to_keep())
        if self._folder is None or values == self._written:
            return
        folder, self._written = self._folder, values
        try:
            await in_daemon(lambda: self._write(folder, values))
        except OSError as exc:
            log.info("settings can't be written: %s", exc.strerror)
            if not self._failed:
                self._failed = True
                self.failed.emit(SETTINGS_NOT_WRITTEN(reason=exc.strerror or str(exc)))
        else:
            self._failed = False

    @property
    def looked(self) -> QTimer:
        """Times out when it is time to look for changes."""
        return self._timer

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def _to_keep(self) -> Settings:
        return schema.with_changes(self._saved, self._before, self.current)

    def _write(self, folder: Path, values: Settings) -> None:
        with self._writing:
            schema.save(folder, values)

    def _read(self) -> Settings:
        if self._folder is None:
            return Settings()
        try:
            return schema.load(self._folder)
        except OSError as exc:
            log.info("settings can't be read: %s", exc.strerror)
            return Settings()
