"""What was spent on each day, kept across starts: `spend.json` in the data folder. It has no words."""

from __future__ import annotations

import logging
from typing import Any

import msgspec

from desktop.base import atomic_file, json_depth, paths
from desktop.base.plain_file import read_plain

log = logging.getLogger(__name__)

FILE = "spend.json"
VERSION = 1
LARGEST = 4_000_000
"""Bytes: 400 days of 100 models each are less."""


def load() -> object:
    """The days, for `cost.ledger.Ledger.read_days`; None where there are none. Blocks."""
    try:
        read = json_depth.decode(read_plain(paths.data() / FILE, LARGEST))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as exc:
        log.warning("what was spent earlier can't be read: %s", type(exc).__name__)
        return None
    return read.get("days") if isinstance(read, dict) else None


def save(days: dict[str, Any]) -> None:
    """Write the days. Blocks; a disk that is full costs the figures of the last start at most."""
    data = msgspec.json.encode({"version": VERSION, "days": days})
    try:
        atomic_file.write(paths.data() / FILE, data, private=True)
    except OSError as exc:
        log.warning("what was spent can't be kept: %s", exc.strerror)
