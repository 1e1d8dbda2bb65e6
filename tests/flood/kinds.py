"""Forty floods: what a service can send as fast as the loopback takes it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

MANY = 400
"""Frames that are made beforehand, and sent again and again."""
Frames = Callable[[], Iterator[bytes]]


def _frame(kind: str, **fields: Any) -> bytes:
    return json.dumps({"type": kind, **fields}).encode()


def _same(kind: str, **fields: Any) -> Frames:
    return lambda: iter([_frame(kind, **fields)])


def _each(make: Callable[[int], bytes], count: int = MANY) -> Frames:
    return lambda: map(make, range(count))


def _sound(ms: float) -> str:
    return base64.b64encode(bytes(round(48 * ms))).decode()


def _nested(depth: int, opening: str = '{"a":', closing: str = "}") -> str:
    return opening * depth + "1" + closing * depth


def _responses(**delta: Any) -> Frames:
    return lambda: iter(
        [_frame("response.started"), _frame(**delta), _frame("response.completed", usage={"total_tokens": 7})]
    )


def _call(number: int, name: str = "calculate", **arguments: Any) -> bytes:
    return _frame("tool.call", tool_call_id=f"c{number}", tool_name=name, tool_arguments=arguments)


def _raw(text: str) -> Frames:
    return lambda: iter([text.encode()])


HTML = "<img src='/dev/zero'><table bgcolor=red width=4000 height=4000><a href='x'>&amp;"

FLOODS: dict[str, Frames] = {
    "smallest frames": _raw("{}"),
    "no JSON": _raw("x" * 200),
    "bad UTF-8": lambda: iter([b"\xff" * 500]),
    "broken emoji": _raw('{"type":"text.delta","delta":"a\\ud83d"}'),
    "unknown, one type": _same("new.event", n=1),
    "unknown, 20,000 types": _each(lambda n: _frame(f"type-{n}", n=n), 20_000),
    "unknown, types of 1 MB": _each(lambda n: _frame(f"{n}" + "x" * 1_000_000), 8),
    "unknown, folded types": _each(lambda n: _frame(f"type-{n}.delta", delta="x"), 20_000),
    "unknown, 64 kB": _same("new.event", text="x " * 30_000),
    "unknown, 16 MB of lists": lambda: iter([b'{"type":"x","a":[' + b"[]," * 5_000_000 + b"0]}"]),
    "unknown, 60 kB of lists": lambda: iter([b'{"type":"x","a":[' + b"[]," * 20_000 + b"0]}"]),
    "depth 100": _raw(f'{{"type":"x","a":{_nested(100)}}}'),
    "depth 400": _raw(f'{{"type":"x","a":{_nested(400)}}}'),
    "depth 400, usage": _raw(f'{{"type":"response.done","usage":{_nested(400)}}}'),
    "depth 400, arguments": _raw(f'{{"type":"tool.call","tool_arguments":{_nested(400)}}}'),
    "depth 100,000": _raw(f'{{"type":"x","a":{_nested(100_000, "[", "]")}}}'),
    "text, one character": _same("text.delta", delta="x"),
    "text, words": _each(lambda n: _frame("text.delta", delta=f"word{n} ")),
    "text, 100 kB": _same("text.delta", delta="word " * 20_000),
    "text, 10 MB": _same("text.delta", delta="word " * 2_000_000),
    "text, HTML": _same("text.delta", delta=HTML),
    "responses of a word": _responses(kind="text.delta", delta="Well."),
    "responses of sound": _responses(kind="audio.delta", audio=_sound(100)),
    "empty responses": lambda: iter([_frame("response.started"), _frame("response.completed")]),
    "failed responses": _each(lambda n: _frame("response.failed", error={"message": f"No. {n}"})),
    "transcripts": _each(lambda n: _frame("transcript.committed", transcript=f"Words {n}.")),
    "transcripts of 100 kB": _same("transcript.committed", transcript="word " * 20_000),
    "speech started and stopped": lambda: iter([_frame("speech.started"), _frame("speech.stopped")]),
    "sound, 20 ms": _same("audio.delta", audio=_sound(20)),
    "sound, 10 s": _same("audio.delta", audio=_sound(10_000)),
    "sound, a sample and a half": _same("audio.delta", audio=base64.b64encode(b"abc").decode()),
    "sound that is none": _same("audio.delta", audio="!" * 1_000),
    "errors, the same": _same("error", error={"message": "No.", "code": "bad"}),
    "errors, each another": _each(lambda n: _frame("error", message=f"No. {n}", code=f"c{n}"), 20_000),
    "errors of 10 MB": _same("error", message="No. " * 2_500_000),
    "errors, HTML": _same("error", message=HTML, code=HTML),
    "tool calls": _each(lambda n: _call(n, expression="1 + 1")),
    "tool calls, no such tool": _each(lambda n: _call(n, "x" * 500)),
    "tool calls of 60 kB": _each(lambda n: _call(n, expression="1" * 60_000)),
    "timers and zones": _each(
        lambda n: (
            _call(n, "set_timer", seconds=86_400, label="x" * 50)
            if n % 2
            else _call(n, "get_time", timezone="x" * 50_000)
        )
    ),
}
"""By name: the frames of one round."""
QUICK = ("smallest frames", "unknown, 20,000 types", "errors, the same")
"""Those that the suite tries, for a second each."""
