"""What a recording's numbers can be: one may come from anybody, and larger ones would fill the memory."""

from __future__ import annotations

import msgspec

from desktop.base import json_depth
from desktop.recording import sane_values
from desktop.recording.folder.layout import FrameLine, SessionInfo

LONGEST_LINE = 40_000_000
"""Bytes of a line, and of a frame in it: one has 16 MiB at most, and as JSON in a text twice that."""
MOST_SESSIONS = 10_000
"""A reconnect each: more than one every minute for a week."""
HIGHEST_RATE = 768_000
LATEST_US = 366 * 86_400 * 1_000_000
"""A year: no recording is longer."""


def session(info: SessionInfo) -> SessionInfo:
    """It with numbers that can be reckoned with, and values that can be shown."""
    parts = tuple(
        msgspec.structs.replace(
            part, t=_within(part.t), input_rate=_rate(part.input_rate), output_rate=_rate(part.output_rate)
        )
        for part in info.sessions[:MOST_SESSIONS]
    )
    return msgspec.structs.replace(
        info,
        began=sane_values.time(info.began),
        monotonic_us=_within(info.monotonic_us, 2**62),
        sessions=parts,
        config=json_depth.pruned(info.config),
        ended_us=None if info.ended_us is None else _within(info.ended_us),
    )


def _within(number: int, most: int = LATEST_US) -> int:
    return min(max(number, 0), most)


def _rate(rate: int) -> int:
    return rate if 0 < rate <= HIGHEST_RATE else 0


def holds(line: FrameLine) -> bool:
    """Whether a frame can have been like this: a larger one would fill the memory."""
    sound = line.sound
    placed = sound is None or (
        0 <= sound.bytes <= LONGEST_LINE and 0 <= sound.offset < 2**62 and -1 <= sound.at <= LONGEST_LINE
    )
    return 0 <= line.t <= LATEST_US and 0 <= line.size <= LONGEST_LINE and placed
