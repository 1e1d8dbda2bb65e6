"""The microphone's gain: a factor that moves in a ramp, so that a change is never a click."""

from __future__ import annotations

import numpy as np

from desktop.audio.format import BLOCK_MS, Samples
from desktop.audio.gain_bounds import bounded_db


class InputGain:
    """Amplifies mono samples before they are measured: what is too loud then, a meter calls clipped.

    Args:
        rate: Hz of what is amplified; a ramp takes one block of it.
    """

    def __init__(self, rate: int) -> None:
        self._ramp = max(1, rate * BLOCK_MS // 1000)
        self._target = self._now = 1.0
        self._left = 0
        """Samples until the gain is what it is to be."""

    def set_db(self, gain_db: float) -> None:
        """The gain that the samples to come move to, in dB, within bounds."""
        self._target = float(10 ** (bounded_db(gain_db) / 20))
        self._left = 0 if self._target == self._now else self._ramp

    def begin(self) -> None:
        """Nothing was heard before the next samples: they have the gain from the first one on."""
        self._now, self._left = self._target, 0

    def apply(self, samples: Samples) -> Samples:
        """The samples with their gain."""
        if not self._left:
            return samples if self._now == 1.0 else samples * np.float32(self._now)
        steps = min(self._left, len(samples))
        end = self._now + (self._target - self._now) * steps / self._left
        gains = np.full(len(samples), self._target, dtype=np.float32)
        gains[:steps] = np.linspace(self._now, end, steps + 1, dtype=np.float32)[1:]
        self._left -= steps
        self._now = end if self._left else self._target
        return samples * gains
