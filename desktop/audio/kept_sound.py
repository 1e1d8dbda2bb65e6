"""Samples as the device gave them, which nobody has asked for yet: only the newest of them may be wanted."""

from __future__ import annotations

from collections import deque

import numpy as np

from desktop.audio.format import Samples

KEPT_MS = 600
"""The longest pre-roll (500 ms), and what a resampler needs to forget that sound was left out before it."""


class KeptSound:
    """Mono samples in the order in which they came.

    Args:
        rate: Hz.
    """

    def __init__(self, rate: int) -> None:
        self._most = rate * KEPT_MS // 1_000
        self._kept: deque[Samples] = deque()
        self._count = 0

    def push(self, samples: Samples) -> None:
        """The next samples."""
        if len(samples):
            self._kept.append(samples)
            self._count += len(samples)

    def trim(self) -> None:
        """Forget all but the newest KEPT_MS."""
        while self._kept and self._count - len(self._kept[0]) >= self._most:
            self._count -= len(self._kept.popleft())
        if self._count > self._most:
            first = self._kept.popleft()
            self._kept.appendleft(first[self._count - self._most :].copy())  # a view would keep all of it
            self._count = self._most

    def take(self) -> Samples:
        """All that is kept; it is forgotten."""
        if len(self._kept) == 1:
            taken = self._kept.popleft()
        else:
            taken = np.concatenate([np.zeros(0, dtype=np.float32), *self._kept])
            self._kept.clear()
        self._count = 0
        return taken
