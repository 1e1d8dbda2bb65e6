"""Keeps the system's list of what starts at login as the setting has it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Text
from desktop.base.task_set import TaskSet
from desktop.settings.store import SettingsStore

log = logging.getLogger(__name__)

END_S = 2.0
NAME = "start_at_login"
NOT_SET = Text(
    "login-not-set", "The start at login can't be changed ({reason}). Change it in your system's settings."
)


class Autostart(Protocol):
    """What `system.autostart` does."""

    def set_on(self, on: bool) -> None: ...

    def is_on(self) -> bool: ...


def _load() -> Autostart:
    from desktop.system import autostart

    return autostart


class LoginStart(QObject):
    """Follows the setting. While it is off, nothing is read, imported or written at the start."""

    told = Signal(object)
    """A `Message` that says why it can't be changed, or None."""

    def __init__(
        self, store: SettingsStore, parent: QObject | None = None, load: Callable[[], Autostart] = _load
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._load = load
        self._tasks = TaskSet()
        self._one = asyncio.Lock()

    def start(self) -> None:
        """Look whether the system still has it, and starts the program from where it is now."""
        if self._store.current.start_at_login:
            self._tasks.spawn(self._look(), name="look at the start at login")

    def on_setting_changed(self, name: str) -> None:
        """A setting was changed: it may be this one."""
        if name == NAME:
            self._tasks.spawn(self._set(self._store.current.start_at_login), name="set the start at login")

    async def close(self) -> None:
        """Wait for what is being written."""
        await self._tasks.join(END_S)

    async def _look(self) -> None:
        autostart = self._load()
        if await in_daemon(autostart.is_on):
            await self._set(True)  # the program may be in another place
        else:
            self._store.change(NAME, False)  # the user, or their desktop, has switched it off

    async def _set(self, on: bool) -> None:
        autostart = self._load()
        try:
            async with self._one:
                await in_daemon(lambda: autostart.set_on(on))
        except OSError as exc:
            log.warning("the start at login can't be changed: %s", exc.strerror)
            self.told.emit(NOT_SET(reason=exc.strerror or type(exc).__name__))
        else:
            self.told.emit(None)
