"""A recording's turns are asked again, and what differs is told."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from desktop.base import paths
from desktop.cli import asked_again, main
from desktop.conversation import session_costs
from desktop.cost import prices
from desktop.cost.money import PICOS
from desktop.protocol import commands
from desktop.realtime.connection import Frame
from desktop.recording import spend_file
from desktop.recording.folder.reader import open_recording
from desktop.recording.recorded_turns import turns_in
from desktop.recording.replay_script import scripts_of
from desktop.recording.replay_server import ReplayServer
from desktop.settings import files as settings_files
from desktop.settings.schema import Settings
from tests.recording.folder.sessions import arrived, delta, record, sent
from tests.recording.test_replay_server import STARTED

MODEL = "openai/gpt-realtime-2"
TONE = (3_000 * np.sin(np.arange(24_000) / 5)).astype("<i2").tobytes()


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPPER_API_KEY", "op-not-a-real-key-0001")
    monkeypatch.setattr("desktop.recording.folder.recorder.pack_aside", lambda *folders: None)


def conversation(answer: str, tool: bool = False) -> list[Frame]:
    """A spoken turn and a typed one; the answer to the first is this, with a tool's call before it."""
    packets = [TONE[at : at + 960] for at in range(0, len(TONE), 960)]
    call = b'{"type":"tool.call","tool_call_id":"c1","tool_name":"get_time","tool_arguments":{}}'
    tools = [
        arrived(call),
        arrived(b'{"type":"response.completed"}'),
        sent(commands.ToolResult("c1", {})),
        arrived(b'{"type":"response.started"}'),
    ]
    return [
        sent(commands.SessionStart(commands.Config(model=MODEL))),
        arrived(STARTED),
        *(sent(commands.AudioAppend(packet)) for packet in packets),
        sent(commands.AudioCommit()),
        sent(commands.ResponseCreate()),
        arrived(b'{"type":"transcript.committed","transcript":"What time is it?"}'),
        arrived(b'{"type":"response.started"}'),
        *(tools if tool else []),
        arrived(delta(TONE[:4_800])),
        arrived(json.dumps({"type": "text.delta", "delta": answer}).encode()),
        arrived(b'{"type":"response.completed","usage":{"input_tokens":30,"output_tokens":20}}'),
        sent(commands.TextInput("Thank you.")),
        sent(commands.ResponseCreate()),
        arrived(b'{"type":"response.started"}'),
        arrived(b'{"type":"text.delta","delta":"You are welcome."}'),
        arrived(b'{"type":"response.completed"}'),
    ]


class Asked:
    """The command's exit code and report, from a service that answers as another recording says."""

    def __init__(self, tmp_path: Path) -> None:
        self._folder = tmp_path
        self.document: dict = {}

    def ask(self, service: list[Frame]) -> int:
        record(self._folder / "service", service)

        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        server = ReplayServer(scripts_of(open_recording(self._folder / "service")), 0.0)
        try:
            url = asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
            report = self._folder / "report.json"
            words = ["ask-again", str(self._folder / "r"), "--model", MODEL, "--base-url", url]
            more = ["--json", str(report), "--timeout", "60", "--instructions", "Be brief."]
            code = main.main([*words, *more])
        finally:
            asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()
        self.document = json.loads(report.read_text()) if report.exists() else {}
        return code


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    record(tmp_path / "r", conversation("It is noon."))
    return Asked(tmp_path)


def test_the_same_answers_pass(asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked.ask(conversation("It is noon.")) == 0
    spoken, typed = asked.document["turns"]
    assert (spoken["kind"], typed["kind"]) == ("spoken", "typed")
    assert spoken["differs"] == typed["differs"] == []
    assert spoken["again"]["understood"] == "What time is it?"
    assert spoken["again"]["wait_ms"] is not None
    printed = capsys.readouterr().out
    assert "2 of 2 turns were answered whole" in printed
    assert "said:  It is noon." in printed


def test_it_counts_towards_the_day_and_its_budget(
    asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = prices.read({"input": [1_000], "output": [2_000]})
    for module in (asked_again, session_costs):
        monkeypatch.setattr(module, "prices_of", lambda _: listed)
    assert asked.ask(conversation("It is noon.")) == 0
    spoken = (30 * 1_000 + 20 * 2_000) * PICOS // 10**6
    assert asked.document["turns"][0]["again"]["cost"] == "$0.07"
    assert spend_file.load().on(date.today()).most.picos > spoken, "the typed turn is estimated"
    settings_files.save(paths.config(), Settings(day_budget=0.05))
    capsys.readouterr()
    words = ["ask-again", str(tmp_path / "r"), "--model", MODEL, "--base-url", "http://127.0.0.1:9"]
    assert main.main(words) == 1
    assert "Today's budget of $0.05 is used up" in capsys.readouterr().err


def test_other_words_are_told_and_pass(asked: Asked) -> None:
    assert asked.ask(conversation("It is one o'clock.")) == 0
    spoken, typed = asked.document["turns"]
    assert spoken["differs"] == ["words"]
    assert 0 < spoken["alike"] < 1
    assert typed["differs"] == []


def test_arguments_as_a_text_are_the_same_as_an_object(tmp_path: Path) -> None:
    call = b'{"type":"tool.call","tool_call_id":"c1","tool_name":"t","tool_arguments":"{\\"a\\": 1}"}'
    record(tmp_path / "r", [sent(commands.TextInput("Go")), arrived(call)])
    (turn,) = turns_in(open_recording(tmp_path / "r"))
    assert [(tool.name, tool.arguments) for tool in turn.tools] == [("t", {"a": 1})]


def test_another_tool_fails(asked: Asked) -> None:
    assert asked.ask(conversation("It is noon.", tool=True)) == 1
    spoken, _ = asked.document["turns"]
    assert spoken["differs"] == ["tools"]
    assert [tool["name"] for tool in spoken["again"]["tools"]] == ["get_time"]


@pytest.mark.parametrize("words", [["ask-again"], ["serve", "--replay"]])
def test_what_is_no_recording_is_said(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main([*words, str(tmp_path)]) == 1
    assert f"{tmp_path} is no recording." in capsys.readouterr().err
