"""Gives memory back to the system that the program doesn't need any more."""

from __future__ import annotations

import ctypes
import linecache
import sys

LARGE = 256 * 1024
"""Bytes of a block that goes back to the system as soon as it is freed."""
_M_MMAP_THRESHOLD = -3
"""glibc's malloc.h."""


def return_large_blocks() -> bool:
    """Have glibc return each large block at once; whether it does from now on. Elsewhere that is the rule.

    By itself it raises the threshold to the largest block that was ever freed. After a frame of 16 MB such
    blocks then come from the heap, which can't shrink below what was put on top of them meanwhile: 50 MB.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        return bool(ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE))
    except (OSError, AttributeError):  # another C library
        return False


def forget_sources() -> None:
    """Drop the source of all modules: PySide looks into each that is imported after it. 10 MB."""
    linecache.clearcache()
