"""Samples and bytes: PCM16 as it is on the wire, and as a WAV file.

Inside the program sound is mono float32, full scale at 1.0. On the wire it is PCM16 little-endian mono.
"""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from desktop.base import atomic_file
from desktop.base.message import MessageError, Text

BLOCK_MS = 10
"""One block at the device."""
PACKET_MS = 20
"""The longest packet on the wire. While one speaks and the socket is fast, each has one block."""

Samples: TypeAlias = npt.NDArray[np.float32]
"""Mono float32, one dimension, full scale at 1.0."""

_FULL_SCALE = 32768.0


def float_to_pcm16(samples: Samples) -> bytes:
    """PCM16 little-endian of mono float32: rounded, clipped, and not-a-number as silence."""
    scaled = samples * np.float32(_FULL_SCALE)
    scaled[np.isnan(scaled)] = 0
    # In place: this runs a hundred times a second.
    np.rint(scaled, out=scaled)
    np.minimum(scaled, _FULL_SCALE - 1, out=scaled)
    np.maximum(scaled, -_FULL_SCALE, out=scaled)
    pcm: bytes = scaled.astype("<i2").tobytes()
    return pcm


def pcm16_to_float(pcm: bytes) -> Samples:
    """Mono float32 of PCM16 little-endian; the number of bytes has to be even."""
    return np.frombuffer(pcm, dtype="<i2").astype(np.float32) / np.float32(_FULL_SCALE)


class SampleJoiner:
    """Makes whole PCM16 samples of frames that may have been cut between two bytes."""

    def __init__(self) -> None:
        self._odd = b""

    def push(self, pcm: bytes) -> bytes:
        """The whole samples so far; an odd last byte waits for the next push."""
        joined = self._odd + pcm if self._odd else pcm
        cut = len(joined) & ~1
        self._odd = joined[cut:]
        return joined[:cut]

    def reset(self) -> None:
        """Forget the odd byte."""
        self._odd = b""


WAV_NOT_WRITTEN = Text("wav-not-written", "{path} can't be written ({reason}). Choose another place.")


class WavError(MessageError, ValueError):
    """A file that can't be written as WAV; the message says why and what to do."""


def write_wav(path: str | Path, pcm: bytes, rate: int) -> None:
    """Write PCM16 mono at a rate in Hz as a WAV file, whole or not at all. Raises WavError."""
    try:
        _write(Path(path), wav_bytes(pcm, rate))
    except OSError as exc:
        raise WavError(WAV_NOT_WRITTEN(path=str(path), reason=exc.strerror or str(exc))) from exc


def wav_bytes(pcm: bytes, rate: int) -> bytes:
    """PCM16 mono at a rate in Hz as the content of a WAV file."""
    content = io.BytesIO()
    with wave.open(content, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(pcm)
    return content.getvalue()


def _write(path: Path, content: bytes) -> None:
    if path.exists() and not path.is_file():  # a pipe or a device can't be replaced by a file
        path.write_bytes(content)
        return
    try:
        atomic_file.write(path, content)
    except PermissionError:  # a file that may be written in a folder that may not
        if not path.exists():
            raise
        path.write_bytes(content)
