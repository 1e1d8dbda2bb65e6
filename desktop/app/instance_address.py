"""Where the running program listens, and how it is found: by sockets that answer, never by what a file says.

The program notes its address in the lock file, because another process may have another environment. A note
proves nothing: only who answers there is alive.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

from desktop.app import own_socket
from desktop.base import paths

LONGEST_ADDRESS = 100
"""Characters of a Unix socket's path; the system takes 104 (macOS) or 108."""
CONNECT_S = 1.0
"""How long a program that hangs may keep others waiting: its queue of connections may be full."""


def places() -> list[str]:
    """The addresses at which a program with these settings may listen, the best first.

    Each folder of settings has a program of its own.
    """
    name = own_socket.name_of(os.path.realpath(paths.lock_file().parent))
    if sys.platform == "win32":
        return [rf"\\.\pipe\presstalk-{name}"]
    folder = f"presstalk-{os.getuid()}"
    found = [str(place / folder / name) for place in paths.runtime_folders()]
    return [place for place in found if len(os.fsencode(place)) <= LONGEST_ADDRESS]


def connect(noted: Sequence[str] = (), suffix: str = "") -> socket.socket:
    """A connection to the running program: at an address that was noted, or at one of the usual places.

    `suffix` is that of another address beside it. Not on Windows, where it is a named pipe.

    Raises:
        BlockingIOError: it is alive, but takes no connection.
        OSError: nobody listens.
    """
    last: OSError = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    for place in dict.fromkeys([*noted, *places()]):
        try:
            return _connect(place + suffix)
        except BlockingIOError:
            raise
        except OSError as exc:
            last = exc
    raise last


def is_alive(place: str) -> bool:
    """Whether a program listens at this address. On Windows a pipe can't be asked that: False."""
    if sys.platform == "win32":
        return False
    try:
        _connect(place).close()
    except BlockingIOError:
        return True
    except OSError:
        return False
    return True


def peer(line: socket.socket) -> int:
    """The process that listens at the other end, as the system knows it; 0 where it can't be told."""
    if sys.platform != "linux":
        return 0
    size = struct.calcsize("3i")
    pid, uid, _ = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return int(pid) if uid == os.getuid() and pid != os.getpid() else 0


def make_private(folder: Path) -> None:
    """Make a folder that only this user can read. Raises OSError if it isn't theirs, or has nowhere to be."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if sys.platform == "win32":
        return
    # By its descriptor: in a shared folder a name may be somebody else's link a moment later.
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if os.fstat(fd).st_uid != os.getuid():
            raise PermissionError(errno.EPERM, "the folder belongs to somebody else", str(folder))
        os.fchmod(fd, 0o700)
    finally:
        os.close(fd)


def _connect(place: str) -> socket.socket:
    if not own_socket.is_private(os.path.dirname(place)):
        raise PermissionError(errno.EPERM, "others can write there", place)
    line = socket.socket(socket.AF_UNIX)
    try:
        line.settimeout(CONNECT_S)
        try:
            line.connect(place)
        except TimeoutError as exc:
            raise BlockingIOError(errno.EAGAIN, "it takes no connection", place) from exc
        if not own_socket.is_ours(line):
            raise PermissionError(errno.EPERM, "it belongs to somebody else", place)
    except OSError:
        line.close()
        raise
    return line
