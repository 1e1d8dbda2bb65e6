"""One side's sound of a recording: as it was written, or packed losslessly."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from desktop.recording.folder.layout import PACKED, RAW, SAMPLE_BYTES, Track


class SoundTrack(Protocol):
    """PCM16, little-endian, mono; `size` is in bytes."""

    size: int

    def read(self, offset: int, count: int) -> bytes:
        """So many bytes from there on, or fewer at the end. Never raises."""

    def close(self) -> None:
        """Let the file go."""


class _NoTrack:
    size = 0

    def read(self, offset: int, count: int) -> bytes:
        return b""

    def close(self) -> None:
        pass


class _RawTrack:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = os.fstat(file.fileno()).st_size

    def read(self, offset: int, count: int) -> bytes:
        if not (0 <= offset <= self.size and count > 0):
            return b""
        try:
            self._file.seek(offset)
            return self._file.read(min(count, self.size - offset))
        except OSError:
            return b""

    def close(self) -> None:
        self._file.close()


class _PackedTrack:
    def __init__(self, file: BinaryIO) -> None:
        import soundfile  # 60 ms, and only where something is packed

        self._file = file
        self._sound: Any = soundfile.SoundFile(file)
        self.size = self._sound.frames * SAMPLE_BYTES
        self._at = 0

    def read(self, offset: int, count: int) -> bytes:
        if not (0 <= offset <= self.size and count > 0):
            return b""
        first, last = offset // SAMPLE_BYTES, -(-min(offset + count, self.size) // SAMPLE_BYTES)
        try:
            if first != self._at:
                self._sound.seek(first)
            data: bytes = self._sound.read(last - first, dtype="int16").astype("<i2").tobytes()
        except Exception:  # libsndfile's own errors, of a file that was cut
            self._at = -1
            return b""
        self._at = first + len(data) // SAMPLE_BYTES
        begin = offset - first * SAMPLE_BYTES
        return data[begin : begin + count]

    def close(self) -> None:
        self._sound.close()
        self._file.close()


def open_track(folder: Path, track: Track) -> SoundTrack:
    """A track of a recording; one without sound where there is none, or it can't be read. Never raises."""
    for ending, kind in ((RAW, _RawTrack), (PACKED, _PackedTrack)):
        file = _open(folder / f"{track}{ending}")
        if file is None:
            continue
        try:
            return kind(file)
        except Exception:  # libsndfile's own errors: no FLAC, or cut
            file.close()
    return _NoTrack()


def _open(path: Path) -> BinaryIO | None:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None
        return os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb")
    except OSError:
        return None
