"""A recording's turns are asked again from the window: by a real process, at a service that answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.app.ask_again_controller import AskAgainController
from desktop.recording.folder.reader import open_recording
from desktop.recording.replay_script import scripts_of
from desktop.recording.replay_server import ReplayServer
from desktop.settings.schema import Settings
from desktop.ui.dialogs.ask_again_dialog import Target
from tests.cli.test_ask_again import MODEL, conversation
from tests.recording.folder.sessions import record

WITHIN_S = 60.0


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPPER_API_KEY", "op-not-a-real-key-0001")
    monkeypatch.setenv("PRESSTALK_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("desktop.recording.folder.recorder.pack_aside", lambda *folders: None)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not condition():  # noqa: ASYNC110 - threads and processes have no event for it
            await asyncio.sleep(0.01)


class Asked:
    """A controller, and what it has told."""

    def __init__(self, address: str) -> None:
        self.controller = AskAgainController(lambda: Settings(base_url=address))
        self.reports: list[str] = []
        self.told: list[str] = []
        self.controller.done.connect(self.reports.append)
        self.controller.failed.connect(lambda message: self.told.append(str(message)))
        self.controller.saved.connect(lambda message: self.told.append(str(message)))


async def test_the_report_is_shown_and_saved_as_text_and_as_json(qapp, tmp_path: Path) -> None:
    record(tmp_path / "r", conversation("It is noon."))
    record(tmp_path / "service", conversation("It is one o'clock."))
    server = ReplayServer(scripts_of(open_recording(tmp_path / "service")), 0.0)
    asked = Asked(await server.start())
    try:
        asked.controller.ask(tmp_path / "r", Target(MODEL, instructions="Be brief."))
        await until(lambda: asked.reports or asked.told)
        assert asked.told == []
        assert "2 of 2 turns were answered whole" in asked.reports[0]
        assert "said:  It is one o'clock." in asked.reports[0]
        for name in ("x.txt", "x.json"):
            asked.controller.save(tmp_path / name)
        await until(lambda: len(asked.told) == 2)
        assert json.loads((tmp_path / "x.json").read_text())["passes"] is True
        assert "one o'clock" in (tmp_path / "x.txt").read_text()
        assert not list((tmp_path / "home" / "cache").glob("asked-again*"))
    finally:
        await asked.controller.close()
        await server.stop()


async def test_what_can_t_be_asked_is_told_in_a_sentence(qapp, tmp_path: Path) -> None:
    asked = Asked("")
    record(tmp_path / "r", [])
    (tmp_path / "r").mkdir(exist_ok=True)
    (tmp_path / "r" / "session.json").write_text('{"began":"2026-01-01T00:00:00Z"}')
    asked.controller.ask(tmp_path / "r", Target("offline/demo"))
    await until(lambda: asked.told)
    assert "no turn that could be asked again" in asked.told[0]
    await asked.controller.close()


async def test_one_that_is_stopped_tells_nothing_and_leaves_no_process(qapp, tmp_path: Path) -> None:
    record(tmp_path / "r", conversation("It is noon."))
    asked = Asked("")
    asked.controller.ask(tmp_path / "r", Target("offline/demo"))
    await until(lambda: asked.controller._process)
    process = asked.controller._process
    assert process is not None
    asked.controller.stop()
    await asked.controller.close()
    await until(lambda: process.poll() is not None)
    assert (asked.reports, asked.told) == ([], [])
