"""Which files a conversation has: its recording's folder, or of an older version a file and its frames.

Only names made by `journal.new_name` are touched, and in a recording's folder only the recording's own files
(`layout.is_ours`): both may have files of the user's.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from desktop.base import file_lock
from desktop.recording import journal
from desktop.recording.folder import reader
from desktop.recording.folder.layout import FRAMES, JOURNAL, is_ours

DELETED = ".deleted"
"""Added to the name of what was deleted and can still be restored."""
_NAME = r"\d{8}-\d{6}-[0-9a-f]{8}"
_JOURNAL = re.compile(rf"{_NAME}\.jsonl")
_KEPT = re.compile(rf"{_NAME}(\.frames)?\.jsonl")
_FOLDER = re.compile(_NAME)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file or a folder of ours, when something in it was written last, and its size in bytes."""

    path: Path
    written: float
    size: int


def listed(folder: Path) -> list[Path]:
    """What is in a folder; nothing where there is none. Raises OSError."""
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []


def journals(folder: Path) -> list[Path]:
    """The journals, newest first: their names sort by time. One of a recording without words isn't there."""
    found = []
    for path in listed(folder):
        if _JOURNAL.fullmatch(path.name):
            found.append((path.name, path))
        elif _FOLDER.fullmatch(path.name) and _is_folder(path):
            found.append((path.name, path / JOURNAL))
    return [path for _, path in sorted(found, reverse=True)]


def recording_of(path: Path) -> Path | None:
    """The recording's folder of a journal; None for an older conversation, which is a file."""
    return path.parent if path.name == JOURNAL else None


def parts_of(path: Path) -> tuple[Path, ...]:
    """What goes when the conversation of this journal is deleted."""
    if folder := recording_of(path):
        return (folder,)
    return path, path.with_name(path.name.removesuffix(journal.SUFFIX) + journal.FRAMES_SUFFIX)


def size_of(path: Path) -> int:
    """Bytes of the conversation of this journal, with its frames and its sound."""
    if folder := recording_of(path):
        return reader.size_of(folder)
    return sum(status.st_size for part in parts_of(path) if (status := _file_status(part)))


def is_held(path: Path) -> bool:
    """Whether a program writes the conversation of this journal. Raises OSError if it can't be opened."""
    folder = recording_of(path)
    if folder is None:
        return file_lock.is_held(path)
    there = [part for part in (path, folder / FRAMES) if part.exists()]
    return any(file_lock.is_held(part) for part in there)


def kept(folder: Path) -> list[Kept]:
    """All that is ours in a folder, deleted things apart. Raises OSError."""
    found = []
    for path in listed(folder):
        if _KEPT.fullmatch(path.name) and (status := _file_status(path)):
            found.append(Kept(path, status.st_mtime, status.st_size))
        elif _FOLDER.fullmatch(path.name) and _is_folder(path):
            parts = [status for part in _ours(path) if (status := _file_status(part))]
            if parts:
                size = sum(part.st_size for part in parts)
                found.append(Kept(path, max(part.st_mtime for part in parts), size))
    return found


def is_in_use(path: Path) -> bool:
    """Whether a program writes this file, or in this folder. Raises OSError."""
    if path.is_dir():
        return is_held(path / JOURNAL)
    return file_lock.is_held(path)


def deleted_before(folder: Path, oldest: float) -> list[Path]:
    """What was deleted before this time. Raises OSError."""
    found = []
    for path in listed(folder):
        name = path.name.removesuffix(DELETED)
        ours = path.name != name and (_KEPT.fullmatch(name) or _FOLDER.fullmatch(name))
        if ours and path.lstat().st_ctime < oldest and (_is_folder(path) or _file_status(path)):
            found.append(path)
    return found


def remove(paths: Iterable[Path]) -> None:
    """Remove files and recordings for good. Raises OSError.

    A folder with files of the user's in it stays, with these, under its own name.
    """
    for path in paths:
        if not _is_folder(path):
            path.unlink(missing_ok=True)
            continue
        for part in _ours(path):
            part.unlink(missing_ok=True)
        try:
            path.rmdir()
        except OSError as exc:
            if exc.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            name = path.with_name(path.name.removesuffix(DELETED))
            if not os.path.lexists(name):
                path.rename(name)


def _ours(folder: Path) -> list[Path]:
    """The recording's files in its folder; a folder of such a name isn't one. Raises OSError."""
    return [path for path in listed(folder) if is_ours(path.name) and not _is_folder(path)]


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def _file_status(path: Path) -> os.stat_result | None:
    """A file's status; None for what is no file, or is gone."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None
