"""The outline of a track: the lowest and the highest sample of each 10 ms, and of ever longer stretches.

What is painted of an hour is then never more than a few values a pixel. It grows as sound comes, and takes
2.7 bytes for each 480 of sound: 10 MB at most for the longest recording.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BIN = 240
"""Samples of a pair: 10 ms at 24 kHz, 15 ms at 16 kHz."""
BIN_BYTES = 2 * BIN
FACTOR = 4
"""How many pairs of a level are one of the next."""
LEVELS = 9
"""The coarsest has a pair for 11 minutes."""
MOST_PAIRS = 2_600_000
"""Of a track: 7 hours of sound, more than a recording holds. What comes after them has no outline."""
FULL = 127
"""The outline's value for full scale: samples are PCM16, and an outline has 8 bits."""

Pairs = NDArray[np.int8]
"""Shape (pairs, 2): the lowest and the highest."""


def outline(pcm: bytes) -> Pairs:
    """The pairs of whole bins of PCM16; what is left at the end has none."""
    whole = len(pcm) // BIN_BYTES * BIN_BYTES
    samples = np.frombuffer(pcm[:whole], "<i2").reshape(-1, BIN)
    pairs = np.empty((len(samples), 2), np.int8)
    pairs[:, 0] = samples.min(axis=1) >> 8
    pairs[:, 1] = samples.max(axis=1) >> 8
    return pairs


class Peaks:
    """The outline of one track, from its first byte on."""

    def __init__(self) -> None:
        self._levels = [np.zeros((64, 2), np.int8) for _ in range(LEVELS)]
        self._counts = [0] * LEVELS
        self._rest = b""

    def __len__(self) -> int:
        return self._counts[0]

    @property
    def taken(self) -> int:
        """How much sound it has taken, in bytes."""
        return self._counts[0] * BIN_BYTES + len(self._rest)

    def add(self, pcm: bytes) -> None:
        """More of the track."""
        data = self._rest + pcm
        whole = len(data) // BIN_BYTES * BIN_BYTES
        self._rest = data[whole:]
        if whole:
            self.add_pairs(outline(data[:whole]))

    def add_pairs(self, pairs: Pairs) -> None:
        """More of the outline, as it was kept: shape (pairs, 2)."""
        pairs = pairs[: max(0, MOST_PAIRS - self._counts[0])]
        for level in range(LEVELS):
            if not len(pairs):
                return
            first = self._counts[level]
            self._put(level, pairs)
            # Those that make whole pairs of the next level together with what was there before.
            begin = first // FACTOR * FACTOR
            end = self._counts[level] // FACTOR * FACTOR
            pairs = folded(self._levels[level][begin:end])

    def pairs(self, level: int, first: int = 0, last: int | None = None) -> Pairs:
        """The pairs of a level from `first` to before `last`, an unfinished one at the end included.

        A pair of a level stands for `BIN * FACTOR**level` samples.
        """
        count = self._counts[level]
        last = self.count(level) if last is None else last
        found = self._levels[level][first : min(last, count)]
        rest = self._levels[0][max(first, count) * FACTOR**level : self._counts[0]]
        if level and last > count and len(rest):
            low, high = rest[:, 0].min(), rest[:, 1].max()
            found = np.vstack([found, np.array([[low, high]], np.int8)])
        return found

    def count(self, level: int) -> int:
        """How many pairs a level has, an unfinished one at the end included."""
        step: int = FACTOR**level
        return -(-self._counts[0] // step)

    def _put(self, level: int, pairs: Pairs) -> None:
        count = self._counts[level] + len(pairs)
        held = self._levels[level]
        if count > len(held):
            larger = np.zeros((max(count, 2 * len(held)), 2), np.int8)
            larger[: self._counts[level]] = held[: self._counts[level]]
            self._levels[level] = held = larger
        held[self._counts[level] : count] = pairs
        self._counts[level] = count


def folded(pairs: Pairs) -> Pairs:
    """Each four pairs as one; their number is a multiple of four."""
    groups = pairs.reshape(-1, FACTOR, 2)
    made = np.empty((len(groups), 2), np.int8)
    made[:, 0] = groups[:, :, 0].min(axis=1)
    made[:, 1] = groups[:, :, 1].max(axis=1)
    return made
