"""Decodes JSON frames to events, and encodes commands as JSON frames. Decoding never raises.

The regular events are decoded by msgspec in C, base64 included (about 9 microseconds for 100 ms of
audio). A frame that doesn't fit takes the slow path: it is read as plain JSON, then field by field, and a
field that doesn't fit is left at its default. Almost-JSON that some senders write is repaired first: NaN
and infinite numbers, numbers of thousands of digits, half of a surrogate pair (an emoji cut between two
deltas), bytes that are not UTF-8 (`json_repair`). A frame that can't be read at all becomes `events.Unknown`.

Whatever comes is bounded here (`limits`): the length of each field, the depth of values (`base.json_depth`),
and the work: of a frame of more than 64 KiB only the known fields are read.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import msgspec

from desktop.base import json_depth
from desktop.base.terminal import one_line
from desktop.protocol import commands, completion, events, json_repair, large_frames, limits, service_figures

E = TypeVar("E", bound=events.Event)

RAW_TEXT_LIMIT = 2_000
"""Characters of an unreadable frame that are kept for the event log."""
NO_SOUND = events.Unknown("audio.delta", {"type": "audio.delta"}, "audio is not base64")


# The events whose frames always have the struct's own shape. The others (`error`, `session.*`,
# `response.*`) have several shapes on the wire and are rare: they take the slow path.
class _Call(msgspec.Struct, tag_field="type", tag="tool.call", frozen=True):
    """A call whose arguments are still JSON: they may be too long or too deep to be read."""

    tool_call_id: str = ""
    tool_name: str = ""
    tool_arguments: msgspec.Raw = msgspec.Raw(b"{}")


_Regular = (
    events.AudioDelta
    | events.TextDelta
    | events.TranscriptCommitted
    | events.SpeechStarted
    | events.SpeechStopped
    | _Call
)
_decoder = msgspec.json.Decoder(_Regular)
_encoder = msgspec.json.Encoder()


def encode(command: commands.Command) -> bytes:
    """The frame of a command: UTF-8 JSON without the unset fields."""
    try:
        return _encoder.encode(command)
    except UnicodeEncodeError:
        return json_repair.write(command)


def decode(frame: bytes | str) -> events.Event:
    """The event in a frame. Never raises: an unreadable frame is `events.Unknown`."""
    return too_dense(frame) if limits.is_dense(frame) else decode_sparse(frame)


def too_dense(frame: bytes | str) -> events.Unknown:
    """A frame that takes too long to read."""
    return events.Unknown("", json_repair.as_text(frame[: limits.ARGUMENTS]), "too long to be read")


def unreadable(frame: bytes | str) -> events.Unknown:
    """A frame at which the decoding itself failed."""
    return events.Unknown("", json_repair.as_text(frame[:RAW_TEXT_LIMIT]), "could not be decoded")


def decode_sparse(frame: bytes | str) -> events.Event:
    """The event in a frame that isn't dense (`limits.is_dense`)."""
    try:
        found: _Regular = _decoder.decode(frame)
        return _call(found) if isinstance(found, _Call) else bounded(found)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return bounded(_decode_tolerantly(frame))


def bounded(event: events.Event) -> events.Event:
    """The event with each field no longer than its limit."""
    match event:
        case events.TextDelta(delta) if len(delta) > limits.TEXT:
            return events.TextDelta(limits.text(delta, limits.TEXT))
        case events.TranscriptCommitted(transcript) if len(transcript) > limits.TEXT:
            return events.TranscriptCommitted(limits.text(transcript, limits.TEXT))
        case events.ToolCall(call_id, name, arguments):
            if len(call_id) > limits.CALL_ID:
                return events.Unknown("tool.call", {"tool_name": limits.name(name)}, "its id is too long")
            return events.ToolCall(call_id, limits.name(name), arguments)
        case events.SessionStarted():
            names = {"session_id": event.session_id, "audio_format": event.audio_format}
            return msgspec.structs.replace(event, **{key: limits.name(text) for key, text in names.items()})
        case events.Unknown(kind) if len(kind) > limits.TYPE:
            return msgspec.structs.replace(event, kind=limits.text(kind, limits.TYPE))
        case _:
            return event


def _call(call: _Call) -> events.Event:
    """A regular call; its arguments as a text if they are too long or too deep, which no tool is run with."""
    raw = bytes(call.tool_arguments)
    arguments: dict[str, Any] | str
    if len(raw) > limits.ARGUMENTS:
        quoted = raw[:1] == b'"'
        size = limits.ARGUMENTS
        text = large_frames.beginning(raw, size) if quoted else json_repair.as_text(raw[:size]) + limits.MARK
        arguments = limits.text(text, size)
    else:
        try:
            arguments = msgspec.convert(json_depth.decode(raw), dict[str, Any] | str)
        except json_depth.TooDeepError:
            arguments = json_repair.as_text(raw)
    return bounded(events.ToolCall(call.tool_call_id, call.tool_name, arguments))


def _decode_tolerantly(frame: bytes | str) -> events.Event:
    if len(frame) > limits.PLAIN:
        return _decode_large(frame)
    try:
        raw = json_repair.read(frame)
    except (ValueError, RecursionError) as exc:
        return events.Unknown(raw=json_repair.as_text(frame[:RAW_TEXT_LIMIT]), problem=f"not JSON: {exc}")
    if isinstance(raw, dict) and raw.get("type") == "tool.call":
        return _irregular_call(raw)
    if json_depth.may_be_deep(frame):
        raw = json_depth.pruned(raw)
    if not isinstance(raw, dict):
        return events.Unknown(raw=raw, problem="not a JSON object")
    kind = raw.get("type")
    if not isinstance(kind, str):
        return events.Unknown(raw=raw, problem="no type")
    builder = _BUILDERS.get(kind)
    if builder is None:
        return events.Unknown(kind=kind, raw=raw)
    return builder(raw)


def _decode_large(frame: bytes | str) -> events.Event:
    """The event in a frame that is too large to be read whole; nothing in it is repaired."""
    encoded = frame.encode(errors="replace") if isinstance(frame, str) else frame
    try:
        raw = large_frames.read(encoded)
    except (msgspec.MsgspecError, ValueError, RecursionError) as exc:
        return events.Unknown(raw=json_repair.as_text(frame[:RAW_TEXT_LIMIT]), problem=f"not JSON: {exc}")
    kind = raw.get("type")
    if kind == "audio.delta":
        return _audio(_decode_sound(encoded))
    if not isinstance(kind, str) or kind not in _OF_FEW_FIELDS:
        name = kind if isinstance(kind, str) else ""
        return events.Unknown(
            name, json_repair.as_text(frame[: limits.ARGUMENTS]), "too long to be read whole"
        )
    return _BUILDERS[kind](raw)


class _Sound(msgspec.Struct):
    audio: str | None = None


_sound_decoder = msgspec.json.Decoder(_Sound)


def _decode_sound(frame: bytes) -> dict[str, Any]:
    try:
        return {"audio": _sound_decoder.decode(frame).audio}
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return {"audio": 0}


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
_lenient_call = _lenient(events.ToolCall)


def _irregular_call(raw: dict[str, Any]) -> events.Event:
    found = _lenient_call(raw)
    try:
        arguments = msgspec.Raw(msgspec.json.encode(found.tool_arguments))
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError):
        arguments = msgspec.Raw(b'"too deep"')
    return _call(_Call(found.tool_call_id, found.tool_name, arguments))


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
            text = audio.encode("ascii")
            for space in (b" ", b"\n", b"\r", b"\t"):
                text = text.replace(space, b"")
            return events.AudioDelta(b64decode(text + b"=" * (-len(text) % 4), validate=True))
        except (binascii.Error, ValueError):
            pass
    return NO_SOUND


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
    words = _bounded(*_message_and_code(raw))
    return events.SessionTerminating(*words, service_figures.find_usage(raw))


def _bounded(message: str, code: str) -> tuple[str, str]:
    return one_line(message, limits.MESSAGE), one_line(code, completion.LONGEST_CODE)


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
    **dict.fromkeys(("response.failed", "response.error"), partial(completion.read, usual="failed")),
    "response.incomplete": partial(completion.read, usual="incomplete"),
    **dict.fromkeys(("response.cancelled", "response.canceled"), partial(completion.read, usual="cancelled")),
    "session.terminating": _terminating,
    "session.ended": _terminating,
    "error": _error,
}
_OF_FEW_FIELDS = frozenset(_BUILDERS) - {"audio.delta", "text.delta", "transcript.committed"}
"""The events whose fields `large_frames` finds. The others are regular, however large, or not read."""
