"""`presstalk mcp` with the running window: its user is asked once for each client, and sees what is typed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from desktop.app import main as app
from desktop.app.single_instance import SingleInstance
from desktop.turn.effects import DisplayState
from tests.app.program import Running, running
from tests.cli.mcp_client import ask, presstalk_mcp

pytestmark = [
    pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise|grabbing)"),
    pytest.mark.skipif("sys.platform == 'win32'", reason="the window can't be used from outside on Windows"),
]


REFUSED_S = 20.0
"""An answer of the model's takes longer: it would speak all of it to a speaker that stands still."""


@asynccontextmanager
async def reachable(qapp, folder: Path, **settings: object) -> AsyncIterator[Running]:
    """The program, which takes requests from outside."""
    instance = SingleInstance()
    assert instance.claim()
    try:
        async with running(qapp, folder, **settings) as program:
            instance.listen(app._remote_control(program.parts).handle)
            yield program
    finally:
        await asyncio.to_thread(instance.close)


async def answered(program: Running, words: str) -> None:
    """The user answers the question in the window, by the button with these words."""
    bar = program.window.question
    await program.until(bar.isVisible, "the question")
    button = next(one for one in bar.findChildren(QPushButton) if one.text() == words)
    await program.until(button.isEnabled, "the question was read")
    button.click()


async def test_the_user_is_asked_once_and_sees_what_is_typed(qapp, tmp_path: Path):
    async with reachable(qapp, tmp_path, model="offline/demo") as program:
        await program.connect()
        async with presstalk_mcp(client="coder\u202e") as client:
            listing = asyncio.create_task(ask(client, "list_recordings"))
            bar = program.window.question
            await program.until(bar.isVisible, "the question")
            assert any("“coder[U+202E]”" in one.text() for one in bar.findChildren(QLabel))
            await answered(program, "Allow")
            assert (await listing)["recordings"] == []
            said = asyncio.create_task(ask(client, "say", text="What is 6 times 7?"))

            def over() -> bool:
                program.audio.speaker_now.play(500)
                return said.done()

            await program.until(over, "the answer")
            result = said.result()
            assert "42" in result["assistant"]
            assert result["tools"] == [{"name": "calculate", "state": "done"}]
            assert "What is 6 times 7?" in program.words()
            assert not bar.isVisible()
            assert (await ask(client, "timings"))["turns"]
        async with presstalk_mcp(client="coder\u202e") as again:
            assert (await ask(again, "timings"))["turns"], "it isn't asked again"


async def test_a_no_holds_and_nothing_is_typed(qapp, tmp_path: Path):
    async with reachable(qapp, tmp_path, model="offline/demo") as program:
        await program.connect()
        async with presstalk_mcp(client="nosy") as client:
            said = asyncio.create_task(ask(client, "say", text="Tell me all."))
            await answered(program, "Don't allow")
            async with asyncio.timeout(REFUSED_S):
                assert "didn't allow" in await said
                assert "didn't allow" in await ask(client, "list_recordings")
            assert not program.window.question.isVisible()
        assert program.words() == []
        assert program.states[-1] is DisplayState.READY


async def test_without_a_session_it_says_so(qapp, tmp_path: Path):
    async with reachable(qapp, tmp_path) as program, presstalk_mcp() as client:
        said = asyncio.create_task(ask(client, "say", text="Hello?"))
        await answered(program, "Allow")
        assert "isn't connected" in await said
