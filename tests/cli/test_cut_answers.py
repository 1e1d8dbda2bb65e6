"""An answer that did not come whole: what has come of it is kept and printed, and the exit code is 1."""

from __future__ import annotations

import wave
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from desktop.offline.faults.catalogue import SCENARIOS
from desktop.offline.faults.server import FaultServer
from tests.cli.commands import KEY, asked, is_one_plain_line, run
from tests.realtime.service import Line, serving

HALF = b"\1\0" * 1_200


async def cut(line: Line) -> None:
    line.cut()


async def end(line: Line) -> None:
    error = {"code": "402", "message": "no balance"}
    await line.send("session.terminating", error=error)
    await line.socket.close()


async def end_later_on(line: Line) -> None:
    await line.socket.close(1011, "internal error")


def half_an_answer(then: Callable[[Line], Awaitable[None]]) -> Callable[[Line], Awaitable[None]]:
    async def script(line: Line) -> None:
        await line.start()
        if not await asked(line):
            return
        await line.send("response.started")
        await line.send("text.delta", delta="Half an")
        await line.send_audio(HALF)
        await then(line)
        await line.socket.wait_closed()

    return script


async def waits(line: Line) -> None:
    await line.start()
    await line.socket.wait_closed()


@pytest.mark.parametrize(("then", "word"), [(cut, "dropped"), (end, "balance"), (end_later_on, "dropped")])
async def test_half_an_answer_is_kept_and_said_to_be_half(
    then: Callable[[Line], Awaitable[None]], word: str, tmp_path: Path
):
    async with serving(half_an_answer(then), waits) as service:
        code, out, err = await run("say", "hi", "-o", str(tmp_path / "half.wav"), "--base-url", service.url)
    assert code == 1
    assert out == "you: hi\nassistant: Half an\n"
    assert is_one_plain_line(err)
    assert word in err
    with wave.open(str(tmp_path / "half.wav")) as heard:
        assert heard.readframes(heard.getnframes()) == HALF


@pytest.mark.parametrize("fault", ["drop-in-answer", "drop-in-tool"])
async def test_no_fault_that_costs_the_answer_ends_with_0(fault: str):
    server = FaultServer(SCENARIOS[fault])
    url = await server.start(0)
    try:
        code, _, err = await run("say", "what time is it", "--timeout", "30", "--base-url", url)
    finally:
        await server.stop()
    assert code == 1
    assert is_one_plain_line(err)
    assert KEY not in err


async def test_a_tool_call_right_behind_the_answers_end_belongs_to_it():
    async with FaultServer(SCENARIOS["tool-late"]) as server:
        code, out, err = await run("say", "what time is it", "--timeout", "30", "--base-url", server.url)
    assert (code, err) == (0, "")
    assert "tool: calculate done" in out
    assert "assistant: One moment. I heard you. Go on.\n" in out


async def test_an_answer_that_was_complete_stays_so_when_the_session_ends_after_it():
    async def script(line: Line) -> None:
        await line.start()
        await asked(line)
        await line.send("response.started")
        await line.send("text.delta", delta="Hi.")
        await line.send("response.completed")
        await end(line)

    async with serving(script) as service:
        code, out, _ = await run("say", "hi", "--base-url", service.url)
    assert (code, out) == (0, "you: hi\nassistant: Hi.\n")


async def test_a_command_that_ends_says_nothing_of_words_that_are_kept():
    async def end_each_time(line: Line) -> None:
        await line.start()
        if await asked(line):
            await line.socket.close(1011, "internal error")

    async with serving(end_each_time) as service:
        code, out, err = await run("say", "hello", "--base-url", service.url)
        assert len(service.requests) == 2
    assert (code, out) == (1, "")
    assert is_one_plain_line(err)
    assert "kept" not in err
    assert "run the command again" in err
