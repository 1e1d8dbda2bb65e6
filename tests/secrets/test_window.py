"""Nothing that the window writes, logs or copies contains a secret."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from desktop.app import main as app
from desktop.app.crash_reporter import CrashReporter
from desktop.audio.fakes import FakeAudioBackend
from desktop.base import log
from desktop.recording import export
from desktop.recording.folder.layout import JOURNAL
from desktop.settings import files, schema
from desktop.settings.store import SettingsStore
from desktop.turn.effects import DisplayState
from tests.conversation.test_session_controller import CARD, OPENAI
from tests.realtime.office import open_office, status
from tests.realtime.service import serving
from tests.secrets.marks import (
    ALL,
    HEADER,
    KEY,
    TICKET,
    WITHIN_S,
    found_in,
    found_under,
    know_all,
    talkative,
    tell_all,
)

pytestmark = pytest.mark.qt_log_ignore(r"does not support (propagateSizeHints|raise)")


class Window:
    """The whole program on a screen nobody sees, with devices driven by hand."""

    def __init__(self, qapp: Any, url: str, office: str, folder: Path) -> None:
        self.qapp = qapp
        self.store = SettingsStore.load(app._config_folder())
        self.store.override(model=OPENAI, base_url=url, save_events=True, data_folder=str(folder / "data"))
        self.office, self.folder = office, folder
        self.frames = app.FrameLog(folder / "events.jsonl")
        backend = FakeAudioBackend.last  # type: ignore[attr-defined]
        self.parts = app.build(qapp, self.store, app.default_registry(), backend, self.frames)
        app.connect(self.parts)
        self.parts.window.show()
        self.states: list[DisplayState] = []
        self.parts.controller.state_changed.connect(self.states.append)

    async def until(self, condition: Callable[[], Any]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not condition():
                self.qapp.processEvents()
                await asyncio.sleep(0.002)

    async def talk(self) -> None:
        """Connect, speak a take, and listen until the service ends the session."""
        controller = self.parts.controller
        self.states.clear()
        controller.toggle_session()
        await self.until(
            lambda: (
                self.states[-1:] in ([DisplayState.READY], [DisplayState.NO_MICROPHONE], [DisplayState.ERROR])
            )
        )
        if self.states[-1] is DisplayState.ERROR:
            return
        controller.press()
        self.parts_audio.microphone_now.push_ms(500)
        await self.until(lambda: not self.parts_audio.microphone_now.unread)
        controller.release()
        self.parts_audio.microphone_now.push_ms(220)
        await self.until(lambda: not controller.connected)

    @property
    def parts_audio(self) -> FakeAudioBackend:
        return FakeAudioBackend.last  # type: ignore[attr-defined]

    def press(self, words: str) -> None:
        """Press the button with this text, on any dialog."""
        for widget in self.qapp.topLevelWidgets():
            for button in widget.findChildren(QPushButton):
                if button.text() == words and button.isVisible():
                    button.click()
                    return
        raise AssertionError(f"no button says {words!r}")

    async def close(self) -> None:
        parts = self.parts
        parts.window.close()
        await app._end(parts)
        app._save_conversation(self.folder, parts, self.frames)
        parts.window.deleteLater()


@pytest.fixture
async def places(tmp_path: Path) -> AsyncIterator[Path]:
    """A folder for what the user saves; the log, if it was begun, is closed."""
    out = tmp_path / "out"
    out.mkdir()
    yield out
    log.stop()


async def test_the_window_writes_and_copies_none(
    qapp, places: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch, capfd, expect_log
):
    log.start(app.paths.logs(), verbose=True)
    know_all(monkeypatch)
    audio = FakeAudioBackend(CARD)
    monkeypatch.setattr(FakeAudioBackend, "last", audio, raising=False)
    monkeypatch.setattr(app, "SystemAudioBackend", lambda: audio)
    expect_log("unexpected, in")
    clipboard: list[str] = []
    refusals = iter([None, None, None, tell_all, tell_all])

    def refuse(connection, request):
        rule = next(refusals, None)
        return rule(connection, request) if rule else None

    answers = [{"client_secret": TICKET}, {"ticket": TICKET}, status(403, {"detail": f"no {KEY} {HEADER}"})]
    async with serving(talkative(*ALL), refuse=refuse) as service:
        answers = [
            each | {"ws_url": f"{service.url}/?ticket={TICKET}"} if isinstance(each, dict) else each
            for each in answers
        ]
        async with open_office(*answers) as office:
            window = Window(qapp, service.url, office.url, places)
            await window.talk()
            monkeypatch.setenv("OPPER_API_KEY", "")
            await window.talk()
            monkeypatch.setenv("OPPER_API_KEY", KEY)
            window.store.change("ticket_url", office.url)
            await window.talk()
            await window.talk()
            await window.talk()
            window.store.change("ticket_url", "")
            await window.talk()
            await _report(window, clipboard)
            await _export(window, places)
            await window.close()
    assert len(office.asked) == 3
    assert len(service.requests) >= 5
    out, err = capfd.readouterr()
    assert "desktop" in err, "the log was there"
    assert found_in((out + err + "\n".join(clipboard)).encode()) == []
    assert len(clipboard) == 2
    assert found_under(own_home, places) == []
    names = {path.suffix for folder in (own_home, places) for path in folder.rglob("*")}
    assert {".jsonl", ".log", ".md", ".txt", ".json", ".srt", ".csv"} <= names


async def _report(window: Window, clipboard: list[str]) -> None:
    """Copy the diagnostics, and the report of an exception with a secret in it."""
    window.parts.dialogs.open_about()
    window.press("Copy diagnostics")
    await window.until(lambda: "Versions" in QGuiApplication.clipboard().text())
    clipboard.append(QGuiApplication.clipboard().text())
    crashes = CrashReporter()
    crashes.reported.connect(window.parts.dialogs.open_crash)
    try:
        raise RuntimeError(" ".join(ALL)) from ValueError(KEY)
    except RuntimeError as exc:
        crashes.report(exc, "a test")
    window.press("Copy report")
    clipboard.append(QGuiApplication.clipboard().text())
    assert "RuntimeError" in clipboard[-1]


async def _export(window: Window, folder: Path) -> None:
    """Every export of the window."""
    lines = window.parts.transcript.lines
    assert any("Your key is" in line.text for line in lines), "it was said"
    stored = [path for path in (folder / "data").rglob(JOURNAL)]
    assert stored
    messages: list[str] = []
    window.parts.exports.done.connect(lambda ok, words: messages.append(words))
    for ending in export.FORMATS:
        window.parts.exports.write_conversation(folder / f"conversation{ending}")
        for number, path in enumerate(stored):
            await window.parts.history._export(str(path), folder / f"history-{number}{ending}")
    window.parts.exports.write_times(folder / "times.csv")
    await window.until(lambda: len(messages) == len(export.FORMATS) + 1)
    settings = schema.Settings(instructions=f"My key is {KEY}.", base_url=f"https://u:{KEY}@h/?k={KEY}")
    files.export_file(folder / "settings.json", settings)
    window.store.replace(**files.import_file(folder / "settings.json"))
