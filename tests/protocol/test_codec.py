"""Every event of the protocol, and every way a frame can be wrong."""

from __future__ import annotations

import base64
import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.protocol import events
from desktop.protocol.codec import RAW_TEXT_LIMIT, decode

PCM = bytes(range(96))
PCM64 = base64.b64encode(PCM).decode()

ROUND_TRIP: list[tuple[dict[str, Any], events.Event]] = [
    (
        {
            "type": "session.started",
            "session_id": "rts_1",
            "input_sample_rate": 16000,
            "output_sample_rate": 24000,
            "audio_format": "pcm16",
        },
        events.SessionStarted("rts_1", 16_000, 24_000, "pcm16"),
    ),
    (
        {"type": "session.started", "session_id": "rts_1", "sample_rate": 24000},
        events.SessionStarted("rts_1", 24_000, 24_000),
    ),
    ({"type": "audio.delta", "audio": PCM64}, events.AudioDelta(PCM)),
    ({"type": "text.delta", "delta": "Grüße \U0001f44b"}, events.TextDelta("Grüße \U0001f44b")),
    ({"type": "transcript.committed", "transcript": "hi"}, events.TranscriptCommitted("hi")),
    ({"type": "speech.started"}, events.SpeechStarted()),
    ({"type": "speech.stopped"}, events.SpeechStopped()),
    ({"type": "response.started"}, events.ResponseStarted()),
    ({"type": "response.completed"}, events.ResponseCompleted()),
    ({"type": "response.done"}, events.ResponseCompleted()),
    ({"type": "response.done", "usage": {"total": 7}}, events.ResponseCompleted({"total": 7})),
    (
        {"type": "tool.call", "tool_call_id": "c1", "tool_name": "roll", "tool_arguments": {"n": 2}},
        events.ToolCall("c1", "roll", {"n": 2}),
    ),
    (
        {"type": "tool.call", "tool_call_id": "c1", "tool_name": "roll", "tool_arguments": '{"n": 2}'},
        events.ToolCall("c1", "roll", '{"n": 2}'),
    ),
    (
        {"type": "session.terminating", "error": {"code": "idle", "message": "Idle for 5 minutes"}},
        events.SessionTerminating("Idle for 5 minutes", "idle"),
    ),
    ({"type": "session.ended"}, events.SessionTerminating()),
    ({"type": "session.ended", "reason": "bye"}, events.SessionTerminating("bye")),
    ({"type": "error", "message": "no", "code": "bad"}, events.Error("no", "bad")),
    ({"type": "error", "error": {"message": "no", "code": "bad"}}, events.Error("no", "bad")),
    ({"type": "error", "error": {"message": "no"}}, events.Error("no")),
    ({"type": "error", "error": {"message": "no", "type": "invalid"}}, events.Error("no", "invalid")),
    ({"type": "error", "error": "no"}, events.Error("no")),
    ({"type": "error", "error": "no", "code": "bad"}, events.Error("no", "bad")),
    ({"type": "error", "error": {}, "message": "no", "code": "bad"}, events.Error("no", "bad")),
    ({"type": "error", "error": None, "message": "no"}, events.Error("no")),
    ({"type": "error", "code": 402}, events.Error("", "402")),
    ({"type": "error", "error": ["a", 1]}, events.Error("a")),
    ({"type": "error", "error": [{"message": "no", "code": 7}]}, events.Error("no", "7")),
    ({"type": "error", "error": []}, events.Error()),
    ({"type": "error"}, events.Error()),
]
IDS = [json.dumps(frame)[:60] for frame, _ in ROUND_TRIP]


@pytest.mark.parametrize(("frame", "event"), ROUND_TRIP, ids=IDS)
def test_every_event_is_read(frame: dict[str, Any], event: events.Event) -> None:
    assert decode(json.dumps(frame)) == event
    assert decode(json.dumps(frame).encode()) == event
    assert decode(json.dumps(frame, ensure_ascii=False).encode()) == event


@pytest.mark.parametrize(("frame", "event"), ROUND_TRIP, ids=IDS)
def test_new_fields_and_another_order_change_nothing(frame: dict[str, Any], event: events.Event) -> None:
    backwards = dict(reversed(list({**frame, "event_id": 7, "new": {"deep": [1]}}.items())))
    assert decode(json.dumps(backwards)) == event


def test_every_event_type_is_among_the_examples() -> None:
    kinds = {type(event) for _, event in ROUND_TRIP}
    assert kinds | {events.Unknown} == set(events.Event.__subclasses__())


# A field left out, null, or of a type that can't be read, is treated as missing.
FIELDS: list[tuple[str, type[events.Event], str, list[Any]]] = [
    ("session.started", events.SessionStarted, "session_id", [5, [], {}, True]),
    ("session.started", events.SessionStarted, "input_sample_rate", ["fast", 24000.5, [], True, {}]),
    ("session.started", events.SessionStarted, "output_sample_rate", [0, -24000, 3, 10**9, 10**30, 1e300]),
    ("session.started", events.SessionStarted, "sample_rate", ["", "24 kHz", None, [24000]]),
    ("session.started", events.SessionStarted, "audio_format", [16, ["pcm16"]]),
    ("audio.delta", events.AudioDelta, "audio", [""]),
    ("text.delta", events.TextDelta, "delta", [7, 1.5, False, ["a"], {"text": "a"}]),
    ("transcript.committed", events.TranscriptCommitted, "transcript", [7, ["a"], {}]),
    ("response.completed", events.ResponseCompleted, "usage", ["many", 7, [1]]),
    ("response.done", events.ResponseCompleted, "usage", ["many", 7, [1]]),
    ("tool.call", events.ToolCall, "tool_call_id", [7, [], {}]),
    ("tool.call", events.ToolCall, "tool_name", [7, [], {}]),
    ("tool.call", events.ToolCall, "tool_arguments", [7, True, [1]]),
    ("error", events.Error, "message", [""]),
    ("session.terminating", events.SessionTerminating, "error", ["", {}, {"message": None}]),
]
WRONG = [(kind, cls, field, value) for kind, cls, field, values in FIELDS for value in [*values, None]]


@pytest.mark.parametrize(("kind", "cls", "field", "value"), WRONG)
def test_a_field_that_does_not_fit_is_left_at_its_default(
    kind: str, cls: type[events.Event], field: str, value: Any
) -> None:
    assert decode(json.dumps({"type": kind})) == cls()
    assert decode(json.dumps({"type": kind, field: value})) == cls()


def test_the_fields_that_fit_stay() -> None:
    frame = {"type": "tool.call", "tool_call_id": "c1", "tool_name": 7, "tool_arguments": {"n": 2}}
    assert decode(json.dumps(frame)) == events.ToolCall("c1", "", {"n": 2})


@pytest.mark.parametrize(
    ("frame", "rates"),
    [
        ({"sample_rate": 24000, "input_sample_rate": 16000}, (16_000, 24_000)),
        ({"sample_rate": 24000, "input_sample_rate": None}, (24_000, 24_000)),
        ({"sample_rate": 24000, "input_sample_rate": "fast", "output_sample_rate": 0}, (24_000, 24_000)),
        ({"sample_rate": "24000"}, (24_000, 24_000)),
        ({"input_sample_rate": 16000.0, "output_sample_rate": "48000"}, (16_000, 48_000)),
        ({"output_sample_rate": 24000}, (0, 24_000)),
    ],
)
def test_the_rates_of_a_session(frame: dict[str, Any], rates: tuple[int, int]) -> None:
    event = decode(json.dumps({"type": "session.started", **frame}))
    assert isinstance(event, events.SessionStarted)
    assert (event.input_sample_rate, event.output_sample_rate) == rates


@pytest.mark.parametrize(
    ("text", "audio"),
    [
        ("AAEC", b"\0\1\2"),
        ("AAECAw==", b"\0\1\2\3"),
        ("AAECAw", b"\0\1\2\3"),
        ("AAECAw=", b"\0\1\2\3"),
        ("AAE\r\nCAw==\n", b"\0\1\2\3"),
        (" AAEC ", b"\0\1\2"),
        ("++//", b"\xfb\xef\xff"),
        ("AA==", b"\0"),
        ("", b""),
    ],
)
def test_base64_as_senders_write_it(text: str, audio: bytes) -> None:
    assert decode(json.dumps({"type": "audio.delta", "audio": text})) == events.AudioDelta(audio)


@pytest.mark.parametrize(
    "value", ["A", "AAEC!", "--__", "AA==AAEC", "é", "\0", 7, [0, 1], {"data": "AA"}, True]
)
def test_audio_that_is_no_base64_says_so(value: Any) -> None:
    event = decode(json.dumps({"type": "audio.delta", "audio": value}))
    assert event == events.Unknown("audio.delta", {"type": "audio.delta"}, "audio is not base64")


@given(st.binary(max_size=300))
def test_any_audio_arrives_whole(audio: bytes) -> None:
    frame = json.dumps({"type": "audio.delta", "audio": base64.b64encode(audio).decode()})
    assert decode(frame) == events.AudioDelta(audio)


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ({"a": 1}, {"a": 1}),
        ('{"a": 1}', {"a": 1}),
        ("{}", {}),
        ("", {}),
        (" \n", {}),
        (None, {}),
    ],
)
def test_tool_arguments_in_both_forms(arguments: Any, value: dict[str, Any]) -> None:
    event = decode(json.dumps({"type": "tool.call", "tool_name": "x", "tool_arguments": arguments}))
    assert isinstance(event, events.ToolCall)
    assert event.arguments() == value


@pytest.mark.parametrize("arguments", ["{", "[1]", "null", "7", "six", "[" * 100_000, '"{}"', "\ud800"])
def test_tool_arguments_that_are_no_object(arguments: str) -> None:
    with pytest.raises(ValueError, match="arguments are not a JSON object"):
        events.ToolCall("c", "x", arguments).arguments()


def test_two_calls_share_no_arguments() -> None:
    first, second = (decode('{"type": "tool.call"}') for _ in range(2))
    assert isinstance(first, events.ToolCall)
    assert isinstance(second, events.ToolCall)
    assert first.arguments() is not second.arguments()


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "response.audio_transcript.delta", "delta": "a"},
        {"type": "", "x": 1},
        {"type": "Error", "message": "no"},
        {"type": "text.delta ", "delta": "a"},
    ],
)
def test_a_new_type_is_kept_whole(frame: dict[str, Any]) -> None:
    assert decode(json.dumps(frame)) == events.Unknown(frame["type"], frame)


@pytest.mark.parametrize(
    ("frame", "raw", "problem"),
    [
        ("{}", {}, "no type"),
        ('{"type": null}', {"type": None}, "no type"),
        ('{"type": 7}', {"type": 7}, "no type"),
        ('{"type": ["error"]}', {"type": ["error"]}, "no type"),
        ("[]", [], "not a JSON object"),
        ('"error"', "error", "not a JSON object"),
        ("7", 7, "not a JSON object"),
        ("null", None, "not a JSON object"),
        ("NaN", None, "not a JSON object"),
    ],
)
def test_json_that_is_no_event(frame: str, raw: Any, problem: str) -> None:
    assert decode(frame) == events.Unknown(raw=raw, problem=problem)


@pytest.mark.parametrize(
    "frame",
    [
        "",
        " ",
        "{",
        '{"type": "text.delta", "delta": "a',
        '{"type": "text.delta"} {}',
        "{'type': 'text.delta'}",
        '{"type": "text.delta",}',
        "\ufeff{}",
        "\x00",
    ],
)
def test_what_is_no_json_is_kept_as_text(frame: str) -> None:
    for form in (frame, frame.encode()):
        event = decode(form)
        assert isinstance(event, events.Unknown)
        assert event.raw == frame[:RAW_TEXT_LIMIT]
        assert event.problem.startswith("not JSON: ")


def test_of_a_huge_unreadable_frame_only_the_beginning_is_kept() -> None:
    event = decode(b"\xff" * 10_000_000)
    assert isinstance(event, events.Unknown)
    assert event.raw == "\ufffd" * RAW_TEXT_LIMIT


@pytest.mark.parametrize(
    ("frame", "event"),
    [
        # Half of an emoji, as a server that cuts between UTF-16 units sends it.
        (rb'{"type":"text.delta","delta":"a\ud83d"}', events.TextDelta("a\ufffd")),
        (rb'{"type":"text.delta","delta":"\udc4bb"}', events.TextDelta("\ufffdb")),
        (rb'{"type":"text.delta","delta":"\ud83d\ud83d\udc4b"}', events.TextDelta("\ufffd\U0001f44b")),
        (rb'{"type":"text.delta","delta":"\\ud83d\ud83d"}', events.TextDelta("\\ud83d\ufffd")),
        (b'{"type":"text.delta","delta":"a\xff\xc3"}', events.TextDelta("a\ufffd\ufffd")),
        ('{"type":"text.delta","delta":"a\ud83d"}', events.TextDelta("a?")),
        # What Python's json and others write although it isn't JSON.
        (b'{"type":"text.delta","delta":NaN}', events.TextDelta()),
        (b'{"type": "error", "message": ' + b"1" * 5_000 + b"}", events.Error("", "")),
        (
            b'{"type":"response.done","usage":{"cost":1,"n":' + b"9" * 5_000 + b"}}",
            events.ResponseCompleted({"cost": 1, "n": None}),
        ),
        (
            b'{"type":"response.done","usage":{"cost":NaN,"n":1}}',
            events.ResponseCompleted({"cost": None, "n": 1}),
        ),
        (b'{"type":"response.done","usage":{"cost":-Infinity}}', events.ResponseCompleted({"cost": None})),
        (b'{"type":"session.started","sample_rate":1e999}', events.SessionStarted()),
        (b'{"type":"response.done","n":1e999}', events.ResponseCompleted()),
    ],
)
def test_a_frame_that_is_nearly_json_is_mended(frame: bytes | str, event: events.Event) -> None:
    assert decode(frame) == event


@pytest.mark.parametrize(
    ("frame", "event"),
    [
        ('{"type":"text.delta","delta":"a","delta":"b"}', events.TextDelta("b")),
        ('{"type":"text.delta","type":"error","message":"x"}', events.Error("x")),
        ('{"type":"error","type":"text.delta","delta":"x"}', events.TextDelta("x")),
    ],
)
def test_of_a_field_said_twice_the_last_counts(frame: str, event: events.Event) -> None:
    assert decode(frame) == event


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize(
    "kind", ["error", "tool.call", "text.delta", "session.started", "response.done", "new"]
)
def test_no_depth_is_too_deep(kind: str, opening: str) -> None:
    # Every depth around the interpreter's limit of 1000: what is just shallow enough to be read may be too
    # deep for the next step.
    field = {"error": "message", "tool.call": "tool_arguments", "response.done": "usage"}.get(kind, "delta")
    closing = "]" if opening == "[" else "}"
    for depth in (10, *range(850, 1010), 100_000):
        nested = opening * depth + "1" + closing * depth
        event = decode(f'{{"type":"{kind}","{field}":{nested}}}')
        assert isinstance(event, events.Event)


KINDS = sorted({frame["type"] for frame, _ in ROUND_TRIP})
NAMES = sorted({name for frame, _ in ROUND_TRIP for name in frame} | {"message", "code", "reason"})
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(PCM64)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=4)
    ),
    max_leaves=8,
)
frames = st.builds(
    lambda kind, fields: {**fields, "type": kind},
    st.sampled_from(KINDS) | values,
    st.dictionaries(st.sampled_from(NAMES), values, max_size=6),
)


@given(frames)
@example({"type": "error", "error": {"message": 10**4000}})
@example({"type": "session.started", "sample_rate": float("inf")})
def test_any_frame_shaped_like_one_gives_the_typed_event(frame: dict[str, Any]) -> None:
    event = decode(json.dumps(frame))
    expected = next((type(e) for f, e in ROUND_TRIP if f["type"] == frame["type"]), events.Unknown)
    assert isinstance(event, expected | events.Unknown if frame["type"] == "audio.delta" else expected)
    check_types(event)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes_or_text_give_an_event(frame: bytes | str) -> None:
    check_types(decode(frame))


@given(st.sampled_from(ROUND_TRIP), st.integers(0, 200), st.binary(max_size=3))
def test_any_damage_to_a_frame_gives_an_event(sample: tuple[Any, events.Event], at: int, junk: bytes) -> None:
    frame = json.dumps(sample[0]).encode()
    check_types(decode(frame[:at] + junk + frame[at + 1 :]))
    check_types(decode(frame[:at] + junk))


def check_types(event: events.Event) -> None:
    """Every field is of its declared type, and can be written to the event log."""
    assert msgspec.convert(msgspec.to_builtins(event), type(event)) == event or isinstance(
        event, events.Unknown
    )
    assert isinstance(msgspec.json.encode(event), bytes)
