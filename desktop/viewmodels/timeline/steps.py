"""From one time to the next or the last: by frame, by mark, by turn. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence


def after(times: Sequence[int], t_us: float) -> int | None:
    """The first time behind this one, in a rising sequence; None where there is none."""
    place = bisect_right(times, t_us)
    return times[place] if place < len(times) else None


def before(times: Sequence[int], t_us: float) -> int | None:
    """The last time before this one; None where there is none."""
    place = bisect_left(times, t_us)
    return times[place - 1] if place else None


def nearest(times: Sequence[int], t_us: float, within_us: float) -> int | None:
    """The place of the nearest time, at most so far away; the last of equal ones. None: none is so near."""
    place = bisect_right(times, t_us)
    near = [at for at in (place - 1, place) if 0 <= at < len(times)]
    best = min(near, key=lambda at: abs(times[at] - t_us), default=None)
    return best if best is not None and abs(times[best] - t_us) <= within_us else None
