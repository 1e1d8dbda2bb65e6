"""One frame as it is kept: without secrets, without sound, and of a bounded size."""

from __future__ import annotations

import json
import re
import sys
from typing import Any, Literal

import msgspec

from desktop.base.redaction import redact, redact_all

LONGEST = 64_000
"""Bytes of a frame's content that are kept. No tool's result is longer. Of a longer frame the beginning is
kept: to search the largest one for secrets takes 2 s on the thread that draws the window."""
LONGEST_SECRET = 512
SHORT = 4_000
"""Bytes on the wire up to which nothing is counted."""
MOST_VALUES = 1_000
"""Values in a frame's content: each takes 100 bytes of memory while it is shown. Of more of them the JSON
text is kept."""

_encoder = msgspec.json.Encoder(enc_hook=str)
_SOUND_FIELDS = frozenset({"audio", "delta", "data"})
_SOUND = re.compile(r"[A-Za-z0-9+/=]{256}")
"""Base64 of 192 bytes or more: 4 ms of sound. No word is that long."""


class EventRecord(msgspec.Struct, frozen=True, gc=False):
    """One frame, made by `clean_record`: it has no secrets, and needs no more redaction.

    The content is kept as JSON. Objects of tens of thousands of frames would be looked through again and
    again by the collector of garbage, 80 ms at a time.
    """

    at_ms: float
    """Since the log's beginning."""
    direction: Literal["in", "out"]
    type: str
    size: int
    """Bytes on the wire."""
    json: bytes = b"{}"
    """Its fields as a JSON object."""
    silent: bool = True
    """Whether no sound was taken out of it: of sound only the length is kept."""

    @property
    def content(self) -> dict[str, Any]:
        """Its fields."""
        try:
            fields: dict[str, Any] = msgspec.json.decode(self.json)
        except (msgspec.MsgspecError, UnicodeError):
            fields = json.loads(self.json)  # half of a surrogate pair
        return fields

    @property
    def weight(self) -> int:
        """Roughly how many bytes it takes in memory."""
        return len(self.json) if self.silent else 0

    @property
    def folds(self) -> bool:
        """Whether it is one of many alike, and not worth a row of its own."""
        return self.type.endswith(".delta") or self.type == "audio.append"

    def line(self) -> bytes:
        """As a line of JSON."""
        head = {"at_ms": self.at_ms, "direction": self.direction, "type": self.type, "size": self.size}
        try:
            encoded = _encoder.encode(head)
        except msgspec.MsgspecError:  # half of a surrogate pair in its type
            encoded = json.dumps(head).encode()
        return encoded + b"\n" if self.json == b"{}" else encoded[:-1] + b"," + self.json[1:] + b"\n"

    def to_object(self) -> dict[str, Any]:
        """As one flat JSON object."""
        head = {"at_ms": self.at_ms, "direction": self.direction, "type": self.type, "size": self.size}
        return {**head, **self.content}


def clean_record(
    at_ms: float, direction: Literal["in", "out"], kind: str, size: int, content: dict[str, Any]
) -> EventRecord:
    """A frame's record from its type, its size in bytes and its fields, which are JSON values.

    This is the one place where a frame loses its sound, its secrets and what is too long. Of a frame whose
    sound was taken out before, `audio_bytes` is the only field.
    """
    silent = "audio_bytes" not in content
    if silent:
        content = (_beginning(content) if size > SHORT else None) or redact_all(_without_sound(content))
    return EventRecord(at_ms, direction, redact(kind), size, _as_json(content), silent)


def _as_json(content: dict[str, Any]) -> bytes:
    try:
        return _encoder.encode(content)
    except (msgspec.MsgspecError, TypeError, ValueError):  # half of a surrogate pair
        return json.dumps(content, default=str).encode()


def _beginning(content: dict[str, Any]) -> dict[str, Any] | None:
    """The beginning of content that is too long, as text; None if it is only long on the wire."""
    # Only two levels deep, to the fields of a frame that was not understood: 4 MB of objects took 0.3 s.
    encoded = msgspec.json.encode(_without_sound(content, 2))
    values = encoded.count(b",") + encoded.count(b"[") + encoded.count(b"{")
    if len(encoded) <= LONGEST and values <= MOST_VALUES:
        return None
    if len(encoded) <= LONGEST:
        return {"note": f"{values:,} values, as JSON", "beginning": redact(encoded.decode(errors="ignore"))}
    # A secret that is cut in two would not be recognised: the last characters are dropped after redaction.
    beginning = redact(encoded[:LONGEST].decode(errors="ignore"))[:-LONGEST_SECRET]
    return {"note": f"{len(encoded):,} bytes; this is their beginning", "beginning": beginning}


def _without_sound(content: dict[str, Any], depth: int = sys.maxsize) -> dict[str, Any]:
    """The content with sound replaced by its length."""
    return {key: _elided(key, value, depth - 1) for key, value in content.items()}


def elided_sound(length: int) -> str:
    """What stands for sound: `length` is the number of characters of its base64."""
    return f"({length * 3 // 4:,} bytes of audio)"


def _elided(key: str, value: Any, depth: int) -> Any:
    if isinstance(value, str):
        sound = key in _SOUND_FIELDS and _SOUND.match(value)
        return elided_sound(len(value)) if sound else value
    if depth and isinstance(value, dict):
        return _without_sound(value, depth)
    if depth and isinstance(value, list | tuple):
        return [_elided(key, item, depth) for item in value]
    return value
