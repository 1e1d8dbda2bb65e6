"""Opens a shared zip: its recording becomes a folder. What is in it may come from anybody.

Only the files of a recording are taken, by their names, into a new folder; the report and all else stays in
the zip. Nothing is believed: not the names, not the sizes, not that there are few of them.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
import struct
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from desktop.base import atomic_file
from desktop.base.message import MessageError, Text
from desktop.base.plain_file import open_plain
from desktop.recording import conversation_store, journal
from desktop.recording.folder.folder_files import MOST_BYTES, MOST_SOUND
from desktop.recording.folder.layout import JOURNAL, PACKED, RAW, SESSION, TRACKS

LARGEST_ZIP = 2_000_000_000
MOST_ENTRIES = 64
LONGEST_DIRECTORY = 64_000
"""Bytes of the zip's list of entries."""
MOST_RATIO = 250
"""Times a file may be larger than it is packed. Frames of a silent hour are 60 times as large."""
FREE = 1_000_000
"""Bytes from which on a file's ratio counts."""
COPY = 1 << 18
SPACE_LEFT = 200_000_000
"""Bytes of the disk that stay free."""
LIMITS = {
    SESSION: 4_000_000,
    **MOST_BYTES,
    **{f"{track}{ending}": MOST_SOUND for track in TRACKS for ending in (RAW, PACKED)},
}
"""Of each file that is taken, in bytes."""
_END = b"PK\x05\x06"
_END_SIZE = 22
_LONGEST_COMMENT = 65_535

NO_ZIP = Text("share-no-zip", "{file} is no zip, or it is broken.")
NO_RECORDING_IN_ZIP = Text("share-no-recording", "There is no recording in {file}.")
ZIP_TRICK = Text(
    "share-trick",
    "{file} was not opened: “{name}” in it leads out of the folder, or is no plain file. Don't trust it.",
)
ZIP_TOO_LARGE = Text(
    "share-too-large", "{file} was not opened: it holds more than a recording can. Don't trust it."
)
NO_SPACE = Text(
    "share-no-space", "There isn't enough room for the recording in {file}. Make some, and try again."
)


class UnpackError(MessageError):
    """The zip can't be opened, or isn't to be trusted."""


def unpack(path: Path, into: Path) -> Path:
    """Make the recording in a zip a folder of its own in `into`; the folder. Blocks.

    Raises:
        UnpackError: it is no zip with a recording, or tries something; nothing is left behind.
        OSError: the zip can't be read, or the folder can't be written.
    """
    atomic_file.make_folder(into)
    with open_plain(path) as file:
        _check_directory(file, path)
        try:
            with zipfile.ZipFile(file) as archive:
                return _unpack(archive, path, into)
        except (
            zipfile.BadZipFile,
            zipfile.LargeZipFile,
            zlib.error,
            EOFError,
            ValueError,
            struct.error,
        ) as exc:
            raise UnpackError(NO_ZIP(file=path.name)) from exc
        except (NotImplementedError, RuntimeError) as exc:  # a method nobody uses here, or a password
            raise UnpackError(NO_ZIP(file=path.name)) from exc


def _check_directory(file: BinaryIO, path: Path) -> None:
    """Before the list of entries is read: that it is short. It is held in memory, whatever its length."""
    size = os.fstat(file.fileno()).st_size
    if size > LARGEST_ZIP:
        raise UnpackError(ZIP_TOO_LARGE(file=path.name))
    file.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise UnpackError(NO_ZIP(file=path.name))
    entries, length = struct.unpack_from("<HL", tail, at + 10)
    # The values of a zip64 are above both bounds: no recording needs one.
    if entries > MOST_ENTRIES or length > LONGEST_DIRECTORY:
        raise UnpackError(ZIP_TOO_LARGE(file=path.name))
    file.seek(0)


def _unpack(archive: zipfile.ZipFile, path: Path, into: Path) -> Path:
    wanted = _wanted(archive, path)
    if shutil.disk_usage(into).free - SPACE_LEFT < sum(entry.file_size for entry in wanted.values()):
        raise UnpackError(NO_SPACE(file=path.name))
    # Under a name that the list of conversations doesn't know, until it is whole.
    part = into / f".{secrets.token_hex(8)}.part"
    part.mkdir(mode=0o700)
    try:
        for name, entry in wanted.items():
            _extract(archive, entry, part / name, path)
        _settle(part / JOURNAL)
        folder = into / journal.new_name(datetime.now(UTC))
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return folder


def _wanted(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    """The recording's files. All others are looked at too: one trick, and nothing of it is believed."""
    found: dict[str, zipfile.ZipInfo] = {}
    folders = set()
    for entry in archive.infolist():
        raw = entry.orig_filename
        if _is_trick(raw, entry):
            raise UnpackError(ZIP_TRICK(file=path.name, name=raw[:80]))
        if entry.is_dir():
            continue
        *above, name = raw.split("/")
        if name not in LIMITS or len(above) > 1:
            continue
        folders.add(tuple(above))
        if name in found or len(folders) > 1:
            raise UnpackError(ZIP_TRICK(file=path.name, name=raw[:80]))
        too_dense = entry.file_size > FREE and entry.file_size > MOST_RATIO * max(1, entry.compress_size)
        if entry.file_size > LIMITS[name] or too_dense:
            raise UnpackError(ZIP_TOO_LARGE(file=path.name))
        found[name] = entry
    if SESSION not in found:
        raise UnpackError(NO_RECORDING_IN_ZIP(file=path.name))
    if sum(entry.file_size for entry in found.values()) > LARGEST_ZIP:
        raise UnpackError(ZIP_TOO_LARGE(file=path.name))
    return found


def _is_trick(name: str, entry: zipfile.ZipInfo) -> bool:
    """Whether a name leads elsewhere, or the entry is a link or a device."""
    parts = name.rstrip("/").split("/")
    odd = not name or name.startswith("/") or any(mark in name for mark in ("\\", ":", "\0"))
    kind = stat.S_IFMT(entry.external_attr >> 16)
    plain = kind in (0, stat.S_IFREG) or (kind == stat.S_IFDIR and entry.is_dir())
    return odd or not plain or any(part in ("", ".", "..") for part in parts)


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, path: Path) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    left = entry.file_size
    with archive.open(entry) as source, os.fdopen(os.open(target, flags, 0o600), "wb") as file:
        while block := source.read(COPY):
            left -= len(block)
            if left < 0:  # it is longer than it says
                raise UnpackError(ZIP_TOO_LARGE(file=path.name))
            file.write(block)


def _settle(path: Path) -> None:
    """See to it that the words have an end: a conversation without one is offered as the user's own last."""
    if not path.exists():
        return
    with contextlib.suppress(OSError):
        if journal.read(path).cut_short:
            conversation_store.settle(path)
