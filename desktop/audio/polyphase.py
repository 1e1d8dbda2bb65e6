"""A resampler that holds back as little as its filter allows: 2.4 ms at 24 kHz, 3.6 ms at 16 kHz.

A low-pass filter of linear phase (a sinc under a Kaiser window), cut into one short filter for each place
that an output sample can have between two input samples: a polyphase filter bank.

What it holds back is half of the filter, and that is set by the width of the band in which the filter falls:
here the upper eighth of the lower rate's band. See J. F. Kaiser, "Nonrecursive digital filter design using
the I0-sinh window function", 1974, for the window's shape and the length that an attenuation needs.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from desktop.audio.format import Samples

ATTENUATION_DB = 108.0
"""Of aliases and images; 16-bit samples have 98 dB."""
PASSBAND = 0.44
"""The end of the flat part, as a share of the lower rate: 10.6 kHz at 24 kHz. It has fallen at 0.5."""
MOST_PHASES = 1_000
"""Filters that are worth their memory. 44.1 to 16 kHz needs 160, 44.1 to 24 kHz 80, 48 to 24 kHz one."""
FEW_PHASES = 8
"""Up to here each is applied to all of its output samples at once."""
MOST_AT_ONCE = 2_400
"""Output samples: with many phases the input is copied for each of them."""


def suits(in_rate: int, out_rate: int) -> bool:
    """Whether these rates in Hz have few enough phases."""
    return out_rate // math.gcd(in_rate, out_rate) <= MOST_PHASES


class PolyphaseFilter:
    """One stream of mono float32. An output sample's time is exactly that of the input: no shift.

    Args:
        in_rate, out_rate: Hz; they must suit.
    """

    def __init__(self, in_rate: int, out_rate: int) -> None:
        common = math.gcd(in_rate, out_rate)
        self._up, self._down = out_rate // common, in_rate // common
        self._filters = _filters(self._up, self._down)
        self._taps = self._filters.shape[1]
        self.clear()

    def clear(self) -> None:
        """Begin a new stream."""
        # As if silence had come before, so that the first output sample is that of the first input sample.
        self._input: Samples = np.zeros(self._taps // 2 - 1, dtype=np.float32)
        # The next output sample's filter begins at this place of the input, in parts of a sample.
        self._next = 0

    def push(self, samples: Samples) -> Samples:
        """The output samples for which enough input is there now."""
        self._input = np.concatenate([self._input, samples])
        last = (len(self._input) - self._taps + 1) * self._up - 1
        count = max(0, (last - self._next) // self._down + 1)
        out = np.empty(count, dtype=np.float32)
        if count:
            (self._few if self._up <= FEW_PHASES else self._many)(out)
        self._next += count * self._down
        done = min(self._next // self._up, len(self._input))
        self._input = self._input[done:].copy()
        self._next -= done * self._up
        return out

    def finish(self) -> Samples:
        """What is held back."""
        return self.push(np.zeros(self._taps // 2, dtype=np.float32))

    def _few(self, out: Samples) -> None:
        for first in range(min(self._up, len(out))):
            start, phase = divmod(self._next + first * self._down, self._up)
            count = len(range(first, len(out), self._up))
            # As numpy's `as_strided` makes it, which takes longer than the sum itself.
            rows: Samples = np.ndarray(
                (count, self._taps), np.float32, self._input, offset=4 * start, strides=(4 * self._down, 4)
            )
            np.einsum("ij,j->i", rows, self._filters[phase], out=out[first :: self._up])

    def _many(self, out: Samples) -> None:
        rows = np.lib.stride_tricks.sliding_window_view(self._input, self._taps)
        starts, phases = np.divmod(self._next + self._down * np.arange(len(out)), self._up)
        for at in range(0, len(out), MOST_AT_ONCE):
            part = slice(at, at + MOST_AT_ONCE)
            np.einsum("ij,ij->i", rows[starts[part]], self._filters[phases[part]], out=out[part])


@lru_cache(maxsize=8)
def _filters(up: int, down: int) -> Samples:
    """The taps of each phase, in the order of the input: shape (up, taps). They sum up to 1."""
    lower = min(1.0, up / down)  # the lower rate, in samples of the input
    width = (0.5 - PASSBAND) * lower
    middle = (0.5 + PASSBAND) / 2 * lower
    half = math.ceil((ATTENUATION_DB - 7.95) / (14.36 * width) / 2)
    beta = 0.1102 * (ATTENUATION_DB - 8.7)
    away = (
        np.arange(up)[:, None] / up + half - 1 - np.arange(2 * half)[None, :]
    )  # from the output, in samples
    window = np.i0(beta * np.sqrt(np.clip(1 - (away / half) ** 2, 0, 1)))
    taps = np.sinc(2 * middle * away) * window
    return np.asarray(taps / taps.sum(axis=1, keepdims=True), dtype=np.float32)
