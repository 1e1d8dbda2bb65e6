"""Where the interpreter leaves its stack when it dies, and those of earlier deaths."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import IO

STACK_FILE = "crash.txt"
KEPT = 5
"""Files of earlier deaths, `crash-1.txt` being the last one."""
LONGEST = 256_000
"""Bytes that are kept of each; a stack of forty threads has a fifth of it."""


def open_stack_file(folder: Path) -> IO[str]:
    """A new file for this run's death, for this user's eyes only (0600). Raises OSError."""
    path = folder / STACK_FILE
    if _is_worth_keeping(path):
        _rotate(folder)
    file = open(path, "w", encoding="utf-8", opener=_private)
    with contextlib.suppress(OSError, AttributeError):
        os.fchmod(file.fileno(), 0o600)
    return file


def earlier(folder: Path) -> list[Path]:
    """The places of earlier deaths, the last one first."""
    return [folder / f"crash-{number}.txt" for number in range(1, KEPT + 1)]


def _is_worth_keeping(path: Path) -> bool:
    """Whether it says anything, or isn't ours: then it is put aside, not written into."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return found.st_size > 0 or not stat.S_ISREG(found.st_mode)


def _rotate(folder: Path) -> None:
    places = [folder / STACK_FILE, *earlier(folder)]
    for older, newer in zip(reversed(places), reversed(places[:-1]), strict=False):
        with contextlib.suppress(OSError):
            os.replace(newer, older)
    last = places[1]
    with contextlib.suppress(OSError):
        if stat.S_ISREG(last.lstat().st_mode):
            last.chmod(0o600)
            if last.stat().st_size > LONGEST:
                os.truncate(last, LONGEST)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
