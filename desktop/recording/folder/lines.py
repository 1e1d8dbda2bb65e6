"""The lines of a recording's files, as many of them as can be read."""

from __future__ import annotations

import os
import stat
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from desktop.recording import sane_values
from desktop.recording.folder.bounds import LONGEST_LINE
from desktop.recording.folder.layout import Lost

L = TypeVar("L")
_lost = msgspec.json.Decoder(Lost)


def lines(
    path: Path, decoder: msgspec.json.Decoder[L], begin: int = 0, places: array[int] | None = None
) -> Iterator[L | int]:
    """The lines of a file from the byte `begin` on, and how many could not be read; an unfinished last line
    is none.

    `places` gets the byte at which each one begins that could be read.
    """
    try:
        file = open_unlinked(path)
    except OSError:
        return
    with file:
        file.seek(begin)
        at = begin
        while raw := file.readline(LONGEST_LINE):
            here, at = at, at + len(raw)
            if not raw.strip():
                continue
            try:
                found = decoder.decode(raw)
            except (msgspec.MsgspecError, UnicodeError, RecursionError):
                yield _count_lost(raw)
                continue
            if places is not None:
                places.append(here)
            yield found


def _count_lost(raw: bytes) -> int:
    try:
        return sane_values.count(_lost.decode(raw).lost)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return 1


def open_unlinked(path: Path) -> BinaryIO:
    """A plain file, never through a link. Raises OSError."""
    mode = path.lstat().st_mode
    if not stat.S_ISREG(mode):
        raise OSError("it is no file")
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    return os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb")
