"""Sound files made by hand, for headers that no library writes, and by libsndfile."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import soundfile

from desktop.audio.format import Samples

RATE = 24_000
TONE: Samples = (0.3 * np.sin(np.arange(RATE) / 10)).astype(np.float32)
"""A second."""


def chunk(name: bytes, content: bytes, padded: bool = True) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) & 1 and padded)


def fmt(
    tag: int = 1,
    channels: int = 1,
    rate: int = RATE,
    width: int = 2,
    *,
    bits: int | None = None,
    frame: int | None = None,
    extra: bytes = b"",
) -> bytes:
    """The format's chunk; `bits` and `frame` may contradict the width of a sample in bytes."""
    bits = 8 * width if bits is None else bits
    frame = channels * width if frame is None else frame
    speed = rate * frame & 0xFFFFFFFF
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, speed, frame, bits) + extra)


def extensible(tag: int, valid: int, **options: Any) -> bytes:
    """The format's chunk with the kind of samples and their valid bits in its extension."""
    guid = struct.pack("<HHIH", 22, valid, 4, tag) + bytes.fromhex("000000001000800000aa00389b71")
    return fmt(0xFFFE, extra=guid, **options)


def data(content: bytes, size: int | None = None) -> bytes:
    return b"data" + struct.pack("<I", len(content) if size is None else size) + content


def riff(*chunks: bytes) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def pcm(samples: Samples, width: int) -> bytes:
    if width == 1:
        return bytes((np.rint(samples * 127) + 128).astype(np.uint8))
    scaled = np.rint(samples.astype(np.float64) * (2 ** (8 * width - 1) - 1)).astype("<i4")
    return scaled.view(np.uint8).reshape(-1, 4)[:, :width].tobytes()


def encoded(format: str, subtype: str, samples: Samples = TONE, rate: int = RATE, **options: Any) -> bytes:
    """A file as libsndfile writes it; the samples may have the shape (frames, channels)."""
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=format, subtype=subtype, **options)
    return file.getvalue()
