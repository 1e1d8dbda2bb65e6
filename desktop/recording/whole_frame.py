"""A frame as it came, for the files: without sound, without secrets, and however long.

What is shown of a frame is cut (`protocol.limits`, `viewmodels.event_record`). The file keeps all of it, as
the text that it was. To look through 16 MiB for secrets takes a second, and would stop the window for as
long: it is done a piece at a time, in the thread that writes.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator

import msgspec

from desktop.base import json_depth
from desktop.base.redaction import secret_spans
from desktop.protocol import codec, events, limits
from desktop.realtime.connection import Frame
from desktop.viewmodels.event_record import LONGEST, EventRecord, in_place_of_sound

PIECE = 8 * 1024
"""Characters that are looked through at a time: a millisecond, and then the window has its turn."""
OVERLAP = 1_024
"""Characters at a piece's end that wait for the next one: a secret may begin there."""

_encoder = msgspec.json.Encoder()
_SOUND = re.compile(r'"(?:audio|delta|data)"\s{0,9}:\s{0,9}"(?=(?:[A-Za-z0-9+/=]|\\/){256})')
_SOUND_BEGINS = 30 + 2 * 256
"""Characters of the longest beginning of sound."""
# Every escape is matched, so that the second half of an escaped backslash can't begin one.
_ESCAPE = re.compile(r"\\(?:u00([2-7][0-9a-fA-F])|(/)|.)", re.DOTALL)
_ENDED = re.compile(r"(?:[^\\]+|\\(?!u[0-9a-fA-F]{0,3}\Z).)*", re.DOTALL)
"""A text without the escape that its end cuts in two."""


class WholeFrame(msgspec.Struct, frozen=True, gc=False):
    """A record, and all of the frame that it tells the beginning of."""

    record: EventRecord
    wire: bytes

    @property
    def weight(self) -> int:
        """Roughly how many bytes it takes in memory."""
        return self.record.weight + len(self.wire)

    def line(self) -> bytes:
        """Its line in a file: the record's fields, and the frame's text as `whole`. A second for 16 MiB."""
        text = self.wire.decode(errors="replace")
        quoted = []
        for piece in without_secrets(unescaped(without_sound(text))):
            quoted.append(_encoder.encode(piece)[1:-1])
            time.sleep(0)  # lets go of the interpreter, which the window's thread would wait 5 ms for
        return b"".join([self.record.line()[:-2], b',"whole":"', *quoted, b'"}\n'])


def whole(frame: Frame, record: EventRecord) -> EventRecord | WholeFrame:
    """What a file keeps of a frame: its record, and all of the frame where some of it may be missing."""
    return WholeFrame(record, frame.wire) if _is_cut(frame) else record


def _is_cut(frame: Frame) -> bool:
    """Whether some of it may be missing in its event."""
    message = frame.message
    if frame.wire and isinstance(message, events.ResponseCompleted | events.SessionTerminating):
        return True  # what they tell of usage has no schema: some of it may be under a name that isn't known
    if not frame.wire or frame.size <= limits.TYPE or isinstance(message, events.AudioDelta):
        return False
    if frame.size > LONGEST or json_depth.may_be_deep(frame.wire):
        return True
    fields = [getattr(message, name) for name in message.__struct_fields__]
    raw_text = isinstance(message, events.Unknown) and isinstance(message.raw, str)
    return any(isinstance(field, str) and field.endswith(limits.MARK) for field in fields) or (
        raw_text and frame.size > codec.RAW_TEXT_LIMIT
    )


def without_sound(text: str) -> Iterator[str]:
    """The text in pieces, with sound replaced by its length."""
    at = 0
    while at < len(text):
        end = at + PIECE
        begins = _SOUND.search(text, at, end + _SOUND_BEGINS)
        if begins is None or begins.start() >= end:
            yield text[at:end]
            at = end
            continue
        ends = text.find('"', begins.end())
        ends = len(text) if ends < 0 else ends
        yield f"{text[at : begins.end()]}{in_place_of_sound(ends - begins.end())}"
        at = ends


def unescaped(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces without escapes that needn't be: a secret could hide behind them."""
    rest = ""
    for piece in pieces:
        text = rest + piece
        if "\\" not in text:
            rest = ""
            yield text
            continue
        ended = _ENDED.match(text)
        end = ended.end() if ended else 0
        rest = text[end:]
        yield _ESCAPE.sub(_plain, text[:end])
    yield rest


def _plain(escape: re.Match[str]) -> str:
    if escape[2]:
        return "/"
    character = chr(int(escape[1], 16)) if escape[1] else ""
    return escape[0] if character in ('"', "\\", "\x7f", "") else character


def without_secrets(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces, joined where a secret may lie across, with each secret replaced by a mark."""
    text, inside = "", False
    for piece in pieces:
        if inside:  # a secret that is longer than a piece: it ends with its text
            end = piece.find('"')
            if end < 0:
                continue
            piece, inside = piece[end:], False
        text += piece
        if len(text) > PIECE:
            done, text, inside = _marked(text, len(text) - OVERLAP)
            yield done
    yield _marked(text, len(text))[0]


def _marked(text: str, until: int) -> tuple[str, str, bool]:
    """The text up to there without its secrets, the rest, and whether that begins within a secret."""
    done: list[str] = []
    at = 0
    for sign, begin, end in secret_spans(text):
        if sign >= until:
            break
        if end > until and sign > 0:
            sign = max(at, sign)
            return "".join([*done, text[at:sign]]), text[sign:], False
        done += [text[at:begin], limits.MARK]
        at = end
    if at >= len(text):
        return "".join(done), "", at > until
    until = max(at, until)
    return "".join([*done, text[at:until]]), text[until:], False
