"""Frames as servers send them, and as none should: cut, spliced, flipped, with values of other kinds."""

from __future__ import annotations

import base64
import json
import random
from typing import Any

KINDS: tuple[str, ...] = (
    *("audio.delta", "text.delta", "transcript.committed", "speech.started", "speech.stopped"),
    *("response.started", "response.completed", "response.done", "response.failed", "tool.call", "error"),
    *("session.started", "session.terminating", "session.ended", "rate_limits.updated", "", "тип"),
)
"""All that the protocol names, and some that it doesn't."""

CODES = (
    *("", "error", "invalid_request_error", "conversation_already_has_active_response"),
    *("response_cancel_not_active", "input_audio_buffer_commit_empty", "invalid_tool_call_id", "rate_limit"),
)
TEXTS = (
    *("", "Hello.", "Cancellation failed", "buffer too small", "not found in conversation", "tool call id"),
    *("Wörter, 言葉, 🎙", "a\u0000b", "word " * 200, "already has an active response", "op-0123456789abcdef"),
)
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1e308, -1e-308, 2**63, 2**200, "", "null", "24000", "🎙" * 50, [], {}, [[]]),
    *({"type": "audio.delta"}, {"message": {"message": {}}}, {"code": 7}, ["a", 1, None], "\ud800"),
)
RAW = (
    b"\xff\xfe",
    b"\\ud83d",
    b"NaN",
    b"Infinity",
    b"1e999",
    b'"',
    b"\\",
    b"\x00",
    b"[" * 300,
    b"{}",
    b",,",
    b"/",
)
"""Texts that are put into the middle of a frame."""
DEEP = 100_000
LONG = 262_144


class Frames:
    """A stream of frames, the same for the same chance. `bad` is the share of those that are broken.

    Args:
        kinds: of which types they are.
    """

    def __init__(self, chance: random.Random, bad: float, kinds: tuple[str, ...] = KINDS) -> None:
        self._chance = chance
        self._bad = bad
        self._kinds = kinds
        self._last = b"{}"

    def next(self) -> bytes:
        """The next frame."""
        good = self._good()
        frame = self._broken(good) if self._chance.random() < self._bad else _written(good)
        self._last = frame[:LONG]
        return frame

    def _good(self) -> dict[str, Any]:
        chance = self._chance
        kind = chance.choice(self._kinds)
        frame: dict[str, Any] = {"type": kind}
        text = chance.choice(TEXTS)
        if kind == "audio.delta":
            frame["audio"] = base64.b64encode(bytes(chance.randrange(0, 960))).decode()
        elif kind == "text.delta":
            frame["delta"] = text
        elif kind == "transcript.committed":
            frame["transcript"] = text
        elif kind == "tool.call":
            arguments: Any = {"a": chance.choice((1, text, None))}
            frame |= {"tool_call_id": f"c{chance.randrange(1_000)}", "tool_name": "t"}
            frame["tool_arguments"] = arguments if chance.random() < 0.5 else json.dumps(arguments)
        elif kind in ("error", "session.terminating", "session.ended"):
            error = {"message": text, "code": chance.choice(CODES)}
            frame |= chance.choice(
                ({"error": error}, error, {"error": text}, {"error": [error]}, {"reason": text})
            )
        elif kind == "session.started":
            rate = chance.choice((24_000, 16_000, 0, -1, "48000", 1e9))
            frame |= {"session_id": text, "input_sample_rate": rate, "audio_format": "pcm16"}
        elif kind in ("response.completed", "response.done", "response.failed"):
            frame["usage"] = chance.choice((None, {"total": 3}, {"seconds": 1.5}))
            error = {"message": text, "code": chance.choice(CODES)}
            end = chance.choice(
                (
                    {},
                    {"status": "completed"},
                    {"status": "failed", "status_details": {"type": "failed", "error": error}},
                    {"status": "incomplete", "incomplete_details": {"reason": text}},
                    {"status": "cancelled", "error": error},
                )
            )
            frame |= chance.choice((end, {"response": end}))
        return frame

    def _broken(self, frame: dict[str, Any]) -> bytes:
        way = self._chance.choice(_WAYS)
        return bytes(way(self, frame))

    def _odd_value(self, frame: dict[str, Any]) -> bytes:
        name = self._chance.choice([*frame, "new_field", "error", "message"])
        return _written(frame | {name: self._chance.choice(ODD_VALUES)})

    def _missing(self, frame: dict[str, Any]) -> bytes:
        del frame[self._chance.choice(list(frame))]
        return _written(frame)

    def _doubled(self, frame: dict[str, Any]) -> bytes:
        one, other = _written(frame), _written(self._good())
        return one[:-1] + b"," + other[1:]

    def _cut(self, frame: dict[str, Any]) -> bytes:
        whole = _written(frame)
        return whole[: self._chance.randrange(len(whole))]

    def _flipped(self, frame: dict[str, Any]) -> bytes:
        whole = bytearray(_written(frame))
        for _ in range(self._chance.randint(1, 6)):
            whole[self._chance.randrange(len(whole))] ^= 1 << self._chance.randrange(8)
        return bytes(whole)

    def _inserted(self, frame: dict[str, Any]) -> bytes:
        whole = _written(frame)
        at = self._chance.randrange(len(whole) + 1)
        return whole[:at] + self._chance.choice(RAW) + whole[at:]

    def _spliced(self, frame: dict[str, Any]) -> bytes:
        whole = _written(frame)
        return (
            whole[: self._chance.randrange(len(whole))]
            + self._last[self._chance.randrange(len(self._last) + 1) :]
        )

    def _no_object(self, frame: dict[str, Any]) -> bytes:
        return self._chance.choice(
            (_written([frame]), b"", b"null", b"3", b'"text"', b"\x00\x01\x02", b"<html>")
        )

    def _large(self, frame: dict[str, Any]) -> bytes:
        if self._chance.random() > 0.01:
            return self._odd_value(frame)
        deep = b'{"type":"error","error":' + b"[" * DEEP
        long = _written(frame | {"delta": "a" * LONG, "tool_arguments": "\\" * LONG})
        return self._chance.choice(
            (deep, deep + b"]" * DEEP + b"}", long, long[:-9], b"[" + b"1," * (LONG // 2))
        )


_WAYS = (
    *(Frames._odd_value, Frames._missing, Frames._doubled, Frames._cut, Frames._flipped),
    *(Frames._inserted, Frames._spliced, Frames._no_object, Frames._large),
)


def _written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")
