"""Locks a file for a program: the system ends the lock with the program, however that ends."""

from __future__ import annotations

import errno
import os
import sys
from enum import Enum
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    FAR = 1 << 30
    """Locked bytes can't be read on Windows: the locked byte lies behind the end of any file."""

    def _lock(fd: int, *, wait: bool) -> None:
        at = os.lseek(fd, 0, os.SEEK_CUR)
        os.lseek(fd, FAR, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(fd, at, os.SEEK_SET)

else:
    import fcntl

    def _lock(fd: int, *, wait: bool) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


_TAKEN = (errno.EWOULDBLOCK, errno.EACCES)
"""What a lock that somebody else has is refused with. The second is Windows', and some network disks'."""


class Lock(Enum):
    """What became of a try to lock a file."""

    OURS = "ours"
    TAKEN = "taken"
    """A program that is alive has it."""
    NONE = "none"
    """The file system has no locks, or the file can't be opened: nothing is proved."""


def hold(fd: int) -> bool:
    """Lock an open file until it is closed, by the program's end at the latest.

    It waits while somebody calls `is_held`. False on a file system without locks.
    """
    try:
        _lock(fd, wait=True)
    except OSError:
        return False
    return True


def try_hold(fd: int) -> Lock:
    """Lock an open file as `hold` does, without waiting."""
    try:
        _lock(fd, wait=False)
    except OSError as exc:
        return Lock.TAKEN if exc.errno in _TAKEN else Lock.NONE
    return Lock.OURS


def is_held(path: Path) -> bool:
    """Whether a program, this one included, is writing the file. Raises OSError if it can't be opened."""
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        # Without locks here, False: better offered once too often than never.
        return try_hold(fd) is Lock.TAKEN
    finally:
        os.close(fd)
