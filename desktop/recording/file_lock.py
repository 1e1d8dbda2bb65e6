"""Locks a file while a program writes it: the lock ends with the program, however that ends."""

from __future__ import annotations

import os
import sys
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


def hold(fd: int) -> bool:
    """Lock an open file until it is closed, by the program's end at the latest.

    It waits while somebody calls `is_held`. False on a file system without locks.
    """
    try:
        _lock(fd, wait=True)
    except OSError:
        return False
    return True


def is_held(path: Path) -> bool:
    """Whether a program, this one included, is writing the file. Raises OSError if it can't be opened."""
    fd = os.open(path, os.O_RDONLY)
    try:
        _lock(fd, wait=False)
    except (BlockingIOError, PermissionError):  # the second on Windows
        return True
    except OSError:
        return False  # no locks here: better offered once too often than never
    finally:
        os.close(fd)
    return False
