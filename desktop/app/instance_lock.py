"""The lock of the running program: a file that the system has locked for it, until it ends or dies.

What the file says is never a reason to wait for anybody: a crash leaves it as it is, another computer may
have written it, and in a container every process has the same id.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path

from desktop.app import instance_address, own_socket
from desktop.base import atomic_file, file_lock, paths
from desktop.base.file_lock import Lock

TRIES = 5
"""Older versions remove the file when they end; then it is another one that counts."""
LONGEST_NOTE = 1_000
"""Bytes. An address is shorter."""
OPEN = os.O_RDWR | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
"""Not through a link: a note is written into the file, and what was there before is lost."""


class InstanceLock:
    """The lock of this process, once it is acquired. It lies in the settings' folder.

    On a disk without locks, or one that can't be written, it lies in the folder of the sockets.
    """

    def __init__(self) -> None:
        self._fd = -1
        self._without_locks: list[Path] = []

    def acquire(self) -> Lock:
        """Try to get it. `Lock.NONE`: nothing can be locked anywhere."""
        self._without_locks = []
        for path in _files():
            try:
                outcome = self._try(path)
            except OSError:
                continue
            if outcome is not Lock.NONE:
                return outcome
            self._without_locks.append(path)
        return Lock.NONE

    def note(self, address: str) -> None:
        """Write down where this process listens. A full disk costs the note only."""
        if self._fd >= 0:
            _write(self._fd, address)
        for path in self._without_locks:  # for those who look there first
            with contextlib.suppress(OSError):
                fd = os.open(path, OPEN, 0o600)
                _write(fd, address)
                os.close(fd)

    def release(self) -> None:
        """Let others have it."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _try(self, path: Path) -> Lock:
        _make_folder(path)
        for _ in range(TRIES):
            fd = os.open(path, OPEN, 0o600)
            outcome = file_lock.try_hold(fd)
            if outcome is Lock.OURS and _is_file(fd, path):
                self._fd = fd
                return outcome
            os.close(fd)
            if outcome is not Lock.OURS:
                return outcome
        return Lock.NONE


def is_held() -> bool:
    """Whether a program that is alive has the lock."""
    for path in _ours():
        with contextlib.suppress(OSError):
            if file_lock.is_held(path):
                return True
    return False


def noted_addresses() -> list[str]:
    """Where a program says that it listens: garbage left out, but it may have died since."""
    found = []
    known = [Path(place).name for place in instance_address.places()]
    for path in _ours():
        with contextlib.suppress(OSError):
            address = os.fsdecode(_read(path))
            if os.path.isabs(address) and "\0" not in address and Path(address).name in known:
                found.append(address)
    return found


def _files() -> list[Path]:
    if sys.platform == "win32":
        return [paths.lock_file()]
    return [paths.lock_file(), *(Path(f"{place}.lock") for place in instance_address.places())]


def _ours() -> list[Path]:
    """Those that nobody else can have put there: in a shared folder another user may hold a lock for ever."""
    found = _files()[:1]
    for path in _files()[1:]:
        with contextlib.suppress(OSError):
            if own_socket.is_private(str(path.parent)):
                found.append(path)
    return found


def _make_folder(path: Path) -> None:
    if path == paths.lock_file():
        atomic_file.make_folder(path.parent)
    else:
        instance_address.make_private(path.parent)


def _write(fd: int, note: str) -> None:
    with contextlib.suppress(OSError):
        os.ftruncate(fd, 0)
        os.lseek(fd, 0, os.SEEK_SET)
        os.write(fd, os.fsencode(note))


def _read(path: Path) -> bytes:
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        return os.read(fd, LONGEST_NOTE) if stat.S_ISREG(os.fstat(fd).st_mode) else b""
    finally:
        os.close(fd)


def _is_file(fd: int, path: Path) -> bool:
    """Whether the file that was opened is still the one of this name."""
    try:
        return os.path.samestat(os.fstat(fd), os.stat(path))
    except OSError:
        return False
