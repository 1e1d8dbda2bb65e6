"""Frames as records for a log: audio elided to its length, credentials never in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

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
    head = {"at_ms": round(at_ms, 1), "direction": frame.direction, "type": content.pop("type")}
    return {**head, "size": frame.size, **content}


def _type(message: events.Event | commands.Command) -> str:
    return str(message.__struct_config__.tag)


def save(path: Path, records: list[dict[str, Any]]) -> None:
    """Write records as JSON Lines.

    Raises:
        OSError: the file can't be written.
    """
    path.write_bytes(msgspec.json.Encoder().encode_lines(records))
