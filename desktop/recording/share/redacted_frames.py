"""The lines of `frames.jsonl` as they are shared: without what isn't for others, and still a recording's.

Words come in pieces, and a secret may lie across them: so the pieces of a response are looked through
together first, and then each is cut where the whole had to be.
"""

from __future__ import annotations

import binascii
import json
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from desktop.base import json_depth
from desktop.recording.folder.layout import FrameLine
from desktop.recording.share.redactor import IN_PLACE, Redactor, Span

DELTA = "delta"
LONGEST_WORDS = 1_000_000
"""Characters of pieces that are looked through together."""
LONG_DATA = 256
"""Characters of base64 from which on it is sound or a picture."""
SOUND_FIELDS = frozenset({"audio", "delta", "data"})
LEFT_OUT = "[{} characters left out]"
_BASE64 = re.compile(r"\A(?:data:[\w/+.;=-]{0,100},)?[A-Za-z0-9+/_-]{256,}={0,2}\Z")
_DATA_IN_TEXT = re.compile(r"[A-Za-z0-9+/_-]{256,}={0,2}")
_SEALS = frozenset({"response.started", "response.completed", "response.done", "session.started"})
_encoder = msgspec.json.Encoder()
_PLACE = "\ue0f0\ue0f1\ue0f0"
"""Stands where a frame's sound was, while the frame is a value."""


@dataclass(slots=True)
class _Pieces:
    """The pieces of words of one kind since the last response: which frame, and what it brought."""

    frames: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    length: int = 0


class _Cut(NamedTuple):
    """What goes of a piece, and what stands there instead."""

    begin: int
    end: int
    instead: str


class RedactedFrames:
    """Redacts the frames of one recording: `look` first, then `redacted`, both at the same lines."""

    def __init__(self, redactor: Redactor, *, sound: bool) -> None:
        self._redactor = redactor
        self._sound = sound
        self._cuts: dict[int, list[_Cut]] = {}

    def look(self, lines: Iterable[FrameLine]) -> None:
        """Find what lies across the pieces of words."""
        open_pieces: dict[tuple[str, str], _Pieces] = {}
        for number, line in enumerate(lines):
            if line.type in _SEALS:
                self._settle(open_pieces)
            if b'"delta"' not in bytes(line.frame) or line.sound is not None:
                continue
            delta = _delta_of(bytes(line.frame))
            if delta:
                pieces = open_pieces.setdefault((line.direction, line.type), _Pieces())
                pieces.frames.append(number)
                pieces.texts.append(delta)
                pieces.length += len(delta)
                if pieces.length > LONGEST_WORDS:
                    self._settle(open_pieces)
        self._settle(open_pieces)

    def redacted(self, lines: Iterable[FrameLine]) -> Iterator[FrameLine]:
        """The lines to share."""
        for number, line in enumerate(lines):
            yield self._line(line, self._cuts.get(number, []))
            time.sleep(0)  # lets go of the interpreter, which the window's thread would wait 5 ms for

    def _settle(self, open_pieces: dict[tuple[str, str], _Pieces]) -> None:
        for pieces in open_pieces.values():
            if len(pieces.texts) > 1:
                for span in self._redactor.spans("".join(pieces.texts)):
                    self._spread(pieces, span)
        open_pieces.clear()

    def _spread(self, pieces: _Pieces, span: Span) -> None:
        """Cut the pieces that a span lies across; one that is within a piece is found there."""
        at = 0
        parts: list[tuple[int, _Cut]] = []
        for number, text in zip(pieces.frames, pieces.texts, strict=True):
            begin, end = max(span.begin - at, 0), min(span.end - at, len(text))
            if begin < end:
                parts.append((number, _Cut(begin, end, "" if parts else IN_PLACE[span.kind])))
            at += len(text)
        if len(parts) > 1:
            self._redactor.counts[span.kind] += 1
            for number, part in parts:
                self._cuts.setdefault(number, []).append(part)

    def _line(self, line: FrameLine, cuts: list[_Cut]) -> FrameLine:
        kind = self._redactor.value(line.type, "type")
        sound = line.sound if self._sound else None
        without = line.sound is not None and sound is None and line.sound.at >= 0
        line = msgspec.structs.replace(line, type=kind, sound=sound, changed=line.changed or without)
        if line.base64 is not None:
            return self._changed_text(line, _readable(line.base64))
        if line.text is not None:
            return self._text(line, line.text)
        return self._frame(line, bytes(line.frame), cuts)

    def _frame(self, line: FrameLine, data: bytes, cuts: list[_Cut]) -> FrameLine:
        place = line.sound.at if line.sound is not None else -1
        try:
            raw = data.decode()
            if place >= 0:
                raw = data[:place].decode() + _PLACE + data[place:].decode()
            if json_depth.may_be_deep(data):
                raise ValueError("too deep to be looked through")
            value, twice = _read(raw)
        except (ValueError, UnicodeError, RecursionError):
            return self._changed_text(line, data.decode(errors="replace"))
        clean = self._redactor.value(self._without_data(value))
        if cuts and isinstance(clean, dict) and isinstance(value, dict):
            clean[DELTA] = self._redactor.text(_cut_piece(str(value.get(DELTA)), cuts))
        if clean == value and not twice:
            return line
        try:
            fresh = json.dumps(clean, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(
                "utf-8", "replace"
            )
        except ValueError:  # a number that JSON doesn't have
            return self._changed_text(line, data.decode(errors="replace"))
        sound = line.sound
        if sound is not None and place >= 0:
            at = fresh.find(_PLACE.encode())
            fresh = fresh.replace(_PLACE.encode(), b"")
            sound = msgspec.structs.replace(sound, at=at) if at >= 0 else None
        return msgspec.structs.replace(line, frame=msgspec.Raw(fresh), sound=sound, changed=True)

    def _text(self, line: FrameLine, text: str) -> FrameLine:
        clean = self._redactor.text(_DATA_IN_TEXT.sub(_left_out, text))
        return line if clean == text else msgspec.structs.replace(line, text=clean, changed=True)

    def _changed_text(self, line: FrameLine, text: str) -> FrameLine:
        clean = self._redactor.text(_DATA_IN_TEXT.sub(_left_out, text))
        # Anew: a `frame` that was set, be it to nothing, would be written.
        return FrameLine(line.t, line.direction, line.type, line.size, text=clean, changed=True)

    def _without_data(self, value: Any, name: str = "") -> Any:
        """A value without pictures, and without sound that was left in it unless that is shared."""
        if isinstance(value, str):
            kept = self._sound and name in SOUND_FIELDS
            if len(value) < LONG_DATA or kept or not _BASE64.match(value):
                return value
            return LEFT_OUT.format(len(value))
        if isinstance(value, dict):
            return {key: self._without_data(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._without_data(inner, name) for inner in value]
        return value


def _left_out(found: re.Match[str]) -> str:
    return LEFT_OUT.format(len(found[0]))


def encoded(line: FrameLine) -> bytes:
    """Its line in the file."""
    return _encoder.encode(line) + b"\n"


def _read(raw: str) -> tuple[Any, bool]:
    """A JSON value, and whether a field in it stood twice: only the last of them is in the value."""
    twice = False

    def to_dict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal twice
        found = dict(pairs)
        twice = twice or len(found) != len(pairs)
        return found

    return json.loads(raw, object_pairs_hook=to_dict), twice


def _delta_of(data: bytes) -> str:
    try:
        delta = msgspec.json.decode(data, type=dict[str, msgspec.Raw]).get(DELTA)
        return msgspec.json.decode(delta, type=str) if delta is not None else ""
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return ""


def _cut_piece(text: str, cuts: list[_Cut]) -> str:
    parts, at = [], 0
    for cut in cuts:
        parts += [text[at : cut.begin], cut.instead]
        at = cut.end
    return "".join([*parts, text[at:]])


def _readable(base64: str) -> str:
    try:
        return binascii.a2b_base64(base64).decode(errors="replace")
    except ValueError:
        return ""
