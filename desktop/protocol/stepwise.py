"""Decodes a frame of megabytes in steps, so that the window can have its turn between two of them.

At once 16 MiB take 40 to 90 ms: to count its brackets, to find its end, to undo the base64.
"""

from __future__ import annotations

import binascii
import io
from collections.abc import Generator, Iterator
from typing import TypeVar

import msgspec

from desktop.protocol import codec, events, limits

STEP = 256 * 1024
"""Bytes of a step: about a millisecond. Only to find the end of a text takes longer: 10 to 30 ms."""
SOUND_AT_ONCE = 480_000
"""Bytes of sound that are handed on together: ten seconds at 24 kHz. Even, so that no sample is cut."""
_SPACE = b" \n\r\t"
_NOTHING = msgspec.Raw()
Whole = TypeVar("Whole", bytes, memoryview)

Steps = Generator[None, None, events.Event]
"""Goes on for as long as there are steps, and returns the event."""


class _Sound(msgspec.Struct, gc=False):
    type: msgspec.Raw = _NOTHING
    audio: msgspec.Raw = _NOTHING


_decoder = msgspec.json.Decoder(_Sound)


def decode(frame: bytes) -> Steps:
    """The event in a frame, as `codec.decode` finds it."""
    if len(frame) <= limits.LARGE:
        return codec.decode(frame)
    marks = 0
    for piece in _pieces(frame):
        marks += limits.marks(piece)
        if marks > limits.MARKS:
            return codec.too_dense(frame)
        yield
    audio = _audio(frame)
    yield
    if audio is None:
        return codec.decode_sparse(frame)
    return (yield from _sound(audio, b"\\" in frame))


def parts(event: events.Event) -> Iterator[events.Event]:
    """The event; one with more sound than is handed on together, as several."""
    if not isinstance(event, events.AudioDelta) or len(event.audio) <= SOUND_AT_ONCE:
        yield event
        return
    for at in range(0, len(event.audio), SOUND_AT_ONCE):
        yield events.AudioDelta(event.audio[at : at + SOUND_AT_ONCE])


def _audio(frame: bytes) -> memoryview | None:
    """The base64 of a frame of sound, in its quotes and not copied; None for another frame."""
    try:
        found = _decoder.decode(frame)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    audio = memoryview(found.audio)
    return audio if bytes(found.type) == b'"audio.delta"' and bytes(audio[:1]) == b'"' else None


def _sound(quoted: memoryview, has_escapes: bool) -> Steps:
    pcm, rest = io.BytesIO(), b""  # unlike a list of pieces it doesn't need the memory twice at the end
    ends = False
    for piece in _unescaped(quoted[1:-1]) if has_escapes else map(bytes, _pieces(quoted[1:-1])):
        if piece is None:
            return codec.NO_SOUND
        rest += piece.translate(None, _SPACE)
        if ends and rest:
            return codec.NO_SOUND  # something follows the padding
        whole = rest if (ends := rest.endswith(b"=")) else rest[: len(rest) & ~3]
        rest = rest[len(whole) :]
        try:
            pcm.write(binascii.a2b_base64(whole, strict_mode=True) if whole else b"")
        except binascii.Error:
            return codec.NO_SOUND
        yield
    try:
        pcm.write(binascii.a2b_base64(rest + b"=" * (-len(rest) % 4), strict_mode=True) if rest else b"")
    except binascii.Error:
        return codec.NO_SOUND
    return events.AudioDelta(pcm.getvalue())


def _unescaped(quoted: memoryview) -> Iterator[bytes | None]:
    """The pieces of a text with its escapes undone (a line break, a slash); None where it is no ASCII."""
    cut = b""
    for piece in _pieces(quoted):
        whole = cut + piece
        # An escape has six bytes at most, and may go on in the next piece. A pair of backslashes that is cut
        # gives another text, but base64 has none.
        begun = whole.rfind(b"\\", max(0, len(whole) - 5))
        cut = whole[begun:] if begun >= 0 else b""
        yield _text(whole[: len(whole) - len(cut)])
    yield _text(cut)


def _text(quoted: bytes) -> bytes | None:
    try:
        return msgspec.json.decode(b'"%b"' % quoted, type=str).encode("ascii")
    except (msgspec.MsgspecError, UnicodeError):
        return None


def _pieces(whole: Whole) -> Iterator[Whole]:
    return (whole[at : at + STEP] for at in range(0, len(whole), STEP))
