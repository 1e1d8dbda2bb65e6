"""The program in this process: the real window and all its parts, with devices driven by hand."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from desktop.app import main as app
from desktop.app.build import Parts, build
from desktop.app.connections import connect
from desktop.audio.devices import Device
from desktop.audio.fakes import FakeAudioBackend
from desktop.settings.store import SettingsStore
from desktop.tools.builtin import default_registry
from desktop.turn.effects import DisplayState
from desktop.ui.common import theme

WITHIN_S = 15.0
CARD = Device("Card", "ALSA", 2, 2, 48_000, is_default_input=True, is_default_output=True)


class Running:
    """The program, and what one does at its window."""

    def __init__(self, qapp: QApplication, folder: Path, settings: dict[str, Any]) -> None:
        self.audio = FakeAudioBackend(CARD)
        self.store = SettingsStore.load(folder / "settings")
        self.store.override(**{"data_folder": str(folder / "data"), **settings})
        self.parts: Parts = build(qapp, self.store, default_registry(), self.audio, None)
        self.window = self.parts.window
        self.states: list[DisplayState] = []
        self.parts.controller.state_changed.connect(self.states.append)
        connect(self.parts)
        self.window.resize(1280, 800)
        self.window.show()
        self.window.activateWindow()

    def restore(self) -> None:
        """Arrange the window as it was left, as a start does."""
        self.window.restore(self.store.current.geometry, self.store.current.layout)

    @property
    def note(self) -> str:
        """What the line of the notes says; empty if nothing."""
        shown = self.parts.notes.shown
        return str(shown.message) if shown else ""

    async def until(self, condition: Callable[[], Any], what: str = "") -> None:
        """Wait for it. Raises TimeoutError."""
        try:
            async with asyncio.timeout(WITHIN_S):
                while not condition():
                    QApplication.processEvents()
                    await asyncio.sleep(0.002)
        except TimeoutError:
            raise AssertionError(f"not within {WITHIN_S} s: {what}; {self.states}, {self.note!r}") from None

    async def until_state(self, state: DisplayState) -> None:
        await self.until(lambda: self.states[-1:] == [state], state.name)

    async def connect(self) -> None:
        self.parts.controller.toggle_session()
        await self.until_state(DisplayState.READY)

    def strike(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Strike a key in the window."""
        QTest.keyClick(self.window, key, modifiers)

    def words(self) -> list[str]:
        """What the user and the assistant have said, as it is shown."""
        return [line.text for line in self.parts.transcript.lines if line.speaker != "system"]

    def button(self, words: str) -> QPushButton:
        """The visible button with this text or name."""
        found = [
            one
            for one in self.window.findChildren(QPushButton)
            if words in (one.text(), one.accessibleName()) and _is_shown(one)
        ]
        assert found, f"no button says {words!r}"
        return found[0]


def deaf_address() -> str:
    """An address on loopback where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def _is_shown(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled()


@asynccontextmanager
async def running(qapp: QApplication, folder: Path, **settings: Any) -> AsyncIterator[Running]:
    """The program with these settings, in a folder of its own; it ends in order."""
    program = Running(qapp, folder, settings)
    try:
        yield program
    finally:
        program.window.close()
        await app._end(program.parts)
        program.window.deleteLater()
        theme.apply(qapp, theme.LIGHT)
