"""Frames as records for a log: audio elided to its length, credentials never in it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import msgspec

from desktop.log import redact
from desktop.protocol import commands, events
from desktop.realtime.connection import Frame


def record(frame: Frame, at_ms: float) -> dict[str, Any]:
    """One frame as a JSON object: `at_ms`, `direction`, `type`, `size` and what it holds."""
    message = frame.message
    content: dict[str, Any] = {}
    match message:
        case events.AudioDelta(audio) | commands.AudioAppend(audio):
            content = {"type": _type(message), "audio_bytes": len(audio)}
        case events.Unknown(kind, raw, problem):
            content = {"type": kind or "?", "raw": raw}
            if problem:
                content["problem"] = problem
        case _:
            content = msgspec.to_builtins(message)
    if frame.direction == "in":
        content = _redacted(content)  # a server may echo what it was sent, the key too
    head = {"at_ms": round(at_ms, 1), "direction": frame.direction, "type": content.pop("type")}
    return {**head, "size": frame.size, **content}


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: _redacted(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_redacted(inner) for inner in value]
    return value


def _type(message: events.Event | commands.Command) -> str:
    return str(message.__struct_config__.tag)


class FrameLog:
    """The frames of a session, kept in memory and written at the end: the disk is never waited for."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.records: list[dict[str, Any]] = []

    def add(self, frame: Frame) -> None:
        """One more frame, with the milliseconds since the log began."""
        self.records.append(record(frame, (time.monotonic() - self._began) * 1_000))

    def save(self, path: Path) -> None:
        """Write them as JSON Lines. Raises OSError."""
        path.write_bytes(msgspec.json.Encoder().encode_lines(self.records))
