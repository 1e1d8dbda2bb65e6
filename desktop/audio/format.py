"""Samples and bytes: PCM16 as it is on the wire, and WAV files of any kind.

Inside the program sound is mono float32, full scale at 1.0. On the wire it is PCM16 little-endian mono.
"""

from __future__ import annotations

import io
import struct
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from desktop.base import atomic_file
from desktop.base.message import MessageError, Text

BLOCK_MS = 10
"""One block at the device."""
PACKET_MS = 20
"""One packet on the wire."""

Samples: TypeAlias = npt.NDArray[np.float32]
"""Mono float32, one dimension, full scale at 1.0."""

_FULL_SCALE = 32768.0


def float_to_pcm16(samples: Samples) -> bytes:
    """PCM16 little-endian of mono float32: rounded, clipped, and not-a-number as silence."""
    scaled = samples * np.float32(_FULL_SCALE)
    scaled[np.isnan(scaled)] = 0
    # In place: this runs a hundred times a second.
    np.rint(scaled, out=scaled)
    np.clip(scaled, -_FULL_SCALE, _FULL_SCALE - 1, out=scaled)
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


WAV_NOT_THERE = Text("wav-not-there", "There is no file {path}. Check the path.")
WAV_NOT_READ = Text("wav-not-read", "{path} can't be read ({reason}). Choose another file.")
WAV_NOT_WRITTEN = Text("wav-not-written", "{path} can't be written ({reason}). Choose another place.")
WAV_EMPTY = Text("wav-empty", "{path} contains no sound. Record it again or choose another file.")
NO_WAV = Text("no-wav", "{path} is not a WAV file. Convert it to 16-bit PCM WAV first.")
WAV_WITHOUT_FORMAT = Text(
    "wav-without-format",
    "{path} is broken: its sound comes before its format. Convert it to 16-bit PCM WAV first.",
)
WAV_FORMAT_CUT_OFF = Text(
    "wav-format-cut-off",
    "{path} is broken: its format is cut off. Convert it to 16-bit PCM WAV first.",
)
WAV_COMPRESSED = Text("wav-compressed", "{path} is compressed ({codec}). Convert it to 16-bit PCM WAV first.")
WAV_IMPOSSIBLE = Text(
    "wav-impossible",
    "{path} is broken: {channels} channels at {rate} Hz. Convert it to 16-bit PCM WAV first.",
)
WAV_UNKNOWN_SAMPLES = Text(
    "wav-unknown-samples",
    "{path} has {bits}-bit samples of an unknown kind. Convert it to 16-bit PCM WAV first.",
)


class WavError(MessageError, ValueError):
    """A file that can't be read or written as WAV; the message says why and what to do."""


_PCM, _FLOAT, _EXTENSIBLE = 0x0001, 0x0003, 0xFFFE
_CODECS = {0x0002: "ADPCM", 0x0006: "A-law", 0x0007: "mu-law", 0x0011: "IMA ADPCM", 0x0055: "MP3"}
_HIGHEST_RATE = 768_000


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the bytes of a data chunk are to be read."""

    is_float: bool
    channels: int
    rate: int
    width: int
    """Bytes of one sample of one channel."""


def read_wav(path: str | Path) -> tuple[Samples, int]:
    """The sound of a WAV file, mixed to mono, and its rate in Hz.

    Reads PCM of 8, 16, 24 and 32 bits and float of 32 and 64, any rate and number of channels, and files
    that were cut off or never got their length written. Raises WavError.
    """
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError as exc:
        raise WavError(WAV_NOT_THERE(path=str(path))) from exc
    except OSError as exc:
        raise WavError(WAV_NOT_READ(path=str(path), reason=exc.strerror or str(exc))) from exc
    return wav_samples(content, path)


def wav_samples(content: bytes, path: str | Path) -> tuple[Samples, int]:
    """The sound of a WAV file's content, as `read_wav` gives it; `path` is how errors name it."""
    if len(content) < 12 or content[:4] not in (b"RIFF", b"RF64") or content[8:12] != b"WAVE":
        raise WavError(NO_WAV(path=str(path)))
    layout: _Layout | None = None
    at = 12
    while at + 8 <= len(content):
        name, size = content[at : at + 4], struct.unpack_from("<I", content, at + 4)[0]
        at += 8
        if name == b"fmt ":
            layout = _read_layout(content[at : at + size], path)
        elif name == b"data":
            if layout is None:
                raise WavError(WAV_WITHOUT_FORMAT(path=str(path)))
            return _to_mono(content[at : at + _data_size(content, at, size)], layout, path), layout.rate
        at += size + (size & 1)
    raise WavError(WAV_EMPTY(path=str(path)))


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


def _read_layout(chunk: bytes, path: str | Path) -> _Layout:
    if len(chunk) < 16:
        raise WavError(WAV_FORMAT_CUT_OFF(path=str(path)))
    tag, channels, rate, _, frame, bits = struct.unpack_from("<HHIIHH", chunk)
    if tag == _EXTENSIBLE and len(chunk) >= 26:
        tag = struct.unpack_from("<H", chunk, 24)[0]  # the GUID's first two bytes are the plain tag
    if tag not in (_PCM, _FLOAT):
        raise WavError(WAV_COMPRESSED(path=str(path), codec=_CODECS.get(tag, f"codec {tag}")))
    if not channels or not 0 < rate <= _HIGHEST_RATE:
        raise WavError(WAV_IMPOSSIBLE(path=str(path), channels=channels, rate=rate))
    # The container size counts, not the valid bits: 20 bits lie left-justified in three bytes.
    width = frame // channels if frame and frame % channels == 0 else (bits + 7) // 8
    if width not in ((4, 8) if tag == _FLOAT else (1, 2, 3, 4)):
        raise WavError(WAV_UNKNOWN_SAMPLES(path=str(path), bits=bits))
    return _Layout(tag == _FLOAT, channels, rate, width)


def _data_size(content: bytes, at: int, size: int) -> int:
    """Bytes of sound from `at`: a size of 0 or one beyond the end means "to the end of the file".

    Programs that write into a pipe can't go back to fill the size in.
    """
    rest = len(content) - at
    if size == 0 and _is_chunks(content, at):
        return 0
    return rest if size == 0 or size > rest else size


def _is_chunks(content: bytes, at: int) -> bool:
    """Whether the rest of the file is chunks to its end, so that a size of 0 was meant."""
    while at + 8 <= len(content):
        name, size = content[at : at + 4], struct.unpack_from("<I", content, at + 4)[0]
        if not all(32 <= byte < 127 for byte in name):
            return False
        at += 8 + size + (size & 1)
    return at in (len(content), len(content) + 1)


def _to_mono(data: bytes, layout: _Layout, path: str | Path) -> Samples:
    frame = layout.width * layout.channels
    data = data[: len(data) // frame * frame]
    if not data:
        raise WavError(WAV_EMPTY(path=str(path)))
    decoded: Samples
    if layout.is_float:
        decoded = np.clip(np.nan_to_num(np.frombuffer(data, dtype=f"<f{layout.width}")), -1, 1).astype(
            np.float32
        )
    elif layout.width == 1:
        decoded = np.frombuffer(data, dtype=np.uint8).astype(np.float32) / np.float32(128) - np.float32(1)
    elif layout.width == 3:
        padded = np.zeros((len(data) // 3, 4), dtype=np.uint8)
        padded[:, 1:] = np.frombuffer(data, dtype=np.uint8).reshape(-1, 3)
        decoded = padded.view("<i4")[:, 0].astype(np.float32) / np.float32(2**31)
    else:
        decoded = np.frombuffer(data, dtype=f"<i{layout.width}").astype(np.float32)
        decoded /= 2 ** (8 * layout.width - 1)
    mono = decoded.reshape(-1, layout.channels).mean(axis=1, dtype=np.float32)
    return np.asarray(mono, dtype=np.float32)
