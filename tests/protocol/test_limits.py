"""What is too long is cut with a mark, what is too deep likewise, and nothing large is read whole."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from desktop.base import json_depth
from desktop.protocol import events, limits
from desktop.protocol.codec import decode

LONG = "x" * 1_000_000


def frame(kind: str, **fields: Any) -> bytes:
    return json.dumps({"type": kind, **fields}).encode()


def test_a_type_is_cut():
    for size in (1_000, 1_000_000):
        event = decode(frame("x" * size, a=1))
        assert isinstance(event, events.Unknown)
        assert event.kind == "x" * (limits.TYPE - 1) + "…"


@pytest.mark.parametrize(
    ("kind", "field", "most"),
    [
        ("text.delta", "delta", limits.TEXT),
        ("transcript.committed", "transcript", limits.TEXT),
        ("tool.call", "tool_name", limits.NAME),
        ("session.started", "session_id", limits.NAME),
        ("session.started", "audio_format", limits.NAME),
        ("error", "message", limits.MESSAGE),
        ("session.terminating", "message", limits.MESSAGE),
        ("response.failed", "reason", 100),
    ],
)
@pytest.mark.parametrize("extra", [{}, {"new": [0] * 40_000}], ids=["alone", "in a large frame"])
def test_a_field_is_cut_with_a_mark(kind: str, field: str, most: int, extra: dict[str, Any]):
    event = decode(frame(kind, **{field: LONG}, **extra))
    value = getattr(event, field)
    assert len(value) == most
    assert value == "x" * (most - 1) + "…"


@pytest.mark.parametrize("shape", ["message", "error", "error.message"])
def test_the_words_of_an_error_of_megabytes(shape: str):
    words = "No. " + "x" * 15_000_000
    error = {
        "message": {"message": words},
        "error": {"error": words},
        "error.message": {"error": {"message": words}},
    }
    event = decode(frame("error", code="bad", **error[shape]))
    assert isinstance(event, events.Error)
    assert (event.message[:6], event.message[-1], len(event.message)) == ("No. xx", "…", limits.MESSAGE)


def test_a_cut_in_an_escape_or_a_character_is_none():
    for start in range(12):
        event = decode(
            b'{"type":"error","message":"' + b"x" * start + b"\\ud83d\\udc4b\\u00e9\xc3\xa9" * 20_000 + b'"}'
        )
        assert isinstance(event, events.Error)
        assert "x" * start + "\U0001f44bé" in event.message


def test_the_end_of_a_response_is_read_however_large_its_frame_is():
    usage, junk = {"total_tokens": 7}, [{"text": LONG[:100]}] * 3_000
    end = decode(frame("response.done", response={"output": junk, "status": "failed", "usage": usage}))
    assert end == events.ResponseCompleted(usage, "failed")


@pytest.mark.parametrize("depth", [129, 300, 400, 600])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_what_is_nested_too_deeply_is_cut(depth: int, opening: str):
    closing = "]" if opening == "[" else "}"
    nested = f"{opening * depth}1{closing * depth}"
    for kind, field in (("new", "x"), ("response.done", "usage"), ("error", "error"), ("text.delta", "new")):
        event = decode(f'{{"type":"{kind}","{field}":{nested}}}')
        assert not (isinstance(event, events.Unknown) and kind != "new"), kind
        raw = event.raw if isinstance(event, events.Unknown) else None
        assert not json_depth.is_deep(raw), kind
    for arguments in (nested, json.dumps(nested)):
        call = decode(f'{{"type":"tool.call","tool_call_id":"c","tool_arguments":{arguments}}}')
        assert isinstance(call, events.ToolCall)
        assert isinstance(call.tool_arguments, str), "it is shown, and no tool is run with it"
        with pytest.raises(events.MalformedArgumentsError):
            call.arguments()


@pytest.mark.parametrize("name", ["sum", 7], ids=["regular", "irregular"])
def test_arguments_that_are_too_long_are_no_object(name: Any):
    for arguments in ({"text": LONG}, json.dumps({"text": LONG})):
        call = decode(frame("tool.call", tool_call_id="c", tool_name=name, tool_arguments=arguments))
        if isinstance(call, events.Unknown):
            assert name == 7, "a large frame that isn't as it should be isn't read"
            continue
        assert isinstance(call, events.ToolCall)
        assert isinstance(call.tool_arguments, str)
        assert limits.ARGUMENTS - 10 < len(call.tool_arguments) <= limits.ARGUMENTS
        assert call.tool_arguments.startswith('{"text":')
        with pytest.raises(events.MalformedArgumentsError):
            call.arguments()


def test_irregular_calls_keep_their_arguments_or_lose_them_whole():
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    good = decode(frame("tool.call", tool_name=7, tool_arguments={"a": [1]}))
    assert good == events.ToolCall("", "", {"a": [1]})
    bad = decode(frame("tool.call", tool_name=7, tool_arguments={"a": deep}))
    assert isinstance(bad, events.ToolCall)
    assert isinstance(bad.tool_arguments, str)


def test_a_call_whose_id_cannot_go_back_is_none():
    event = decode(frame("tool.call", tool_call_id="c" * 257, tool_name="sum"))
    assert event == events.Unknown("tool.call", {"tool_name": "sum"}, "its id is too long")
    assert isinstance(decode(frame("tool.call", tool_call_id="c" * 256)), events.ToolCall)


def test_minutes_of_sound_in_one_frame_are_heard():
    pcm = bytes(range(256)) * 40_000
    text = base64.b64encode(pcm).decode()
    assert decode(frame("audio.delta", audio=text)) == events.AudioDelta(pcm)
    broken = "\n".join(text[at : at + 76] for at in range(0, len(text), 76))
    dense = decode(frame("audio.delta", audio=broken))  # each line break is an escape in JSON
    assert isinstance(dense, events.Unknown)
    spaced = text.replace("A", "A ", 90_000)
    assert decode(frame("audio.delta", audio=spaced)) == events.AudioDelta(pcm)


@pytest.mark.parametrize("filling", [b"[],", b"{},", b"1,", b'"\\n",'])
def test_a_large_frame_of_many_things_is_not_read(filling: bytes):
    count = 15_000_000 // len(filling)
    event = decode(b'{"type":"error","message":"no","a":[' + filling * count + b"0]}")
    assert isinstance(event, events.Unknown)
    assert event.problem == "too long to be read"
    assert len(event.raw) == limits.ARGUMENTS


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e", "\ufeff", "\u00ad", "\u3164", "\U000e0041"])
def test_a_name_with_something_unseen_in_it_is_another_name(unseen: str) -> None:
    event = decode(frame("tool.call", tool_call_id="c", tool_name=f"get_{unseen}time"))
    assert isinstance(event, events.ToolCall)
    assert event.tool_name == f"get_[U+{ord(unseen):04X}]time"
