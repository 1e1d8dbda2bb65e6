"""Frames with HTML in every field, with values of any depth, and of more types than anyone can use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

TYPES = 20_000
DEPTHS = range(300, 1_001, 50)
_SHAPES: tuple[dict[str, Any], ...] = (
    {"type": "text.delta", "delta": "@"},
    {"type": "transcript.committed", "transcript": "@"},
    {"type": "response.completed", "id": "@", "usage": {"@": "@", "total": {"@": "@"}}},
    {
        "type": "response.done",
        "response": {"status": "failed", "status_details": {"error": {"message": "@"}}},
    },
    {"type": "response.failed", "error": {"message": "@", "code": "@", "type": "@", "param": "@"}},
    {"type": "response.incomplete", "incomplete_details": {"reason": "@"}},
    {"type": "response.cancelled", "reason": "@"},
    {"type": "speech.started", "item_id": "@"},
    {"type": "speech.stopped", "item_id": "@"},
    {"type": "response.started", "id": "@", "model": "@"},
    {"type": "tool.call", "tool_call_id": "@1", "tool_name": "@", "tool_arguments": {"@": "@"}},
    {"type": "tool.call", "tool_call_id": "@2", "tool_name": "get_time", "tool_arguments": {"timezone": "@"}},
    {
        "type": "tool.call",
        "tool_call_id": "@3",
        "tool_name": "calculate",
        "tool_arguments": {"expression": "@"},
    },
    {
        "type": "tool.call",
        "tool_call_id": "@4",
        "tool_name": "set_timer",
        "tool_arguments": {"seconds": 1, "label": "@"},
    },
    {"type": "tool.call", "tool_call_id": "@5", "tool_name": "open_url", "tool_arguments": {"url": "@"}},
    {
        "type": "tool.call",
        "tool_call_id": "@6",
        "tool_name": "open_url",
        "tool_arguments": {"url": "https://example.org/?@"},
    },
    {"type": "tool.call", "tool_call_id": "@7", "tool_name": "roll_dice", "tool_arguments": "@"},
    {"type": "error", "error": {"message": "@", "code": "@"}},
    {"type": "error", "error": "@"},
    {"type": "error", "message": "@", "code": "@"},
    {"type": "rate_limits.updated", "rate_limits": [{"name": "@", "limit": "@"}]},
    {"type": "@", "@": {"@": ["@"]}},
    {"type": "session.started", "session_id": "@", "audio_format": "@", "model": "@", "voice": "@"},
)
ENDS: tuple[dict[str, Any], ...] = (
    {"type": "session.terminating", "reason": "@", "error": {"message": "@", "code": "@"}},
    {"type": "session.ended", "reason": "@", "message": "@", "code": "@"},
    {"type": "session.terminating", "error": "@"},
)
"""What ends a session, told in the sender's own words."""


def with_mark(mark: str) -> list[bytes]:
    """Each kind of frame with this in every field, but for the last three that end a session."""
    return [_marked(shape, mark) for shape in _SHAPES]


def endings(mark: str) -> list[bytes]:
    """The same of frames that end a session."""
    return [_marked(shape, mark) for shape in ENDS]


def deep() -> Iterator[bytes]:
    """Frames with values of each depth in each place where one may be."""
    for depth in DEPTHS:
        for nested in ("[" * depth + "1" + "]" * depth, '{"a":' * depth + "1" + "}" * depth):
            quoted = json.dumps(nested)
            for frame in (
                '{"type":"new.event","a":@}',
                '{"type":"response.completed","usage":@}',
                '{"type":"response.completed","usage":{"a":{"b":@}}}',
                '{"type":"response.done","response":@}',
                '{"type":"response.failed","error":@}',
                '{"type":"error","error":{"message":@,"code":@}}',
                '{"type":"tool.call","tool_call_id":"d","tool_name":"get_time","tool_arguments":@}',
                '{"type":"tool.call","tool_call_id":"d","tool_name":"get_time","tool_arguments":#}',
                '{"type":"tool.call","tool_call_id":@,"tool_name":@,"tool_arguments":{"timezone":@}}',
                '{"type":"rate_limits.updated","rate_limits":@}',
                '{"type":"text.delta","delta":@}',
                '{"type":"transcript.committed","transcript":@}',
                '{"type":@}',
                "@",
            ):
                yield frame.replace("@", nested).replace("#", quoted).encode()


def types() -> Iterator[bytes]:
    """Frames of so many types, every seventh with HTML in its name."""
    for number in range(TYPES):
        name = f"type-{number}" if number % 7 else f"<img src='/dev/zero'>{number}"
        yield json.dumps({"type": name, "n": number}).encode()


def _marked(shape: dict[str, Any], mark: str) -> bytes:
    return json.dumps(shape).replace("@", json.dumps(mark)[1:-1]).encode()
