"""One frame as it is kept for reading: without secrets, without sound, and of a bounded size."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from desktop.base.redaction import SECRET_FIELDS

LONGEST = 64_000
"""Bytes of a frame's content that are kept. Tools' results are no longer; of the rest the beginning is."""
SHORTEST_SECRET = 6
LONGEST_SECRET = 512

_SOUND_FIELDS = frozenset({"audio", "delta", "data"})
_SOUND = re.compile(r"[A-Za-z0-9+/=]{256}")
"""Base64 of 192 bytes or more: 4 ms of sound. No word is so long."""

_HEAD = ("at_ms", "direction", "type", "size")
_encoder = msgspec.json.Encoder()


@dataclass(slots=True, frozen=True)
class EventRecord:
    """One frame. `at_ms` counts from the log's beginning, `size` is in bytes on the wire."""

    at_ms: float
    direction: Literal["in", "out"]
    type: str
    size: int
    content: dict[str, Any]

    text: str
    """What can be searched, in lower case: the words of a delta as they are, the rest as JSON."""
    weight: int
    """About how many bytes it takes in memory: of sound only the length is kept."""
    folds: bool
    """Whether it is one of many alike, and not worth a row of its own."""

    def record(self) -> dict[str, Any]:
        """As one flat JSON object."""
        head = {"at_ms": self.at_ms, "direction": self.direction, "type": self.type, "size": self.size}
        return {**head, **self.content}


def no_redaction(text: str) -> str:
    """The text as it is: for records that hold no secrets."""
    return text


def event_record(record: Mapping[str, Any], redact: Callable[[str], str] = no_redaction) -> EventRecord:
    """A record from a flat object with `at_ms`, `direction`, `type`, `size` and what else the frame holds."""
    content = {key: value for key, value in record.items() if key not in _HEAD}
    size = int(record["size"])
    if size > LONGEST and "audio_bytes" not in content:
        content = _shortened(content, redact)
    content = {key: _clean(key, value, redact) for key, value in content.items()}
    kind = str(record["type"])
    sound = "audio_bytes" in content
    return EventRecord(
        float(record["at_ms"]),
        "in" if record["direction"] == "in" else "out",
        kind,
        size,
        content,
        text="" if sound else _text(content),
        weight=0 if sound else min(size, LONGEST),
        folds=kind.endswith(".delta") or kind == "audio.append",
    )


def _text(content: dict[str, Any]) -> str:
    delta = content.get("delta")
    text: str = delta if isinstance(delta, str) else _encoder.encode(content).decode() if content else ""
    return text.lower()


def _shortened(content: dict[str, Any], redact: Callable[[str], str]) -> dict[str, Any]:
    """The beginning of what is too long, as text; what is merely long on the wire stays as it is."""
    content = _without_sound(content)
    encoded = _encoder.encode(content)
    if len(encoded) <= LONGEST:
        return content
    # A secret that is cut in two would not be known as one any more: the end goes after the secrets.
    beginning = redact(encoded[:LONGEST].decode(errors="ignore"))[:-LONGEST_SECRET]
    return {"note": f"{len(encoded):,} bytes; this is their beginning", "beginning": beginning}


def _without_sound(content: dict[str, Any]) -> dict[str, Any]:
    """With its length in the place of sound: of the frame's own fields, and those of one not understood."""
    plain: dict[str, Any] = {}
    for key, value in content.items():
        if isinstance(value, bytes) or (isinstance(value, str) and _is_sound(key, value)):
            plain[key] = _sound(value)
        else:
            plain[key] = _without_sound(value) if key == "raw" and isinstance(value, dict) else value
    return plain


def _clean(key: str, value: Any, redact: Callable[[str], str]) -> Any:
    """The value without secrets and sound."""
    if isinstance(value, str):
        if key.lower() in SECRET_FIELDS and value:
            return "…"
        return _sound(value) if _is_sound(key, value) else redact(value)
    if isinstance(value, bytes):
        return _sound(value)
    if isinstance(value, dict):
        return {
            _clean_key(str(name), redact): _clean(str(name), item, redact) for name, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_clean(key, item, redact) for item in value]
    return value


def _clean_key(key: str, redact: Callable[[str], str]) -> str:
    return redact(key) if len(key) >= SHORTEST_SECRET else key


def _is_sound(key: str, value: str) -> bool:
    return key in _SOUND_FIELDS and _SOUND.match(value) is not None


def _sound(value: str | bytes) -> str:
    size = len(value) if isinstance(value, bytes) else len(value) * 3 // 4
    return f"({size:,} bytes of audio)"
