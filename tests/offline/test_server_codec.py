from __future__ import annotations

import json

import pytest

from desktop.offline import server_codec
from desktop.protocol import codec, commands, events


@pytest.mark.parametrize(
    "command",
    [
        commands.AudioAppend(b"\x01\x02"),
        commands.AudioCommit(),
        commands.AudioClear(),
        commands.TextInput("hello"),
        commands.ImageInput("data:,"),
        commands.ResponseCreate(),
        commands.ResponseCancel(),
        commands.ToolResult("c1", {"a": [1]}),
    ],
)
def test_what_a_client_writes_is_read(command: commands.Command) -> None:
    assert server_codec.read(codec.encode(command)) == command


def test_session_frames_keep_their_config_as_it_came() -> None:
    assert server_codec.read('{"type":"session.start","config":{"colour":1}}') == server_codec.StartRequest(
        {"colour": 1}
    )
    assert server_codec.read('{"type":"session.update","config":{}}') == server_codec.UpdateRequest({})
    assert server_codec.read('{"type":"session.start"}') == server_codec.StartRequest({})


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("", "invalid_json"),
        ("{", "invalid_json"),
        ("nonsense", "invalid_json"),
        pytest.param("[" * 100_000, "invalid_json", id="deep"),
        ('{"type":"nonsense"', "invalid_json"),
        ('{"type":"audio.append","audio":7', "invalid_json"),
        ("[]", "invalid_frame"),
        ("17", "invalid_frame"),
        ("null", "invalid_frame"),
        ("{}", "missing_type"),
        ('{"type":7}', "missing_type"),
        ('{"type":"nonsense"}', "unknown_type"),
        ('{"type":"response.completed"}', "unknown_type"),
        ('{"type":"audio.append"}', "invalid_field"),
        ('{"type":"audio.append","audio":7}', "invalid_field"),
        ('{"type":"audio.append","audio":"***"}', "invalid_field"),
        ('{"type":"text.input","text":null}', "invalid_field"),
        ('{"type":"tool.result","tool_call_id":"x"}', "invalid_field"),
        ('{"type":"session.start","config":7}', "invalid_config"),
    ],
)
def test_bad_frames(frame: str, code: str) -> None:
    with pytest.raises(server_codec.BadFrame) as caught:
        server_codec.read(frame)
    assert caught.value.code == code
    assert str(caught.value)


def test_what_the_server_writes_a_client_reads() -> None:
    assert codec.decode(server_codec.error("No.", "no")) == events.Error("No.", "no")
    assert codec.decode(server_codec.terminating("Bye.", "idle")) == events.SessionTerminating("Bye.", "idle")
    cancelled = events.ResponseCompleted({"a": 1}, "cancelled")
    assert codec.decode(server_codec.completed("cancelled", {"a": 1})) == cancelled
    assert codec.decode(server_codec.completed("completed", {})) == events.ResponseCompleted({})
    assert codec.decode(server_codec.write(events.AudioDelta(b"\x00\x01"))) == events.AudioDelta(b"\x00\x01")
    assert json.loads(server_codec.completed("cancelled", {}))["status"] == "cancelled"


@pytest.mark.parametrize("depth", [129, 400, 5_000])
@pytest.mark.parametrize("kind", ["session.start", "tool.result", "odd"])
def test_what_is_nested_too_deep_is_refused(depth: int, kind: str) -> None:
    value = "[" * depth + "1" + "]" * depth
    frame = f'{{"type":"{kind}","config":{{"a":{value}}},"tool_call_id":"c","tool_result":{value}}}'
    with pytest.raises(server_codec.BadFrame) as caught:
        server_codec.read(frame)
    assert caught.value.code == "invalid_json"
