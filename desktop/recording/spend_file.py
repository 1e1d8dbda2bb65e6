"""What was spent on each day, kept across starts: `spend.json` in the data folder. It has no words.

Programs that run side by side (the window, commands) add to it one after the other: each hands over what it
has spent itself, and gets the sum of all. So nobody's figures are overwritten.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from desktop.base import atomic_file, file_lock, json_depth, paths
from desktop.base.plain_file import read_plain
from desktop.cost.days import Days

log = logging.getLogger(__name__)

FILE = "spend.json"
LOCK = "spend.lock"
"""Beside the file, which itself is another one after each write."""
VERSION = 1
LARGEST = 4_000_000
"""Bytes: 400 days of 100 models each are less."""


def load() -> Days:
    """The days so far; none where they can't be read. Blocks."""
    try:
        return _read(paths.data() / FILE)
    except OSError as exc:
        log.warning("what was spent earlier can't be read: %s", type(exc).__name__)
        return Days()


def add(spent: Days) -> Days | None:
    """Add this to the file. Blocks.

    Returns:
        all days as they are now; None if they could not be written, and `spent` is still to be added.
    """
    try:
        path = paths.data() / FILE
        with _locked(path.with_name(LOCK)):
            days = _read(path)
            if spent:
                days.merge(spent)
                data = msgspec.json.encode({"version": VERSION, "days": days.to_builtins()})
                atomic_file.write(path, data, private=True)
            return days
    except OSError as exc:
        log.warning("what was spent can't be kept: %s", exc.strerror)
        return None


def _read(path: Path) -> Days:
    """Raises OSError where nobody can tell what is there; what is there and spoilt is as nothing."""
    try:
        read = json_depth.decode(read_plain(path, LARGEST))
    except FileNotFoundError:
        return Days()
    except (ValueError, RecursionError) as exc:
        log.warning("what was spent earlier can't be read: %s", type(exc).__name__)
        return Days()
    return Days.from_builtins(read.get("days") if isinstance(read, dict) else None)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    # On a file system without locks it goes on without one: that loses figures only when two write at once.
    fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        file_lock.hold(fd)
        yield
    finally:
        os.close(fd)
