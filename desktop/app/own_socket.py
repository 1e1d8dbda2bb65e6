"""What proves that a socket is this user's: its folder, and who is at the other end.

It imports next to nothing, as `presstalk ptt` has to: `socket` alone takes longer than all of it.
"""

import _socket
import os
import stat
import sys

LOCAL_PEERCRED = 1
"""macOS's <sys/un.h>, at SOL_LOCAL, which is 0."""
FIELD = 4
"""Bytes of a field of what the system says about the other end: pid, uid, gid on Linux."""


def name_of(settings: str) -> str:
    """The name of the socket of the program with this folder of settings, its real path.

    A hash, because a socket's path is short: FNV-1a of 64 bits (Fowler, Noll, Vo). Nothing has to be kept
    secret, and hashlib loads OpenSSL.
    """
    found = 0xCBF29CE484222325
    for byte in os.fsencode(settings):
        found = (found ^ byte) * 0x100000001B3 % 2**64
    return f"{found:016x}"


def is_private(folder: str) -> bool:
    """Whether this is a folder of this user's that nobody else can write. Raises OSError if there is none.

    In /tmp anybody can make a folder of any name, or a link to one.
    """
    if sys.platform == "win32":
        return True
    found = os.lstat(folder)
    return found.st_uid == os.getuid() and stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o022


def is_ours(line: _socket.socket) -> bool:
    """Whether a process of this user's is at the other end, as the system says; True where it can't be
    told."""
    if sys.platform == "linux":
        return _field(line.getsockopt(_socket.SOL_SOCKET, _socket.SO_PEERCRED, 3 * FIELD), 1) == os.getuid()
    if sys.platform == "darwin":
        # `struct xucred`: cr_version, cr_uid, …
        return _field(line.getsockopt(0, LOCAL_PEERCRED, 76), 1) == os.getuid()
    return True


def _field(credentials: bytes, index: int) -> int:
    return int.from_bytes(credentials[index * FIELD : (index + 1) * FIELD], sys.byteorder)
