"""The bytes of a sound file as libsndfile needs them: seekable, and never raising."""

from __future__ import annotations

import io
import os
import stat
import tempfile
from pathlib import Path
from typing import BinaryIO

from desktop.audio.sound_file_errors import (
    SOUND_NOT_COPIED,
    SOUND_NOT_READ,
    SOUND_NOT_THERE,
    SOUND_WITHOUT_ROOM,
    SoundFileError,
)
from desktop.base.message import Message

LARGEST_COPY = 1 << 30
"""Bytes. A pipe has to be copied, because most formats are read back and forth; it may never end."""
_PIECE = 1 << 16
_TAGS = 1 << 12
"""Bytes at the end in which decoders look for tags."""


class SoundBytes:
    """A part of an open file, as a binary file of its own.

    libsndfile calls it from C, where an exception would end up as a traceback in the terminal: a read that
    fails is the file's end, and `problem` says why.

    Args:
        file: seekable. It may be shared by several of these, on one thread.
        start: the part's first byte in the file.
        size: bytes; None reaches to the file's present end.
    """

    def __init__(self, file: BinaryIO, start: int = 0, size: int | None = None) -> None:
        self._file = file
        self._start = start
        self.size = file.seek(0, os.SEEK_END) - start if size is None else size
        self._claimed = self.size
        self._at = 0
        self._problems: list[str] = []

    def part(self, start: int, size: int) -> SoundBytes:
        """A part of this part, beginning at `start` bytes in it."""
        start = min(start, self.size)
        part = SoundBytes(self._file, self._start + start, min(size, self.size - start))
        part._problems = self._problems
        return part

    def claiming(self, times: int) -> SoundBytes:
        """The same bytes, which seem to be so many times more to what asks for their size."""
        claiming = self.part(0, self.size)
        claiming._claimed = times * self.size
        return claiming

    @property
    def problem(self) -> str:
        """Why a read failed, of this or another part; empty if none did."""
        return self._problems[0] if self._problems else ""

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a byte; a place before the beginning is the beginning."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._claimed}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """The byte that is read next."""
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:
        """Fill the buffer as far as there are bytes; how many there were."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int) -> bytes:
        """Up to this many bytes; none at the end."""
        wanted = min(size, self.size - self._at)
        if wanted <= 0:
            # At the end that it only claims to have there are tags, which none of ours are.
            tags = self.size < self._claimed - _TAGS <= self._at
            return bytes(size if tags else 0)
        try:
            self._file.seek(self._start + self._at)
            data = self._file.read(wanted)
        except (OSError, ValueError) as exc:
            self._problems.append(getattr(exc, "strerror", None) or str(exc))
            return b""
        self._at += len(data)
        return data

    def read_at(self, start: int, size: int) -> bytes:
        """Up to `size` bytes from this place on; what is read next stays the same."""
        return self.part(start, size).read(size)

    def close(self) -> None:
        """Close the file, for all parts of it."""
        self._file.close()


def open_bytes(source: str | Path | BinaryIO, name: str) -> SoundBytes:
    """The bytes of a file, or of an open one from its present place on.

    A pipe, a terminal or a device is copied into a temporary file first, to its end or up to 1 GB.

    Args:
        source: a path, or a file that is open for reading bytes. An open one is not closed at an error.
        name: what to call it in messages.

    Raises:
        SoundFileError: it can't be read.
    """
    if not isinstance(source, str | Path):
        return _plain(source, name)
    try:
        file = open(source, "rb")
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise SoundFileError(SOUND_NOT_THERE(path=name)) from exc
    except (OSError, ValueError) as exc:  # ValueError: a null byte in the path
        raise SoundFileError(_not_read(name, exc)) from exc
    try:
        found = _plain(file, name)
    except BaseException:
        file.close()
        raise
    return found


def _plain(file: BinaryIO, name: str) -> SoundBytes:
    try:
        if not _is_plain(file):
            return SoundBytes(_copied(file, name))
        return SoundBytes(file, file.tell())
    except OSError as exc:
        raise SoundFileError(_not_read(name, exc)) from exc


def _is_plain(file: BinaryIO) -> bool:
    try:
        return stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    except io.UnsupportedOperation:  # in memory
        return file.seekable()


def _copied(pipe: BinaryIO, name: str) -> BinaryIO:
    copy = tempfile.TemporaryFile()
    size = 0
    try:
        while piece := pipe.read(_PIECE):
            size += len(piece)
            if size > LARGEST_COPY:
                raise SoundFileError(SOUND_NOT_COPIED(path=name, most=LARGEST_COPY >> 20))
            try:
                copy.write(piece)
                copy.flush()
            except OSError as exc:
                reason = exc.strerror or str(exc)
                raise SoundFileError(SOUND_WITHOUT_ROOM(path=name, reason=reason)) from exc
    except BaseException:
        copy.close()
        raise
    pipe.close()
    return copy


def _not_read(name: str, exc: Exception) -> Message:
    return SOUND_NOT_READ(path=name, reason=getattr(exc, "strerror", None) or str(exc))
