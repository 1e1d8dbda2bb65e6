"""Where the running program listens, and how it is found: by sockets that answer, never by what a file says.

The program notes its address in the lock file, because another process may have another environment. A note
proves nothing: only who answers there is alive.
"""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import stat
import struct
import sys
from collections.abc import Sequence
from multiprocessing.connection import Client, Connection
from pathlib import Path

from desktop.base import paths

LONGEST_ADDRESS = 100
"""Characters of a Unix socket's path; the system takes 104 (macOS) or 108."""
CONNECT_S = 1.0
"""How long a program that hangs may keep others waiting: its queue of connections may be full."""


def places() -> list[str]:
    """The addresses at which a program with these settings may listen, the best first.

    Each folder of settings has a program of its own.
    """
    settings = os.path.realpath(paths.lock_file().parent)
    name = hashlib.sha256(os.fsencode(settings)).hexdigest()[:16]
    if sys.platform == "win32":
        return [rf"\\.\pipe\presstalk-{name}"]
    folder = f"presstalk-{os.getuid()}"
    found = [str(place / folder / name) for place in paths.runtime_folders()]
    return [place for place in found if len(os.fsencode(place)) <= LONGEST_ADDRESS]


def connect(noted: Sequence[str] = ()) -> Connection[bytes, bytes]:
    """A connection to the running program: at an address that was noted, or at one of the usual places.

    Raises:
        BlockingIOError: it is alive, but takes no connection.
        OSError: nobody listens.
    """
    if sys.platform == "win32":
        return Client(places()[0])
    last: OSError = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    for place in dict.fromkeys([*noted, *places()]):
        try:
            return _connect(place)
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


def peer(connection: Connection[bytes, bytes]) -> int:
    """The process that listens at the other end, as the system knows it; 0 where it can't be told."""
    if sys.platform != "linux":
        return 0
    size = struct.calcsize("3i")
    with socket.socket(fileno=os.dup(connection.fileno())) as line:
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


def _connect(place: str) -> Connection[bytes, bytes]:
    if not is_private(Path(place).parent):
        raise PermissionError(errno.EPERM, "others can write there", place)
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(CONNECT_S)
        try:
            line.connect(place)
        except TimeoutError as exc:
            raise BlockingIOError(errno.EAGAIN, "it takes no connection", place) from exc
        if not is_ours(line):
            raise PermissionError(errno.EPERM, "it belongs to somebody else", place)
        line.setblocking(True)
        return Connection(line.detach())


def is_private(folder: Path) -> bool:
    """Whether this is a folder of this user's that nobody else can write. Raises OSError if there is none.

    In /tmp anybody can make a folder of any name, or a link to one.
    """
    if sys.platform == "win32":
        return True
    found = os.lstat(folder)
    return found.st_uid == os.getuid() and stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o022


def is_ours(line: socket.socket) -> bool:
    """Whether a process of this user's is at the other end, as the system says; True where it can't be
    told."""
    if sys.platform == "linux":
        size = struct.calcsize("3i")
        _, uid, _ = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    elif sys.platform == "darwin":
        # `struct xucred` of <sys/un.h>: cr_version, cr_uid, …; LOCAL_PEERCRED is 1, at SOL_LOCAL, which is 0.
        _, uid = struct.unpack_from("=II", line.getsockopt(0, 1, 76))
    else:
        return True
    return bool(uid == os.getuid())
