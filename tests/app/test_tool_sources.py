"""Tools from elsewhere in the real window: the demo calls an MCP server's tool once the user allows it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from desktop.app import main as app
from desktop.tools.mcp import config
from desktop.tools.own_child import OwnChild
from desktop.turn.effects import DisplayState
from tests.app.program import deaf_address, running

pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise|grabbing)")

TIME = str(Path(sys.executable).with_name("mcp-server-time"))
NAME = "time__get_current_time"


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The settings' folder, with a server that others wrote and a function."""
    folder = tmp_path / "settings"
    (folder / "tools").mkdir(parents=True)
    (folder / "mcp.json").write_text(
        json.dumps({"mcpServers": {"time": {"command": TIME}}}), encoding="utf-8"
    )
    (folder / "tools" / "mine.py").write_text(
        'def one() -> int:\n    """One."""\n    return 1\n', encoding="utf-8"
    )
    return folder


async def test_asked_for_the_time_in_tokyo_the_demo_asks_the_server(qapp, tmp_path: Path, settings: Path):
    async with running(qapp, tmp_path, model="offline/demo") as program:
        parts, card = program.parts, program.window.approval
        now = 1_000.0
        card.now = parts.tools.approvals.now = lambda: now
        await parts.controller.start(lambda: "offline/demo")
        await program.until(lambda: program.states[-1:] == [DisplayState.READY], "a session")
        await parts.tool_sources.start()
        # The open session is told of the tools that come later.
        await program.until(lambda: NAME in parts.registry.names, "the server's tools")
        await program.until(lambda: NAME in str(parts.options._active), "the session's tools")
        parts.controller.say("What is the time in Tokyo?")
        await program.until(card.isVisible, "the card")
        assert "get_current_time" in card.title.text()
        card.grab()
        now += 1.0  # it was read
        QApplication.sendEvent(
            program.window.windowHandle(),
            QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier),
        )
        calls = parts.controller.presenter.tool_calls
        await program.until(lambda: calls.calls and calls.calls[-1].state == "done", "the result")
        assert calls.calls[-1].result["timezone"] == "Asia/Tokyo"
        spoken = lambda: [line.text for line in parts.transcript.lines if "In Tokyo it's" in line.text]  # noqa: E731
        await program.until(spoken, "the answer")


async def test_of_five_servers_nothing_is_read_or_started_before_the_first_paint(
    qapp, tmp_path: Path, settings: Path, monkeypatch: pytest.MonkeyPatch
):
    servers = {f"s{number}": {"command": "no-such-program"} for number in range(5)}
    (settings / "mcp.json").write_text(json.dumps({"mcpServers": servers}), encoding="utf-8")
    began: list[str] = []
    load, start = config.load, OwnChild.start
    monkeypatch.setattr(config, "load", lambda folder: began.append("read") or load(folder))
    monkeypatch.setattr(OwnChild, "start", lambda child: began.append("started") or start(child))
    async with running(qapp, tmp_path, base_url=deaf_address()) as program:
        painted: list[list[str]] = []
        program.window.first_painted.connect(lambda: painted.append(list(began)))
        instance = SimpleNamespace(listen=lambda handle: None)
        app._begin_after_first_paint(program.parts, instance)  # as the start does
        program.window.repaint()
        await program.until(lambda: painted, "the first paint")
        servers_now = program.parts.tool_sources.sources.servers
        ended = lambda: [one.phase for one in servers_now.servers] == ["failed"] * 5  # noqa: E731
        await program.until(ended, "the servers' end")
        await program.until(lambda: began.count("started") == 2, "the functions' process")
        assert painted == [[]]
        assert began.count("started") == 2, "one process is for all servers"


async def test_a_function_that_is_saved_is_followed(qapp, tmp_path: Path, settings: Path):
    (settings / "mcp.json").unlink()
    async with running(qapp, tmp_path) as program:
        await program.parts.tool_sources.start()
        await program.until(lambda: "one" in program.parts.registry.names)
        file = settings / "tools" / "mine.py"
        file.write_text('def two() -> int:\n    """Two."""\n    return 2\n', encoding="utf-8")
        os.utime(file, ns=(1, 1))
        await program.until(lambda: "two" in program.parts.registry.names)
        assert "one" not in program.parts.registry.names


async def test_the_session_is_not_told_of_a_tool_that_may_never_run(qapp, tmp_path: Path, settings: Path):
    (settings / "mcp.json").unlink()
    async with running(qapp, tmp_path, model="offline/demo") as program:
        parts = program.parts
        await parts.tool_sources.start()
        await program.until(lambda: "one" in parts.registry.names)
        await program.connect()

        def told() -> list[str]:
            return [tool.name for tool in parts.options._active.tools]

        assert "one" in told()
        parts.tool_settings.choose("one", "never")
        assert "one" not in told()
        assert "get_time" in told()
        parts.tool_settings.choose("one", "ask")
        assert "one" in told()
