"""Where the writer of records puts its lines: a file, which is synced to the disk."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

from desktop.base import atomic_file, file_lock

SYNC_S = 1.0
"""Between two syncs while something is written."""
_NOT_SYNCED = (errno.EINVAL, errno.ENOTSUP, errno.EROFS)
"""Pipes and devices, such as /dev/null, have nothing to sync."""


class RecordFile:
    """A file, used by one thread. What could not be written is written first the next time."""

    def __init__(self, path: Path, replace: bool, sync_s: float = SYNC_S) -> None:
        """With `replace` a file of that name is overwritten, else it may not exist."""
        self._path = path
        self._sync_s = sync_s
        self._flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | (os.O_TRUNC if replace else os.O_EXCL)
        self._fd = -1
        self._rest = b""
        self._unsynced_since: float | None = None

    def sync_in_s(self) -> float | None:
        """Seconds until the file has to be synced; None when everything is on the disk."""
        if self._unsynced_since is None:
            return None
        return max(0.0, self._unsynced_since + self._sync_s - time.monotonic())

    def write(self, data: bytes) -> None:
        """Write this, after what was left over. Raises OSError."""
        self._rest += data
        if not self._rest:
            return
        if self._fd < 0:
            atomic_file.make_folder(self._path.parent)
            self._fd = os.open(self._path, self._flags | getattr(os, "O_BINARY", 0), 0o600)
            file_lock.hold(self._fd)
        while self._rest:
            self._rest = self._rest[os.write(self._fd, self._rest) :]
            if self._unsynced_since is None:
                self._unsynced_since = time.monotonic()

    def sync(self) -> None:
        """Sync it to the disk. Raises OSError, also when somebody has deleted the file."""
        if self._unsynced_since is None:
            return
        self._unsynced_since = None
        if os.fstat(self._fd).st_nlink == 0:
            raise FileNotFoundError(errno.ENOENT, "it was deleted")
        try:
            os.fsync(self._fd)
        except OSError as exc:
            if exc.errno not in _NOT_SYNCED:
                raise

    def close(self) -> None:
        """Close it, if it was opened."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
