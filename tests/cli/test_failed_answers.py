"""Answers that fail or are cut off, on the command line: as a process, with a real socket."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktop.audio.format import write_wav
from tests.cli.test_main import run
from tests.realtime.service import Line, Script, serving

ERROR = {"type": "insufficient_quota", "code": "insufficient_quota", "message": "You exceeded your quota."}
FAILED = {"status": "failed", "status_details": {"type": "failed", "error": ERROR}}
INCOMPLETE = {"status": "incomplete", "status_details": {"reason": "max_output_tokens"}}


def answering(*events: dict[str, Any]) -> Script:
    """A service that answers a typed message with these events."""

    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        for event in events:
            await line.send(event["type"], **{name: value for name, value in event.items() if name != "type"})
        await line.socket.wait_closed()

    return script


def done(**fields: Any) -> dict[str, Any]:
    return {"type": "response.done", **fields}


STARTED = {"type": "response.started"}
HALF = {"type": "text.delta", "delta": "Half a sentence, then"}
UNPAID = "The answer failed: the project's balance is used up. Top it up on the platform, then ask again.\n"
BROKEN = done(status="failed", error={"message": "It broke"})


@pytest.mark.parametrize(
    ("events", "said", "err"),
    [
        ([STARTED, done(**FAILED)], "", UNPAID),
        ([STARTED, done(response=FAILED)], "", UNPAID),
        ([STARTED, HALF, done(response=FAILED)], HALF["delta"], UNPAID),
        ([done(response=FAILED)], "", UNPAID),
        ([STARTED, HALF, BROKEN], HALF["delta"], "The answer failed. It broke. Ask again.\n"),
        (
            [STARTED, HALF, done(**INCOMPLETE)],
            HALF["delta"],
            "The answer is cut off: it reached the model's length limit. Ask it to go on.\n",
        ),
        (
            [STARTED, HALF, done(status="cancelled")],
            HALF["delta"],
            "The service stopped the answer. Ask again.\n",
        ),
        (
            [STARTED, HALF, done(status="cancelled", status_details={"reason": "turn_detected"})],
            HALF["delta"],
            "The answer was interrupted by what the service took for speech. Ask again.\n",
        ),
        (
            [STARTED, {"type": "error", "error": ERROR}, done(response=FAILED)],
            "",
            "You exceeded your quota.\n",
        ),
        ([STARTED, done(status="completed")], "", "The answer was empty. Press and say it again.\n"),
        ([done()], "", "The answer was empty. Press and say it again.\n"),
        (
            [STARTED, HALF, {"type": "response.failed"}],
            HALF["delta"],
            "The answer failed, and the service didn't say why. Ask again.\n",
        ),
    ],
)
async def test_a_failed_answer_says_why_and_is_a_failure(events: list[dict[str, Any]], said: str, err: str):
    async with serving(answering(*events)) as service:
        result = await run("say", "hello", "--base-url", service.url)
    assert result == (1, f"you: hello\nassistant: {said}\n", err)
    assert len(service.requests) == 1, "it is not asked again"


async def test_an_answer_that_breaks_off_with_the_connection_is_a_failure():
    async def break_off(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        await line.send("response.started")
        await line.send("text.delta", delta="Half a sentence, then")
        line.cut()

    async def idle(line: Line) -> None:
        await line.start()
        await line.socket.wait_closed()

    async with serving(break_off, idle) as service:
        code, out, err = await run("say", "hello", "--base-url", service.url)
    assert (code, out) == (1, "you: hello\nassistant: Half a sentence, then\n")
    assert err == "The connection dropped before the answer was complete. Press and ask again.\n"


async def test_hostile_reasons_are_one_plain_line():
    error = {"message": "Wait.\x1b[2J\x07\u202e\n" + "really " * 100_000, "code": "\x1b]0;x"}
    async with serving(answering(STARTED, done(status="failed", error=error))) as service:
        code, _, err = await run("say", "hello", "--base-url", service.url)
    assert code == 1
    assert err.count("\n") == 1
    assert err.strip().isprintable()
    assert len(err) < 700


@pytest.mark.parametrize("begun", [True, False])
async def test_a_tool_call_after_an_empty_answer_goes_on(begun: bool):
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        if begun:
            await line.send("response.started")
        await line.send("response.completed", status="completed")
        await asyncio.sleep(0.3)  # so that the client has taken the answer for empty
        call = {"tool_call_id": "c", "tool_name": "calculate", "tool_arguments": {"expression": "6*7"}}
        await line.send("tool.call", **call)
        await line.expect("tool.result")
        await line.send("response.started")
        await line.send("text.delta", delta="It is 42.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(script) as service:
        code, out, err = await run("say", "6 by 7?", "--base-url", service.url)
    assert (code, err) == (0, "")
    assert out.splitlines()[1].startswith("tool: calculate done")
    assert out.splitlines()[2] == "assistant: It is 42."


async def test_two_answers_of_a_turn_have_one_space_between_them():
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        await line.send("response.started")
        await line.send("text.delta", delta="One moment. ")
        call = {"tool_call_id": "c", "tool_name": "calculate", "tool_arguments": {"expression": "6*7"}}
        await line.send("tool.call", **call)
        await line.send("response.completed")
        await line.expect("tool.result")
        await line.send("response.started")
        for piece in (" It", " is", " forty", "-two", "."):
            await line.send("text.delta", delta=piece)
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(script) as service:
        code, out, err = await run("say", "6 by 7?", "--base-url", service.url)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "assistant: One moment. It is forty-two."


async def test_words_in_pieces_and_after_the_end_are_one_text(tmp_path: Path):
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        await line.expect("response.create")
        await line.send("response.started")
        for piece in ("Hel", "lo", " the", "re. "):
            await line.send("text.delta", delta=piece)
        await line.send("response.completed")
        await line.send("text.delta", delta=" How are you?")
        for piece in ("Good", " mor", "ning."):
            await line.send("transcript.committed", transcript=piece)
        await line.socket.wait_closed()

    question = tmp_path / "question.wav"
    write_wav(question, (np.sin(np.arange(24_000) / 9) * 9_000).astype(np.int16).tobytes(), 24_000)
    async with serving(script) as service:
        code, out, err = await run("talk", str(question), "--base-url", service.url)
    assert (code, err) == (0, "")
    assert out == "you: Good morning.\nassistant: Hello there. How are you?\n"
