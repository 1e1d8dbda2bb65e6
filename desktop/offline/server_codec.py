"""The server's side of the wire: reads commands from frames, writes events as frames. Pure.

A frame that can't be read raises `BadFrame`, whose text goes back to the client as an `error` event.
"""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from desktop.base import json_depth
from desktop.protocol import commands, events

MAX_FRAME_BYTES = 16 * 1024 * 1024
"""The largest frame that is read; other clients allow as much."""


class BadFrame(Exception):
    """A frame that is not a command; `code` is for programs, the text for people."""

    def __init__(self, message: str, code: str = "invalid_frame") -> None:
        super().__init__(message)
        self.code = code


class StartRequest(msgspec.Struct, frozen=True):
    """`session.start`, its config still unchecked."""

    config: dict[str, Any]


class UpdateRequest(msgspec.Struct, frozen=True):
    """`session.update`, its config still unchecked."""

    config: dict[str, Any]


_Plain = (
    commands.AudioAppend
    | commands.AudioCommit
    | commands.AudioClear
    | commands.TextInput
    | commands.ImageInput
    | commands.ResponseCreate
    | commands.ResponseCancel
    | commands.ToolResult
)
ClientRequest = _Plain | StartRequest | UpdateRequest

_decoder: msgspec.json.Decoder[_Plain] = msgspec.json.Decoder(_Plain)
_PLAIN_TYPES = frozenset(cls.__struct_config__.tag for cls in get_args(_Plain))


def read(frame: str | bytes) -> ClientRequest:
    """The command in a text frame.

    Raises:
        BadFrame: it is not JSON, has no known `type`, or a field is missing or of the wrong type.
    """
    try:
        try:
            found = _decoder.decode(frame)
        except msgspec.ValidationError as exc:
            # `session.*` frames come here too: their config is checked field by field elsewhere.
            return _read_slowly(json_depth.decode(frame), str(exc))
        if isinstance(found, commands.ToolResult) and json_depth.may_be_deep(frame):
            json_depth.decode(frame)  # raises if it is too deep
        return found
    except json_depth.TooDeepError as exc:
        raise BadFrame(f"The frame is {exc}.", "invalid_json") from exc
    except (ValueError, RecursionError) as exc:
        raise BadFrame(f"The frame is not JSON: {exc}", "invalid_json") from exc


def _read_slowly(raw: Any, problem: str) -> ClientRequest:
    if not isinstance(raw, dict):
        raise BadFrame("The frame is not a JSON object.")
    kind = raw.get("type")
    if not isinstance(kind, str):
        raise BadFrame("The frame has no type.", "missing_type")
    if kind in ("session.start", "session.update"):
        config = raw.get("config", {})
        if not isinstance(config, dict):
            raise BadFrame(f"{kind}: config must be an object.", "invalid_config")
        return StartRequest(config) if kind == "session.start" else UpdateRequest(config)
    if kind not in _PLAIN_TYPES:
        raise BadFrame(f"Unknown type '{kind[:100]}'.", "unknown_type")
    raise BadFrame(f"{kind}: {problem}", "invalid_field")


_encoder = msgspec.json.Encoder()


def write(event: events.Event) -> str:
    """The frame of an event whose struct has the wire's shape."""
    return _encoder.encode(event).decode()


def error(message: str, code: str) -> str:
    """The frame of an `error` event."""
    return _json({"type": "error", "error": {"message": message, "code": code}})


def terminating(message: str, code: str) -> str:
    """The frame of a `session.terminating` event."""
    return _json({"type": "session.terminating", "error": {"code": code, "message": message}})


def completed(status: str, usage: dict[str, Any]) -> str:
    """The frame of a `response.completed` event; `status` is `completed` or `cancelled`."""
    return _json({"type": "response.completed", "status": status, "usage": usage})


def _json(value: dict[str, Any]) -> str:
    return _encoder.encode(value).decode()
