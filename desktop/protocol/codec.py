"""Decodes JSON frames to events, and encodes commands as JSON frames. Decoding never raises.

The regular events are decoded by msgspec in C, base64 included (about 9 microseconds for 100 ms of
audio). A frame that doesn't fit takes the slow path: it is read as plain JSON, then field by field, and a
field that doesn't fit is left at its default. Almost-JSON that some senders write is repaired first: NaN
and infinite numbers, half of a surrogate pair (an emoji cut between two deltas), bytes that are not UTF-8.
A frame that can't be read at all becomes `events.Unknown`.
"""

from __future__ import annotations

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import msgspec

from desktop.base.terminal import one_line
from desktop.protocol import commands, completion, events, service_figures

E = TypeVar("E", bound=events.Event)

RAW_TEXT_LIMIT = 2_000
"""Characters of an unreadable frame that are kept for the event log."""
LONGEST_MESSAGE = 2_000
"""Characters of an error's words."""

# The events whose frames always have the struct's own shape. The others (`error`, `session.*`,
# `response.*`) have several shapes on the wire and are rare: they take the slow path.
_Regular = (
    events.AudioDelta
    | events.TextDelta
    | events.TranscriptCommitted
    | events.SpeechStarted
    | events.SpeechStopped
    | events.ToolCall
)
_decoder = msgspec.json.Decoder(_Regular)
_encoder = msgspec.json.Encoder()


def encode(command: commands.Command) -> bytes:
    """The frame of a command: UTF-8 JSON without the unset fields."""
    return _encoder.encode(command)


def decode(frame: bytes | str) -> events.Event:
    """The event in a frame. Never raises: an unreadable frame is `events.Unknown`."""
    try:
        event: events.Event = _decoder.decode(frame)
        return event
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return _decode_tolerantly(frame)


def _decode_tolerantly(frame: bytes | str) -> events.Event:
    try:
        raw = _read(frame)
    except (ValueError, RecursionError) as exc:
        return events.Unknown(raw=_as_text(frame[:RAW_TEXT_LIMIT]), problem=f"not JSON: {exc}")
    if not isinstance(raw, dict):
        return events.Unknown(raw=raw, problem="not a JSON object")
    kind = raw.get("type")
    if not isinstance(kind, str):
        return events.Unknown(raw=raw, problem="no type")
    builder = _BUILDERS.get(kind)
    if builder is None:
        return events.Unknown(kind=kind, raw=raw)
    return builder(raw)


def _read(frame: bytes | str) -> Any:
    """The frame's JSON, repaired if need be.

    Raises:
        ValueError: it is not JSON.
        RecursionError: it is nested too deeply.
    """
    try:
        return msgspec.json.decode(frame)
    except (msgspec.MsgspecError, UnicodeError):
        mended = _ESCAPE.sub(_mend, _as_text(frame))
        return json.loads(mended, parse_constant=lambda _: None)


def _as_text(frame: bytes | str) -> str:
    encoded = frame.encode(errors="replace") if isinstance(frame, str) else frame
    return encoded.decode(errors="replace")


# Every escape is matched, so that the second half of an escaped backslash can't begin one; only a surrogate
# without its other half is in the group.
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
)


def _mend(escape: re.Match[str]) -> str:
    return r"\ufffd" if escape[1] else escape[0]


def _lenient(cls: type[E]) -> Callable[[dict[str, Any]], E]:
    """A builder that takes each field that fits and leaves the rest at its default."""
    fields = [(f.encode_name, f.name, f.type) for f in msgspec.structs.fields(cls)]

    def build(raw: dict[str, Any]) -> E:
        values: dict[str, Any] = {}
        for wire_name, name, kind in fields:
            if raw.get(wire_name) is None:
                continue
            try:
                values[name] = msgspec.convert(raw[wire_name], kind, strict=False)
            except (msgspec.ValidationError, RecursionError, OverflowError):
                continue
        return cls(**values)

    return build


_lenient_started = _lenient(events.SessionStarted)


def _started(raw: dict[str, Any]) -> events.Event:
    # Older servers name one `sample_rate` for both directions.
    rate = service_figures.sample_rate
    both = rate(raw.get("sample_rate"))
    rates = {name: rate(raw.get(name)) or both for name in ("input_sample_rate", "output_sample_rate")}
    return _lenient_started({**raw, **rates})


def _audio(raw: dict[str, Any]) -> events.Event:
    audio = raw.get("audio")
    if audio is None:
        return events.AudioDelta()
    if isinstance(audio, str):
        try:
            # Senders differ in padding and line breaks; anything else is not base64.
            text = "".join(audio.split())
            return events.AudioDelta(b64decode(text + "=" * (-len(text) % 4), validate=True))
        except (binascii.Error, ValueError):
            pass
    return events.Unknown("audio.delta", raw={"type": "audio.delta"}, problem="audio is not base64")


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    try:
        return "" if value is None else str(value)
    except RecursionError:
        # Just shallow enough to be decoded, too deep to be written.
        return ""


def _message_and_code(raw: dict[str, Any]) -> tuple[str, str]:
    """`message`, `error: {message, code?}` or `error: "text"`: all three are seen on the wire."""
    inner = raw.get("error")
    if isinstance(inner, list):  # not seen yet; its first word is better than its brackets
        inner = next(iter(inner), None)
    if isinstance(inner, dict):
        message = _text(inner.get("message")) or _text(raw.get("message"))
        code = _text(inner.get("code")) or _text(inner.get("type")) or _text(raw.get("code"))
        return message, code
    message = _text(inner) or _text(raw.get("message")) or _text(raw.get("reason"))
    return message, _text(raw.get("code"))


def _error(raw: dict[str, Any]) -> events.Event:
    return events.Error(*_bounded(*_message_and_code(raw)))


def _terminating(raw: dict[str, Any]) -> events.Event:
    return events.SessionTerminating(*_bounded(*_message_and_code(raw)))


def _bounded(message: str, code: str) -> tuple[str, str]:
    return one_line(message, LONGEST_MESSAGE), one_line(code, completion.LONGEST_CODE)


_BUILDERS: dict[str, Callable[[dict[str, Any]], events.Event]] = {
    "session.started": _started,
    "audio.delta": _audio,
    "text.delta": _lenient(events.TextDelta),
    "transcript.committed": _lenient(events.TranscriptCommitted),
    "speech.started": _lenient(events.SpeechStarted),
    "speech.stopped": _lenient(events.SpeechStopped),
    "response.started": _lenient(events.ResponseStarted),
    "response.completed": completion.read,
    "response.done": completion.read,
    "response.failed": partial(completion.read, usual="failed"),
    "response.incomplete": partial(completion.read, usual="incomplete"),
    "response.cancelled": partial(completion.read, usual="cancelled"),
    "tool.call": _lenient(events.ToolCall),
    "session.terminating": _terminating,
    "session.ended": _terminating,
    "error": _error,
}
