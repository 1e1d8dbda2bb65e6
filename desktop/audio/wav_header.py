"""The faults of WAV headers that libsndfile doesn't forgive, and how the sound is read in spite of them.

Three are common: a chunk of odd length without its pad byte, a length of 0 because the program wrote into a
pipe, and a size of the frame (`BlockAlign`) that doesn't fit the bits of a sample. libsndfile finds no sound
in the first two, and may take the third for samples of another width, which is loud noise.

The layout of the header: https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from desktop.audio.sound_bytes import SoundBytes

PCM, FLOAT, EXTENSIBLE = 0x0001, 0x0003, 0xFFFE
UNKNOWN_LENGTH = 0x7FFF0000
"""From here on a length only says that it wasn't known."""
_SEARCHED = 1 << 20
"""Bytes in which the sound is looked for when the chunks have lost their order."""
_MOST_CHUNKS = 10_000
_NAMES = (b"data", b"fmt ", b"LIST", b"fact", b"bext", b"id3 ", b"ID3 ", b"JUNK", b"PAD ", b"cue ", b"smpl")


@dataclass(frozen=True, slots=True)
class WavHeader:
    """What a WAV file's header says, and where its sound lies."""

    tag: int
    """The kind of samples; of an extensible header, the kind within it."""
    channels: int
    rate: int
    """Hz."""
    frame: int
    """Bytes of a sample of all channels, as stated."""
    bits: int
    """Of a sample, as stated."""
    start: int
    """The sound's first byte in the file."""
    stated: int
    """The sound's length in bytes, as stated."""
    size: int
    """The sound's length in bytes, as it is."""
    in_order: bool
    """The chunks are where libsndfile finds them."""

    @property
    def is_plain(self) -> bool:
        """Its samples are numbers, not compressed."""
        return self.tag in (PCM, FLOAT)

    @property
    def is_sound(self) -> bool:
        """libsndfile reads it right."""
        fits = self.frame == self.channels * ((self.bits + 7) // 8)
        return self.in_order and (fits or not self.is_plain)

    @property
    def length_known(self) -> bool:
        """The stated length was meant; else it was unknown when the header was written."""
        return 0 < self.stated < UNKNOWN_LENGTH

    @property
    def widths(self) -> tuple[int, ...]:
        """The bytes that a sample may have: by its bits, and by the frame's size."""
        possible = (4, 8) if self.tag == FLOAT else (1, 2, 3, 4)
        by_frame = self.frame // self.channels if self.frame % self.channels == 0 else 0
        return tuple(dict.fromkeys(w for w in ((self.bits + 7) // 8, by_frame) if w in possible))


def read_header(file: SoundBytes) -> WavHeader | None:
    """The header of a RIFF or RF64 file; None of any other, and of one without a format or without sound."""
    start = file.read_at(0, 12)
    if start[:4] not in (b"RIFF", b"RF64") or start[8:12] != b"WAVE":
        return None
    fields: tuple[int, ...] = ()
    long_size = 0
    in_order = True
    at, count = 12, 0
    while at + 8 <= file.size and count < _MOST_CHUNKS:
        name, size = _chunk(file, at)
        count += 1
        if name == b"fmt ":
            fields = fields or _fields(file.read_at(at + 8, min(size, 40)))
        elif name == b"ds64":
            long_size = int.from_bytes(file.read_at(at + 16, 8), "little")
        elif name == b"data" and fields:
            return _header(
                file, fields, at + 8, long_size if size == 0xFFFFFFFF and long_size else size, in_order
            )
        end = at + 8 + size
        # Where no pad byte was written, the next chunk begins in its place.
        unpadded = size & 1 and file.read_at(end, 4) in _NAMES
        in_order = in_order and not unpadded
        at = end if unpadded else end + (size & 1)
    return _searched(file, fields) if fields else None


def _chunk(file: SoundBytes, at: int) -> tuple[bytes, int]:
    raw = file.read_at(at, 8)
    return raw[:4], int.from_bytes(raw[4:], "little")


def _fields(chunk: bytes) -> tuple[int, ...]:
    if len(chunk) < 16:
        return ()
    tag, channels, rate, _, frame, bits = struct.unpack_from("<HHIIHH", chunk)
    if tag == EXTENSIBLE and len(chunk) >= 26:
        tag = struct.unpack_from("<H", chunk, 24)[0]  # the GUID begins with the plain tag
    return tag, channels, rate, frame, bits


def _searched(file: SoundBytes, fields: tuple[int, ...]) -> WavHeader | None:
    """The sound's chunk, looked for by its name: some chunk before it states a wrong length."""
    beginning = file.read_at(0, _SEARCHED)
    at = beginning.find(b"data", 12)
    while at >= 0:
        size = int.from_bytes(beginning[at + 4 : at + 8], "little")
        if size <= file.size - at - 8 or size >= UNKNOWN_LENGTH:
            return _header(file, fields, at + 8, size, in_order=False)
        at = beginning.find(b"data", at + 1)
    return None


def _header(file: SoundBytes, fields: tuple[int, ...], start: int, stated: int, in_order: bool) -> WavHeader:
    rest = file.size - start
    never_written = stated == 0 and rest > 0 and not _is_chunks(file, start)
    size = rest if never_written else min(stated, rest)
    tag, channels, rate, frame, bits = fields
    return WavHeader(tag, channels, rate, frame, bits, start, stated, size, in_order and not never_written)


def _is_chunks(file: SoundBytes, at: int) -> bool:
    """Whether the rest of the file is chunks to its end, so that a length of 0 was meant."""
    for _ in range(_MOST_CHUNKS):
        if at + 8 > file.size:
            break
        name, size = _chunk(file, at)
        if not all(32 <= byte < 127 for byte in name):
            return False
        at += 8 + size + (size & 1)
    return at in (file.size, file.size + 1)
