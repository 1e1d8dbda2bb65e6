"""Whether the computer's clock can be believed, before anything is deleted for its age. It blocks.

A clock that has lost its battery says anything. If all that looks old were deleted then, the whole history
would be gone at one start.
"""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from desktop.base import atomic_file
from desktop.base.plain_file import read_plain

log = logging.getLogger(__name__)

FILE = ".clock"
LARGEST_FILE = 1_000
"""Bytes."""
DAY_S = 86_400.0
JUMP_S = 31 * DAY_S
"""From one start to the next. A longer holiday is a jump too: then what is old is deleted a month later."""
DISTRUST_S = 31 * DAY_S
"""How long nothing is deleted after a jump: at the next start, the clock would agree with the one before."""


class Seen(msgspec.Struct, frozen=True):
    """The last start, in seconds since 1970 by this computer's clock."""

    at: float
    distrusted_until: float


def is_trusted(folder: Path, now: float, newest: float) -> bool:
    """Whether the clock goes on from the last start, and has done so for a month since it last jumped.

    Remembers this start in the folder. Raises OSError.

    Args:
        folder: of the conversations.
        now: seconds since 1970.
        newest: when a file of ours was last written there, which stands for a start that wasn't remembered.
    """
    seen = _seen(folder / FILE) or Seen(newest, 0.0)
    until = seen.distrusted_until
    if abs(now - seen.at) > JUMP_S:
        log.info("the clock has jumped: nothing is deleted for its age for a month")
        until = now + DISTRUST_S
    atomic_file.write(folder / FILE, msgspec.json.encode(Seen(now, until)))
    return now >= until


def _seen(path: Path) -> Seen | None:
    try:
        return msgspec.json.decode(read_plain(path, LARGEST_FILE), type=Seen)
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
