"""Times and numbers of a file within the bounds in which they can be shown, compared and exported.

A file can say 9999-12-31 or a time without a zone. Then this computer's time zone would lead out of the
calendar, and two times couldn't be compared.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
"""Before it some systems know no local time."""
LATEST = datetime(2999, 12, 30, tzinfo=UTC)
"""The same, less a day for any zone. Source: Microsoft's `localtime_s`, which ends with the year 3000."""
LONGEST_MS = 86_400_000.0 * 366
"""A year; no tool runs as long."""
MOST = 2**53
"""Every program that reads JSON has whole numbers up to it."""


def time(at: datetime) -> datetime:
    """The time with a zone, UTC if it has none, within EARLIEST and LATEST."""
    if at.year <= EARLIEST.year:
        return max(EARLIEST, _zoned(at)) if at.year == EARLIEST.year else EARLIEST
    if at.year >= LATEST.year:
        return min(LATEST, _zoned(at)) if at.year == LATEST.year else LATEST
    return _zoned(at)


def optional_time(at: datetime | None) -> datetime | None:
    """The same, where there may be none."""
    return None if at is None else time(at)


def duration_ms(ms: float) -> float:
    """A duration from 0 to a year, in ms; 0 where it is no number."""
    return min(max(ms, 0.0), LONGEST_MS) if not math.isnan(ms) else 0.0


def count(number: int) -> int:
    """A number that counts something: 0 or more, and none that other programs can't read."""
    return min(max(number, 0), MOST)


def _zoned(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
