"""Lowers other programs' sound while the user or the assistant speaks, if the settings want it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.base import paths
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Text
from desktop.base.task_set import TaskSet
from desktop.settings.store import SettingsStore
from desktop.turn.effects import DisplayState

log = logging.getLogger(__name__)

NAME = "lower_others"
FILE = "lowered-sound.json"
NOT_LOWERED = Text(
    "others-not-lowered",
    "Other programs' sound can't be lowered: that takes PulseAudio or PipeWire, and pactl (in the package "
    "pulseaudio-utils).",
)
SPEAKS = frozenset(
    {
        DisplayState.LISTENING,
        DisplayState.SENDING,
        DisplayState.THINKING,
        DisplayState.TOOL,
        DisplayState.SPEAKING,
    }
)
"""From the press to the end of the answer: louder in between would be heard as pumping."""
AFTER_MS = 700
"""Between the end of an answer and the others' sound: the next press often follows."""
END_S = 3.0


class Others(Protocol):
    """What `system.other_sound.OtherSound` does."""

    @property
    def owes(self) -> bool: ...

    def lower(self) -> None: ...

    def restore(self) -> None: ...


def _make() -> Others:
    from desktop.system.other_sound import OtherSound

    return OtherSound(_file())


def _file() -> Path:
    return paths.conversations().parent / FILE  # `data` would make the folder


class Lowering(QObject):
    """Follows the state. What is lowered is put back whatever happens, after a kill at the next start.

    While the setting is off, nothing is asked or imported.
    """

    told = Signal(object)
    """A `Message` that says why it can't be done, or None."""

    def __init__(
        self, store: SettingsStore, parent: QObject | None = None, make: Callable[[], Others] = _make
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._make = make
        self._others: Others | None = None
        self._wanted = self._lowered = False
        self._tasks = TaskSet()
        self._after = QTimer(self, singleShot=True, interval=AFTER_MS)
        self._after.timeout.connect(lambda: self._want(False))

    def start(self) -> None:
        """Put back what a program that was killed had lowered."""
        if sys.platform == "linux" and os.path.exists(_file()):
            self._lowered = True
            self._want(False)

    def show_state(self, state: DisplayState) -> None:
        """The display state has changed."""
        if state in SPEAKS and self._store.current.lower_others and sys.platform == "linux":
            self._after.stop()
            self._want(True)
        elif self._wanted and not self._after.isActive():
            self._after.start()

    def on_setting_changed(self, name: str) -> None:
        """A setting was changed: it may be this one."""
        if name == NAME and not self._store.current.lower_others:
            self._want(False)
            self.told.emit(None)

    async def close(self) -> None:
        """Put back what is lowered, and wait for that."""
        self._after.stop()
        self._want(False)
        await self._tasks.join(END_S)

    def _want(self, lowered: bool) -> None:
        self._wanted = lowered
        if not len(self._tasks) and lowered != self._lowered:
            self._tasks.spawn(self._follow(), name="other programs' sound")

    async def _follow(self) -> None:
        others = self._others = self._others or self._make()
        while self._wanted != self._lowered:
            wanted = self._wanted
            self._lowered = wanted
            try:
                await in_daemon(others.lower if wanted else others.restore)
            except (OSError, ValueError) as exc:
                log.info("other programs' sound: %s", exc)
                if wanted:
                    self.told.emit(NOT_LOWERED())
            else:
                if wanted:
                    self.told.emit(None)
