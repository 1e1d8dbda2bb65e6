"""`presstalk mcp --headless`, driven by the MCP library's own client over its standard streams."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from desktop.audio.format import write_wav
from desktop.base import paths
from desktop.cost.days import Days
from desktop.cost.money import PICOS
from desktop.cost.turn_cost import Cost
from desktop.recording import spend_file
from desktop.settings import files
from desktop.settings.schema import Settings
from tests.cli.commands import WITHIN_S, answering
from tests.cli.mcp_client import ask, presstalk_mcp
from tests.realtime.service import serving
from tests.recording.test_conversation_store import put

TOOLS = {"say", "talk", "compare", "timings", "list_recordings", "read_recording"}


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    """Half a second of sound."""
    path = tmp_path / "speech.wav"
    tone = 8_000 * np.sin(np.arange(12_000) * 0.06)
    write_wav(path, tone.astype("<i2").tobytes(), 24_000)
    return path


async def test_turns_and_their_times(speech: Path) -> None:
    async with asyncio.timeout(WITHIN_S), serving(answering("Hi there.")) as service:
        options = ("--headless", "--base-url", service.url, "--model", "openai/gpt-realtime-2")
        async with presstalk_mcp(*options) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert tools.keys() == TOOLS
            assert tools["say"].input_schema["required"] == ["text"]
            said = await ask(client, "say", text="Hello?")
            assert (said["assistant"], said["complete"]) == ("Hi there.", True)
            spoken = await ask(client, "talk", file=str(speech))
            assert (spoken["you"], spoken["assistant"]) == ("Hello?", "Hi there.")
            turns = (await ask(client, "timings"))["turns"]
            assert [turn["turn"] for turn in turns] == [1, 2]
            assert all(turn["ms"] for turn in turns)
            assert "wants" in await ask(client, "say") or "missing" in await ask(client, "say")
            assert "absolute" in await ask(client, "talk", file="speech.wav")
            assert "no-such" in await ask(client, "talk", file="/no-such.wav")
            assert "There is no tool" in await ask(client, "discard")


async def test_a_take_is_compared(speech: Path) -> None:
    model = "openai/gpt-realtime-2"
    async with asyncio.timeout(WITHIN_S), serving(answering("Hi there.")) as service:
        async with presstalk_mcp("--headless", "--base-url", service.url) as client:
            report = await ask(client, "compare", file=str(speech), targets=[f"{model}:low/high"])
            assert [target["name"] for target in report["targets"]] == [f"{model}:low", f"{model}:high"]
            for target in report["targets"]:
                (turn,) = target["runs"][0]["turns"]
                assert (turn["understood"], turn["answer"]) == ("Hello?", "Hi there.")
            for file, line, words in (
                (str(speech), f"{model},url=http://127.0.0.1:9", "can't name an address"),
                (str(speech), f"{model},voice=no", "voice"),
                ("speech.wav", model, "absolute"),
            ):
                assert words in await ask(client, "compare", file=file, targets=[line])
        assert len(service.requests) == 2


async def test_nobody_goes_beyond_the_days_budget(speech: Path) -> None:
    days = Days()
    days.add("a/b", date.today(), Cost(5 * PICOS))
    spend_file.add(days)
    files.save(paths.config(), Settings(day_budget=5))
    model = "openai/gpt-realtime-2"
    async with asyncio.timeout(WITHIN_S), serving(answering("Hi there.")) as service:
        options = ("--headless", "--base-url", service.url, "--model", model)
        async with presstalk_mcp(*options) as client:
            assert "Today's budget of $5.00 is used up" in await ask(client, "say", text="Hello?")
            compared = await ask(client, "compare", file=str(speech), targets=[model])
            assert "Today's budget of $5.00 is used up" in compared
        assert not service.requests


async def test_stored_conversations_are_listed_and_read_by_their_names_only(own_home: Path) -> None:
    folder = own_home / "data" / "conversations"
    folder.parent.mkdir()
    name = put(folder, ("user", "What time is it?"), ("assistant", "Noon."), call={"zone": "UTC"}).name
    (own_home / "secret.jsonl").write_text("secret")
    async with asyncio.timeout(WITHIN_S), presstalk_mcp("--headless") as client:
        (listed,) = (await ask(client, "list_recordings"))["recordings"]
        assert (listed["name"], listed["title"]) == (name, "What time is it?")
        read = await ask(client, "read_recording", name=name)
        assert [line["text"] for line in read["lines"]] == ["What time is it?", "Noon."]
        assert read["calls"][0]["arguments"] == {"zone": "UTC"}
        for other in ("../../secret.jsonl", str(folder / name), "two"):
            assert "no recording of that name" in await ask(client, "read_recording", name=other)


async def test_without_a_window_and_without_headless_it_says_what_to_do() -> None:
    async with asyncio.timeout(WITHIN_S), presstalk_mcp() as client:
        for tool in ("say", "timings", "list_recordings"):
            words = await ask(client, tool, **({"text": "Hello?"} if tool == "say" else {}))
            assert "isn't running" in words
            assert "--headless" in words


async def test_nothing_but_the_protocol_is_on_standard_output() -> None:
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "t", "version": "1"},
        },
    }
    say = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "timings", "arguments": {}}}
    lines = [hello, {"jsonrpc": "2.0", "method": "notifications/initialized"}, say]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "desktop", "mcp", "--headless", "--verbose"),
        env={**os.environ},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(b"no JSON\n" + b"".join(json.dumps(one).encode() + b"\n" for one in lines))
    answers = []
    async with asyncio.timeout(WITHIN_S):
        while {answer.get("id") for answer in answers} < {1, 2}:
            answers.append(json.loads(await process.stdout.readline()))
        process.stdin.close()
        rest = await process.stdout.read()
        assert await process.wait() == 0
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in rest.splitlines())
