"""Faults of single frames: not JSON, binary, too large, unknown or half empty, and errors in every shape."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from desktop.offline.faults.peer import Peer
from desktop.offline.faults.scenario import FaultMoment, Scenario

MIB = 1024 * 1024
LARGEST = 16 * MIB
"""Bytes of the largest frame that clients take."""
LARGE_AUDIO = (LARGEST - 256) // 4 * 3
"""Bytes of sound that fill such a frame as base64, but for its other fields."""

GARBAGE = (
    "",
    " ",
    "hello",
    "null",
    "[]",
    "{",
    "42",
    '"text.delta"',
    '{"type": 7}',
    '{"no": "type"}',
    "[" * 100_000,
    '{"type": "text.delta", "delta": "\\ud83d"}',
    '{"type": "text.delta", "delta": NaN}',
)
TRUNCATED = '{"type": "audio.delta", "audio": "AAAAAAAAAAAA'
UNKNOWN = (
    {"type": "brand.new", "value": 1},
    {"type": "", "value": 2},
    {"type": "session.heartbeat", "at": "2026-01-01T00:00:00Z"},
    {"type": "response.output_item.added", "item": {"deep": [{"er": [1, 2, 3]}]}},
    {"type": "rate_limits.updated", "limits": [{"name": "tokens", "remaining": 5}]},
)
MISSING = (
    "audio.delta",
    "text.delta",
    "transcript.committed",
    "tool.call",
    "error",
)
ERRORS: dict[str, dict[str, Any]] = {
    "message": {"message": "The service stumbled.", "code": "stumbled"},
    "object": {"error": {"message": "The service stumbled.", "code": "stumbled"}},
    "text": {"error": "The service stumbled."},
    "empty": {},
    "list": {"error": ["The service stumbled.", 7]},
    "late-tool": {"error": {"message": "tool call id c1 not found", "code": "invalid_request_error"}},
}


async def _send_all(frames: tuple[str | bytes, ...], peer: Peer) -> None:
    for frame in frames:
        await peer.send_raw(frame)


async def _within_answer(frames: tuple[str | bytes, ...], peer: Peer) -> None:
    """Before, in the middle of and after the words of an answer."""
    await peer.send("response.started")
    await _send_all(frames, peer)
    await peer.send("text.delta", delta="All the same.")
    await _send_all(frames, peer)
    await peer.send("response.completed")


async def _large(size: int, peer: Peer) -> None:
    """A frame of exactly `size` bytes whose type nobody knows."""
    head, tail = '{"type":"padding","padding":"', '"}'
    await peer.send_raw(head + "x" * (size - len(head) - len(tail)) + tail)


async def _large_audio(peer: Peer) -> None:
    await peer.send("response.started")
    await peer.send_audio(bytes(LARGE_AUDIO))
    await peer.send("response.completed")


async def _more_fields(peer: Peer) -> None:
    more = {"event_id": "e1", "item": {"nested": [None, True, {"a": 1.5}]}, "extra": "field"}
    await peer.send("response.started", **more)
    await peer.send("text.delta", delta="With more fields.", **more)
    await peer.send("audio.delta", audio="AAAA", **more)
    await peer.send("response.completed", usage={"total_tokens": 3, "by_kind": {"audio": 2}}, **more)


def _texts(values: tuple[dict[str, Any], ...]) -> tuple[str, ...]:
    return tuple(json.dumps(value) for value in values)


def _in_answer(name: str, about: str, frames: tuple[str | bytes, ...]) -> Scenario:
    return Scenario(name=name, about=about, moment=FaultMoment.ANSWER, fault=partial(_within_answer, frames))


_BINARY = (b"\x00\xff\xfe\x80", b"", b'{"type": "text.delta", "delta": "Binary "}')

FRAMES: tuple[Scenario, ...] = (
    _in_answer("garbage", "sends frames that are no JSON, or no event, in an answer", GARBAGE),
    _in_answer("truncated-json", "sends the first half of a frame in an answer", (TRUNCATED,)),
    _in_answer("binary", "sends binary frames in an answer, one of them an event", _BINARY),
    _in_answer("unknown-types", "sends events of unknown types in an answer", _texts(UNKNOWN)),
    _in_answer(
        "missing-fields",
        "sends every event without its fields in an answer",
        _texts(tuple({"type": kind} for kind in MISSING)),
    ),
    Scenario(
        name="unknown-fields",
        about="answers in events with fields that nobody knows",
        moment=FaultMoment.ANSWER,
        fault=_more_fields,
    ),
    Scenario(
        name="frame-16-mib",
        about="answers in one audio frame of 16 MiB",
        moment=FaultMoment.ANSWER,
        fault=_large_audio,
    ),
    Scenario(
        name="frame-unknown-16-mib",
        about="sends a frame of 16 MiB of an unknown type",
        fault=partial(_large, LARGEST),
    ),
    Scenario(
        name="frame-too-large",
        about="sends a frame of one byte more than 16 MiB",
        fault=partial(_large, LARGEST + 1),
    ),
    *(
        Scenario(
            name=f"error-{shape}",
            about=f"sends the error {json.dumps({'type': 'error', **fields})}",
            fault=partial(_send_all, (json.dumps({"type": "error", **fields}),)),
        )
        for shape, fields in ERRORS.items()
    ),
)
