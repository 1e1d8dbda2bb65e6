"""A frame's line in a recording, and the frame from its line, byte for byte.

Made in the thread that writes. What the line has of a frame are the frame's own bytes, without its sound,
which is in a track. A secret is replaced, and then the line says that it isn't what was on the wire.
"""

from __future__ import annotations

import binascii
import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from desktop.base import json_depth
from desktop.base.redaction import redact
from desktop.protocol import codec, commands, events, limits
from desktop.realtime.connection import Frame
from desktop.recording import whole_frame
from desktop.recording.folder.layout import FrameLine, Track

Place = Callable[[Track, bytes], int | None]
"""Puts sound into a track and gives its offset there; None where no sound is recorded."""

HEAD = 64
LONG = 64_000
"""Characters above which a frame is looked through for secrets a piece at a time."""

_encoder = msgspec.json.Encoder()
_APPEND = codec.encode(commands.AudioAppend(b""))
_APPEND_AT = len(_APPEND) - 2
_APPENDED = (
    b'{"t":%d,"direction":"out","type":"audio.append","size":%d,"frame":'
    + _APPEND
    + b',"sound":{"track":"sent","offset":%d,"bytes":%d,"at":'
    + str(_APPEND_AT).encode()
    + b"}}\n"
)
_DELTA = (
    b'{"t":%d,"direction":"in","type":"audio.delta","size":%d,"frame":%b,'
    b'"sound":{"track":"received","offset":%d,"bytes":%d,"at":%d}}\n'
)


@dataclass(slots=True)
class _Kept:
    """What is kept of a frame's bytes."""

    field: bytes
    """`"frame":…`, `"text":…` or `"base64":…`."""
    changed: bool


def line_of(frame: Frame, t_us: int, place: Place) -> bytes:
    """The line of a frame that was handed to the socket, or came from it, `t_us` after the beginning."""
    match frame.message:
        case commands.AudioAppend(audio):
            offset = place("sent", audio)
            if offset is not None:
                return _APPENDED % (t_us, frame.size, offset, len(audio))
            return _line(frame, t_us, _Kept(b'"frame":' + _APPEND, changed=True))
        case events.AudioDelta(audio):
            return _delta_line(frame, audio, t_us, place)
        case message:
            wire = frame.wire or codec.encode(message)  # type: ignore[arg-type]  # an event has its wire
            return _line(frame, t_us, kept(wire, with_sound=place("received", b"") is not None))


def _delta_line(frame: Frame, audio: bytes, t_us: int, place: Place) -> bytes:
    wire = frame.wire
    encoded = binascii.b2a_base64(audio, newline=False)
    at = wire.find(encoded[:HEAD]) if audio else -1  # to look for all of it takes ten times as long
    if at >= 0 and wire[at : at + len(encoded)] != encoded:
        at = -1
    offset = place("received", audio)
    if at < 0:  # base64 that others would write differently, or no sound at all
        rest = kept(wire, with_sound=offset is not None)
        sound = (
            b',"sound":{"track":"received","offset":%d,"bytes":%d}' % (offset, len(audio))
            if audio and offset is not None
            else b""
        )
        return _line(frame, t_us, rest, sound)
    rest_of_frame = wire[:at] + wire[at + len(encoded) :]
    if offset is not None and _is_plain(rest_of_frame):
        return _DELTA % (t_us, frame.size, rest_of_frame, offset, len(audio), at)
    before, after = kept(wire[:at], True, part=True), kept(wire[at + len(encoded) :], True, part=True)
    rest_of_frame = before.field + after.field
    changed = before.changed or after.changed
    if offset is None:
        return _line(frame, t_us, _Kept(_embedded(rest_of_frame), changed=True))
    place_of_sound = b',"sound":{"track":"received","offset":%d,"bytes":%d,"at":%d}' % (
        offset,
        len(audio),
        len(before.field),
    )
    return _line(frame, t_us, _Kept(_embedded(rest_of_frame), changed), place_of_sound)


def kept(wire: bytes, with_sound: bool, *, part: bool = False) -> _Kept:
    """What is kept of a frame, without secrets, and without sound unless it is recorded.

    `part`: the field is only its bytes, being a part of a frame.
    """
    try:
        text = wire.decode()
    except UnicodeDecodeError:
        readable = wire.decode(errors="replace")
        clean = _clean(readable, with_sound)
        if clean == readable and not part:
            return _Kept(b'"base64":"' + binascii.b2a_base64(wire, newline=False) + b'"', changed=False)
        return _Kept(clean.encode() if part else _as_text(clean), changed=True)
    clean = _clean(text, with_sound)
    changed = clean != text
    data = clean.encode("utf-8", "replace") if changed else wire
    return _Kept(data if part else _embedded(data), changed)


def _is_plain(data: bytes) -> bool:
    """Whether it can stand in a line as it is, and has no secret; most frames' rest has no escape either."""
    if b"\\" in data or len(data) > LONG or not _is_embeddable(data):
        return False
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return redact(text) == text


def _clean(text: str, with_sound: bool) -> str:
    if len(text) > LONG:
        pieces = whole_frame.without_secrets([text] if with_sound else whole_frame.without_sound(text))
        found = []
        for piece in pieces:
            found.append(piece)
            time.sleep(0)  # lets go of the interpreter, which the window's thread would wait 5 ms for
        text = "".join(found)
    elif not with_sound:
        text = "".join(whole_frame.without_sound(text))
    clean = redact(text) if len(text) <= LONG else text
    if "\\" in clean:
        # A secret could hide behind escapes that needn't be.
        plain = "".join(whole_frame.unescaped([clean]))
        if plain != clean and (safe := redact(plain)) != plain:
            return safe
    return clean


def _embedded(data: bytes) -> bytes:
    return b'"frame":' + data if _is_embeddable(data) else _as_text(data.decode(errors="replace"))


def _as_text(text: str) -> bytes:
    return b'"text":' + _encoder.encode(text.encode("utf-8", "replace").decode())


def _is_embeddable(data: bytes) -> bool:
    """Whether it can stand in a line as it is, and be read again."""
    if data[:1] != b"{" or data[-1:] != b"}" or b"\n" in data or b"\r" in data:
        return False
    if json_depth.may_be_deep(data):
        return False
    try:
        msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False
    return True


def _line(frame: Frame, t_us: int, found: _Kept, sound: bytes = b"") -> bytes:
    message = frame.message
    if isinstance(message, events.Unknown):
        kind = redact(limits.text(message.kind or "?", limits.TYPE)).encode("utf-8", "replace").decode()
    else:
        kind = str(message.__struct_config__.tag)
    head = b'{"t":%d,"direction":"%b","type":%b,"size":%d,' % (
        t_us,
        frame.direction.encode(),
        _encoder.encode(kind),
        frame.size,
    )
    changed = b',"changed":true' if found.changed else b""
    return head + found.field + sound + changed + b"}\n"


def wire_of(line: FrameLine, sound: bytes = b"") -> bytes:
    """The frame as it was on the wire, with these bytes of its track; without a secret that was in it.

    Raises ValueError: the line isn't one that `line_of` has written.
    """
    if line.base64 is not None:
        return binascii.a2b_base64(line.base64)
    data = line.text.encode() if line.text is not None else bytes(line.frame)
    if line.sound is None or line.sound.at < 0:
        return data
    if line.sound.at > len(data):
        raise ValueError("its sound lies outside of it")
    at = line.sound.at
    return data[:at] + binascii.b2a_base64(sound, newline=False) + data[at:]
