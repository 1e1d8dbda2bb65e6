"""Files that are written whole or not at all: a full disk or a kill leaves what was there before."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def write(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file in one step. Blocks until the data is on the disk.

    Args:
        path: the file; its folder must exist. What a symbolic link points to is written, the link stays.
        private: for this user's eyes only (0600); otherwise an existing file keeps its mode, and a new one
            gets the usual one.

    Raises:
        OSError: it could not be written; the file is as it was.
    """
    path = Path(os.path.realpath(path))
    part = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(part, flags, 0o600 if private else 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if not private and path.exists():
            os.chmod(part, path.stat().st_mode & 0o777)
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise
