"""What is painted of a track: for each pixel the lowest and the highest sample. No Qt.

It costs the same for a minute and for ten hours: zoomed out, the coarsest pairs that are still finer than a
pixel are put where they belong; zoomed in, each pixel looks up its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop.viewmodels.timeline.peaks import BIN_BYTES, FACTOR, LEVELS, Peaks
from desktop.viewmodels.timeline.records import SAMPLE_BYTES, Clip
from desktop.viewmodels.timeline.time_scale import TimeScale

FINER = 2
"""Pairs to a pixel, at the least, where they are put where they belong."""


@dataclass(frozen=True, slots=True)
class Wave:
    """For each pixel the lowest and the highest, -128 to 127; where nothing is, `low` is above `high`."""

    low: NDArray[np.int8]
    high: NDArray[np.int8]

    @property
    def some(self) -> NDArray[np.bool_]:
        """Where there is sound."""
        return self.low <= self.high


class PlacedClips:
    """The clips of one side as arrays, for as long as they don't change."""

    def __init__(self, clips: Sequence[Clip]) -> None:
        self.begin = np.array([clip.begin_us for clip in clips], np.float64)
        self.offset = np.array([clip.offset for clip in clips], np.int64)
        self.size = np.array([clip.size for clip in clips], np.int64)
        self.rate = np.array([clip.rate for clip in clips], np.float64)
        self.heard = np.array([clip.heard for clip in clips], np.bool_)
        self.end = self.begin + self.size * 1e6 / (SAMPLE_BYTES * self.rate)
        self.by_offset = np.argsort(self.offset, kind="stable")
        self.by_time = np.argsort(self.begin, kind="stable")

    def __len__(self) -> int:
        return len(self.begin)


def waves(peaks: Peaks, clips: PlacedClips, scale: TimeScale) -> tuple[Wave, Wave]:
    """What was heard, or sent, and what was not heard, at this scale."""
    made = [(np.full(scale.width, 127, np.int8), np.full(scale.width, -128, np.int8)) for _ in range(2)]
    if len(clips) and len(peaks) and scale.width > 0:
        in_sight = (clips.end > scale.begin_us) & (clips.begin < scale.end_us)
        if in_sight.any():
            pair_us = BIN_BYTES * 1e6 / (SAMPLE_BYTES * float(clips.rate[in_sight].min()))
            if scale.us_per_px < FINER * pair_us:
                _look_up(peaks, clips, scale, made)
            else:
                _place(peaks, clips, scale, in_sight, pair_us, made)
    return Wave(*made[0]), Wave(*made[1])


Made = Sequence[tuple[NDArray[np.int8], NDArray[np.int8]]]


def _look_up(peaks: Peaks, clips: PlacedClips, scale: TimeScale, made: Made) -> None:
    """Each pixel's own pairs."""
    order = clips.by_time
    for shift in (0.0, 0.999):
        times = scale.begin_us + (np.arange(scale.width) + shift) * scale.us_per_px
        place = np.searchsorted(clips.begin[order], times, "right") - 1
        clip = order[np.maximum(place, 0)]
        inside = (place >= 0) & (times < clips.end[clip])
        behind = (times - clips.begin[clip]) * clips.rate[clip] / 1e6 * SAMPLE_BYTES
        pair = (clips.offset[clip] + behind.astype(np.int64)) // BIN_BYTES
        inside &= (pair >= 0) & (pair < len(peaks))
        if not inside.any():
            continue
        first = int(pair[inside].min())
        found = peaks.pairs(0, first, int(pair[inside].max()) + 1)
        for heard, (low, high) in zip((True, False), made, strict=True):
            at = np.flatnonzero(inside & (clips.heard[clip] == heard))
            values = found[pair[at] - first]
            low[at] = np.minimum(low[at], values[:, 0])
            high[at] = np.maximum(high[at], values[:, 1])


def _place(
    peaks: Peaks,
    clips: PlacedClips,
    scale: TimeScale,
    in_sight: NDArray[np.bool_],
    pair_us: float,
    made: Made,
) -> None:
    """Pairs of the level that fits, where they belong."""
    level = 0
    while level + 1 < LEVELS and pair_us * FACTOR ** (level + 1) * FINER <= scale.us_per_px:
        level += 1
    step = BIN_BYTES * FACTOR**level
    first = max(0, int(clips.offset[in_sight].min()) // step)
    last = min(peaks.count(level), -(-int((clips.offset + clips.size)[in_sight].max()) // step))
    if last <= first:
        return
    found = peaks.pairs(level, first, last)
    middle = np.minimum((np.arange(first, first + len(found)) + 0.5) * step, peaks.taken - 1)
    order = clips.by_offset
    place = np.searchsorted(clips.offset[order], middle, "right") - 1
    clip = order[np.maximum(place, 0)]
    behind = middle - clips.offset[clip]
    times = clips.begin[clip] + behind * 1e6 / (SAMPLE_BYTES * clips.rate[clip])
    column = ((times - scale.begin_us) / scale.us_per_px).astype(np.int64)
    inside = (place >= 0) & (behind < clips.size[clip]) & (times >= scale.begin_us) & (column < scale.width)
    for heard, (low, high) in zip((True, False), made, strict=True):
        at = inside & (clips.heard[clip] == heard)
        np.minimum.at(low, column[at], found[at, 0])
        np.maximum.at(high, column[at], found[at, 1])
