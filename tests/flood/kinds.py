"""The floods: what a service can send as fast as the loopback takes it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from itertools import islice
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


class Wire(bytes):
    """Bytes that go to the socket as they are: no text frame, or more than one."""


def wire(payload: bytes, opcode: int = 1, *, last: bool = True) -> Wire:
    """A frame from a server: a text frame, or one of another kind, or a part of one."""
    size = len(payload)
    if size < 126:
        head = bytes([size])
    elif size < 65_536:
        head = bytes([126]) + size.to_bytes(2, "big")
    else:
        head = bytes([127]) + size.to_bytes(8, "big")
    return Wire(bytes([opcode | 0x80 * last]) + head + payload)


def _parts(payload: bytes, size: int) -> Frames:
    """A text frame in parts of this size."""
    pieces = [payload[at : at + size] for at in range(0, len(payload), size)]
    ends = range(1, len(pieces) + 1)
    whole = b"".join(
        wire(piece, 1 if end == 1 else 0, last=end == len(pieces))
        for piece, end in zip(pieces, ends, strict=True)
    )
    return lambda: iter([Wire(whole)])


def _all_at_once() -> Iterator[bytes]:
    """A few frames of each flood of short ones, in turn."""
    for name, frames in FLOODS.items():
        if name != MIXED:
            yield from (frame for frame in islice(frames(), 3) if len(frame) < 100_000)


MIXED = "all of them, mixed"
HTML = "<img src='/dev/zero'><table bgcolor=red width=4000 height=4000><a href='x'>&amp;"

NOTHING = "nothing"
FLOODS: dict[str, Frames] = {
    NOTHING: lambda: iter(()),  # what the machine does to a window that is left alone
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
FLOODS |= {
    "sound, 4 minutes": _same("audio.delta", audio=_sound(248_000)),
    "sound, 4 minutes, in lines": lambda: iter(
        [b'{"type":"audio.delta","audio":"' + b"A" * 160 + b"\\n" + b"A" * 15_000_000 + b'"}']
    ),
    "responses of 4 minutes": _responses(kind="audio.delta", audio=_sound(240_000)),
    "sound and words": lambda: iter(
        [_frame("audio.delta", audio=_sound(20)), _frame("text.delta", delta="word ")]
    ),
    "sound within an unknown frame": _same("new.event", data=_sound(60_000)),
    "unknown, 16 MB": _same("new.event", text="x " * 8_000_000),
    "unknown, 16 MB of spaces": lambda: iter([b'{"type":"x"' + b" " * 16_000_000 + b"}"]),
    "unknown, 20,000 fields": lambda: iter(
        [json.dumps({"type": "x", **{f"field{n}": n for n in range(20_000)}}).encode()]
    ),
    "bad UTF-8, 16 MB": lambda: iter([b"\xff" * 16_000_000]),
    "tool call of 15 MB": _each(lambda n: _call(n, expression="1" * 15_000_000), 2),
    "tool calls with one id": lambda: iter([_call(1, expression="1 + 1")]),
    "results that are long": _each(lambda n: _call(n, expression="9" * 300 + " * " + "9" * 300)),
    "usage, 20,000 fields": _same(
        "response.done",
        usage={f"input_{n}_tokens": n for n in range(20_000)},
        response={"status": "completed"},
    ),
    "sessions that are started again": _same(
        "session.started", session_id="again", input_sample_rate=8_000, output_sample_rate=8_000
    ),
    "cancelled and incomplete responses": lambda: iter(
        [
            _frame("response.started"),
            _frame("text.delta", delta="Well"),
            _frame("response.cancelled"),
            _frame("response.started"),
            _frame("response.incomplete", reason="max_output_tokens"),
        ]
    ),
    "text, one word of 100 kB": _same("text.delta", delta="x" * 99_000),
    "text, 100,000 lines": _same("transcript.committed", transcript="\n" * 99_000 + "x"),
    "text, marks upon marks": _same("transcript.committed", transcript="a" + "\u0301" * 50_000),
    "text, right to left": _same("transcript.committed", transcript="שלום مرحبا " * 5_000),
    "text, emoji": _same("transcript.committed", transcript="👨\u200d👩\u200d👧 " * 5_000),
    "text, what nobody sees": _same("text.delta", delta="\u202e\u200b\x1b[2J\x00" * 500),
    "binary frames": lambda: iter([wire(_frame("text.delta", delta="word "), 2)]),
    "empty frames": lambda: iter([wire(b"")]),
    "pings": lambda: iter([wire(b"x" * 125, 9)]),
    "pongs": lambda: iter([wire(b"x" * 125, 10)]),
    "frames in 4,000 parts": _parts(_frame("text.delta", delta="x" * 3_900), 1),
    "16 MB in parts of 64 kB": _parts(_frame("new.event", text="x " * 8_000_000), 65_536),
    "parts that are empty": lambda: iter(
        [Wire(wire(b"{}", last=False) + wire(b"", 0, last=False) * 4_000 + wire(b"", 0))]
    ),
    "a byte at a time": _same("error", error={"message": "No.", "code": "slow"}),
    MIXED: _all_at_once,
}
TRICKLES = frozenset({"a byte at a time"})
"""Those that are not sent as fast as possible."""
QUICK = ("smallest frames", "unknown, 20,000 types", "errors, the same")
"""Those that the suite tries, for a second each."""
