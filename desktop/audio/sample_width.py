"""How wide the samples of a WAV file are, when its header contradicts itself.

The sound tells: neighbouring samples are alike, and read at a wrong width they are noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from desktop.audio.sound_bytes import SoundBytes
from desktop.audio.wav_header import FLOAT, WavHeader

_PROBES = 8
_PROBE_FRAMES = 2048


@dataclass(frozen=True, slots=True)
class Encoding:
    """Samples as libsndfile reads them without a header."""

    subtype: str
    """libsndfile's name for it."""
    width: int
    """Bytes of one sample."""
    gain: float = 1.0
    """What brings them to full scale."""


def find_encoding(file: SoundBytes, header: WavHeader) -> Encoding | None:
    """The encoding that gives the smoothest sound; None if no width that the header allows is one."""
    found = [_encoding(header, width) for width in header.widths if header.is_plain]
    if len(found) > 1:
        # The first wins a tie: what players go by is the number of bits.
        found.sort(key=lambda encoding: _roughness(file, header, encoding))
    if not found:
        return None
    return _right_justified(file, header, found[0])


def _encoding(header: WavHeader, width: int) -> Encoding:
    if header.tag == FLOAT:
        return Encoding({4: "FLOAT", 8: "DOUBLE"}[width], width)
    return Encoding({1: "PCM_U8", 2: "PCM_16", 3: "PCM_24", 4: "PCM_32"}[width], width)


def _probes(file: SoundBytes, header: WavHeader, encoding: Encoding) -> list[np.ndarray]:
    """Pieces of the sound spread over it, each of the shape (frames, channels)."""
    import io

    import soundfile

    frame = encoding.width * header.channels
    step = max(1, header.size // frame // _PROBES)
    pieces = []
    for number in range(_PROBES):
        raw = file.read_at(header.start + number * step * frame, _PROBE_FRAMES * frame)
        frames, _ = soundfile.read(
            io.BytesIO(raw[: len(raw) // frame * frame]),
            dtype="float64",
            always_2d=True,
            samplerate=8_000,
            channels=header.channels,
            format="RAW",
            subtype=encoding.subtype,
            endian="LITTLE",
        )
        pieces.append(frames)
    return pieces


def _roughness(file: SoundBytes, header: WavHeader, encoding: Encoding) -> float:
    """The energy of the steps between samples, of the samples' own: 2 for noise, less for sound."""
    steps = energy = 0.0
    for frames in _probes(file, header, encoding):
        frames = np.clip(np.nan_to_num(frames, posinf=1e9, neginf=-1e9), -1e9, 1e9)
        steps += float((np.diff(frames, axis=0) ** 2).sum())
        energy += float((frames**2).sum())
    return round(steps / energy, 3) if energy else 0.0


def _right_justified(file: SoundBytes, header: WavHeader, encoding: Encoding) -> Encoding:
    """24 bits may lie in the lower three bytes of four: so does ALSA's `arecord` write them."""
    if encoding.subtype != "PCM_32" or not 0 < header.bits <= 24:
        return encoding
    gain = 2.0 ** (32 - header.bits)
    peak = max(float(np.abs(frames).max(initial=0)) for frames in _probes(file, header, encoding))
    return Encoding(encoding.subtype, encoding.width, gain) if peak * gain <= 1.0 else encoding
