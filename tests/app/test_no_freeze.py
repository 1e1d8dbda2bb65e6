"""The whole program in one process, with its real loop, under too much or too large input."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
import qasync
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.app import main as app
from desktop.app.build import Parts
from desktop.app.crash_reporter import CrashReporter
from desktop.app.single_instance import SingleInstance
from desktop.audio.fakes import FakeAudioBackend
from desktop.base import paths
from desktop.settings import files, schema
from desktop.tools.context import ToolContext
from desktop.tools.registry import Registry, define
from desktop.turn.effects import DisplayState
from tests.realtime.service import Line, Script, serving
from tests.rig.watchdog import Watchdog

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

WITHIN_S = 20.0
FREEZE_MS = 100.0
"""A freeze that a person begins to notice. In the thread's own CPU time, not by the clock."""
OPENAI = "openai/gpt-realtime-2"

OPEN = (DisplayState.READY, DisplayState.NO_MICROPHONE)
"""A session is open; the machine may have no microphone."""


@contextmanager
def service(script: Script) -> Iterator[str]:
    """A service in a thread of its own, so that its work isn't counted; its URL."""
    url: list[str] = []
    up, down = threading.Event(), threading.Event()

    async def serve() -> None:
        async with serving(script) as made:
            url.append(made.url)
            up.set()
            await asyncio.to_thread(down.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="service")
    thread.start()
    assert up.wait(WITHIN_S)
    try:
        yield url[0]
    finally:
        down.set()
        thread.join()


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not condition():  # noqa: ASYNC110 - the window has no event for it
            await asyncio.sleep(0.002)


def run(monkeypatch: pytest.MonkeyPatch, url: str, use: Callable[[Parts], Awaitable[None]]) -> None:
    """The program, as `desktop.app.main` builds it, with hand-driven devices, until `use` is done."""
    monkeypatch.setattr(app, "SystemAudioBackend", FakeAudioBackend)
    built: list[Parts] = []
    make = app.build
    monkeypatch.setattr(app, "build", lambda *parts: built.append(make(*parts)) or built[0])

    async def drive(options: argparse.Namespace) -> None:
        first = SingleInstance()
        program = asyncio.ensure_future(app._main(options, QApplication.instance(), first, CrashReporter()))
        try:
            await until(lambda: program.done() or (built and built[0].controller.state in OPEN))
            await use(built[0])
        finally:
            if built:
                built[0].window.close()
            await program
            await asyncio.to_thread(first.close)

    handlers = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    QApplication.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(QApplication.instance())
    try:
        with loop:
            loop.run_until_complete(drive(argparse.Namespace(save=None, model=OPENAI, base_url=url)))
    finally:
        asyncio.set_event_loop(None)
        QApplication.setQuitOnLastWindowClosed(True)
        for name, handler in handlers.items():
            signal.signal(name, handler)


async def answer_tools(line: Line, calls: int) -> None:
    await line.start()
    await line.expect("text.input")
    await line.expect("response.create")
    await line.send("response.started")
    for number in range(calls):
        arguments = json.dumps({"expression": f"{number} * 2"})
        await line.send(
            "tool.call", tool_call_id=f"c{number}", tool_name="calculate", tool_arguments=arguments
        )
    for _ in range(calls):
        await line.expect("tool.result")
    await line.socket.wait_closed()


def test_fifty_tool_calls_at_once(qapp, monkeypatch):
    async def use(parts: Parts) -> None:
        calls = parts.controller.presenter.tool_calls.calls
        with Watchdog() as dog:
            parts.controller.say("calculate")
            await until(lambda: len(calls) == 50 and all(call.state == "done" for call in calls))
        assert dog.longest_ms < FREEZE_MS

    with service(lambda line: answer_tools(line, 50)) as url:
        run(monkeypatch, url, use)


def test_a_result_of_ten_megabytes(qapp, monkeypatch):
    class Expression(msgspec.Struct):
        expression: str

    async def calculate(_: Expression, __: ToolContext) -> dict[str, Any]:
        return {"rows": ["x" * 100] * 100_000}

    registry = Registry()
    registry.register(define("calculate", "Gives far too much", Expression, calculate))
    monkeypatch.setattr(app, "default_registry", lambda: registry)

    async def use(parts: Parts) -> None:
        window, calls = parts.window, parts.controller.presenter.tool_calls.calls
        with Watchdog() as dog:
            parts.controller.say("calculate")
            await until(lambda: calls and calls[0].state == "done")
            window.side.tools.open_call(0)
            await asyncio.sleep(0)
        assert calls[0].result["truncated"]
        assert "only its beginning" in calls[0].result["note"]
        assert dog.longest_ms < FREEZE_MS

    with service(lambda line: answer_tools(line, 1)) as url:
        run(monkeypatch, url, use)


def test_a_megabyte_pasted_into_the_text_line(qapp, monkeypatch):
    async def use(parts: Parts) -> None:
        field = parts.window.text_line.field
        field.setFocus()
        QApplication.clipboard().setText("word " * 200_000)
        with Watchdog() as dog:
            QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
            await until(lambda: "too long" in parts.window.note_line.text)
        assert field.text() == ""
        assert dog.longest_ms < FREEZE_MS

    async def idle(line: Line) -> None:
        await line.start()
        await line.socket.wait_closed()

    with service(idle) as url:
        run(monkeypatch, url, use)


def test_settings_that_are_garbage_and_a_device_that_is_gone(qapp, monkeypatch):
    (paths.config() / files.FILE).write_bytes(b"\x00{[garbage" * 1_000)

    async def use(parts: Parts) -> None:
        assert parts.store.current.tail_ms == schema.Settings().tail_ms
        parts.store.change("tail_ms", 300)
        await parts.store.flush()

    async def idle(line: Line) -> None:
        await line.start()
        await line.socket.wait_closed()

    with service(idle) as url:
        run(monkeypatch, url, use)
    assert files.load(paths.config()).settings.tail_ms == 300
    assert (paths.config() / "settings.json.bad").read_bytes().startswith(b"\x00{[garbage")
