"""Files that are written whole or not at all: a full disk or a kill leaves what was there before.

What this program writes is about its user: new files are for their eyes only (0600), and so are new folders
(0700).
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from desktop.base.plain_file import require_plain

CLOSE_S = 10.0
"""How long the program's end waits for files. A local disk takes well under a second for hours of talk; a
network folder that hangs must not hold up the end for good."""
ABANDONED_S = 3_600.0
"""The age of a temporary file that a kill has left behind: no write takes that long."""
LONGEST_PREFIX = 100
"""Bytes of a file's name in the name of its temporary file. File systems allow 255 in all."""
ENDING = ".part"
TOKEN_BYTES = 4
MOST_LINKS = 40
"""In a row, as Linux follows."""


def make_folder(folder: Path) -> Path:
    """Make a folder and those above it, for this user's eyes only (0700); one that is there stays as it is.

    Raises:
        OSError: it can't be made.
    """
    if not folder.is_dir():
        with contextlib.suppress(FileExistsError):
            make_folder(folder.parent)
            folder.mkdir(mode=0o700)
        folder.mkdir(exist_ok=True)  # raises if a file is in its place
    return folder


def write(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file in one step. Blocks until the data is on the disk.

    Args:
        path: the file; its folder must exist. What a symbolic link points to is written, the link stays; not
            if somebody else has made the link, or owns the folder that it leads to: that is their trap.
        private: for this user's eyes only (0600), whatever it was; otherwise an existing file keeps its mode.

    Raises:
        OSError: it could not be written; the file is as it was. What is there may also be no file.
    """
    with replacing(path, private=private) as file:
        file.write(data)


@contextlib.contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """A new file, which takes the place of this one when the block is over, and goes if the block raises.

    For what is too large to be held in memory; otherwise as `write`, and raises as it does.
    """
    path = _target(path)
    with contextlib.suppress(FileNotFoundError):
        require_plain(path, path.lstat().st_mode)  # a device would be replaced
    prefix = _prefix(path)
    _remove_abandoned(path.parent, prefix)
    part = path.with_name(f"{prefix}{secrets.token_hex(TOKEN_BYTES)}{ENDING}")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(part, flags, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if not private and path.exists():
            with contextlib.suppress(OSError):  # some network and FUSE mounts know no modes
                os.chmod(part, path.stat().st_mode & 0o777)
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise


def _target(path: Path) -> Path:
    """Where links lead from here. The folders on the way are left to the system, which knows other traps."""
    for _ in range(MOST_LINKS):
        try:
            aim = os.readlink(path)
        except FileNotFoundError:
            return path
        except OSError as exc:
            if exc.errno == errno.EINVAL:  # it is no link
                return path
            raise
        target = path.parent / aim
        if _is_anothers(path.lstat().st_uid) or _is_anothers(target.parent.stat().st_uid):
            raise OSError(errno.ELOOP, "it is a link that leads to somebody else", str(path))
        path = target
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))


def _is_anothers(owner: int) -> bool:
    return hasattr(os, "getuid") and owner not in (os.getuid(), 0)


def _prefix(path: Path) -> str:
    """The beginning of the names of a file's temporary files; cut between characters, not within one."""
    return f".{os.fsencode(path.name)[:LONGEST_PREFIX].decode('utf-8', 'ignore')}."


def _remove_abandoned(folder: Path, prefix: str) -> None:
    """Remove what earlier writes of the same file left behind when the program was killed."""
    oldest = time.time() - ABANDONED_S
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            token = entry.name.removeprefix(prefix).removesuffix(ENDING)
            if entry.name != f"{prefix}{token}{ENDING}" or not _is_token(token):
                continue
            with contextlib.suppress(OSError):
                if entry.stat(follow_symlinks=False).st_mtime < oldest:
                    os.unlink(entry.path)


def _is_token(text: str) -> bool:
    return len(text) == 2 * TOKEN_BYTES and all(character in "0123456789abcdef" for character in text)
