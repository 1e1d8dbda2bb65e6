"""Marks a file as one that a living program writes: the mark goes with the program, however it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    FAR = 1 << 30
    """Locked bytes can't be read there: one is locked where no file has any."""

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
    """Mark an open file until it is closed, by the program's end at the latest.

    It waits while somebody asks `is_held`. False on a file system that knows no marks.
    """
    try:
        _lock(fd, wait=True)
    except OSError:
        return False
    return True


def is_held(path: Path) -> bool:
    """Whether some program, this one too, writes the file. Raises OSError if it can't be opened."""
    fd = os.open(path, os.O_RDONLY)
    try:
        _lock(fd, wait=False)
    except (BlockingIOError, PermissionError):  # the second is Windows' word for it
        return True
    except OSError:
        return False  # no marks here: better offered once too often than never
    finally:
        os.close(fd)
    return False
