"""Whether the speaker has stopped: the newest sound of a stream is no louder than its own noise.

    push: remembered         fell_silent: short powers in four bands -> the quietest of the last seconds
    (nothing is worked out)  is the noise -> the newest are as quiet, for long enough

Four bands, because a final "s" has its power where a fan has none, and a "th" is weak everywhere else. The
noise is the quietest 60 ms of each band: speech leaves each of them alone now and then. Where that isn't so,
and under music, nothing is ever silent and the tail keeps its length: a wait costs 0.2 s, a cut costs a word.

Measured with 100 sentences of the demo's voice, their keys let go every 20 ms from 0.3 s before their ends:
with 60 ms of silence one take in ten lost something, up to 190 ms, for the mouth is shut as long before the
burst of a final "t" or "p" (up to 85 ms). With the lengths below none does, at -25 and -45 dBFS, in a quiet
room and beside a fan; `tests/benchmarks/tail.py` measures it.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np
import numpy.typing as npt

from desktop.audio.format import Samples

HISTORY_S = 3.0
"""What is compared with: long enough for the pause that nearly every sentence has."""
HOP_MS = 10
FRAME_MS = 20
"""Of one power: shorter ones of noise scatter too much, longer ones blur the burst of a stop."""
SMOOTH = 5
"""Frames (60 ms) whose mean is the noise: of single frames the quietest is 5 dB below it."""
BANDS_HZ = ((80, 600), (600, 1_500), (1_500, 3_500), (3_500, 8_000))
"""Vowels and murmurs, vowels alone, bursts, hissing. Below is hum, above are no words."""
SILENT_MS = 100
"""Longer than the pause within a word. Whoever stopped 0.1 s before the key-up waits 0.02 s."""
SILENT_IN_NOISE_MS = 120
"""The same where noise hides the last of a word, and the beginning of a burst."""
CLEAR_DB = 35.0
"""Speech this far above the noise has nothing hidden by it."""
AUDIBLE_DB = 21.0
"""Speech no further above the noise is not told from it: the tail keeps its length."""
LOUD_PERCENTILE = 95
"""The share of powers below what counts as the loudness of the speech."""
MEAN_DB = 4.0
"""How far the mean of the newest powers of a band may be above its noise."""
ONE_DB = 8.0
"""How far each of them may be. Both are what a fan's noise reaches by chance."""
LEAST_DB = -84.0
"""Of full scale. Whatever is quieter is silence: two steps of 16 bits, and gates that send zeros."""

_LEAST = 10 ** (LEAST_DB / 10)
_MOST = 10.0
Powers = npt.NDArray[np.float64]


class SilenceDetector:
    """Listens to one stream of mono samples. Pure: no clock, no device; `fell_silent` costs 1 ms at first.

    Args:
        rate: Hz.
    """

    def __init__(self, rate: int) -> None:
        rate = max(rate, 1_000 // HOP_MS)
        self._hop = rate * HOP_MS // 1_000
        self._frame = rate * FRAME_MS // 1_000
        self._most = round(HISTORY_S * 1_000 / HOP_MS)
        hertz = np.fft.rfftfreq(self._frame, 1 / rate)
        self._bands = [(hertz >= low) & (hertz < high) for low, high in BANDS_HZ]
        self._window = np.hanning(self._frame).astype(np.float32)
        self._scale = 2 / (self._frame * max(float(np.sum(self._window**2)), 1e-9))
        self._unheard: deque[Samples] = deque()
        self._count = 0
        self._rest: Samples = np.zeros(0, dtype=np.float32)
        self._powers: Powers = np.zeros((0, len(BANDS_HZ)))

    def push(self, samples: Samples) -> None:
        """The next samples of the stream."""
        self._unheard.append(samples)
        self._count += len(samples)
        while self._count - len(self._unheard[0]) > (self._most + 1) * self._hop:
            self._count -= len(self._unheard.popleft())
            self._rest = self._rest[:0]

    def clear(self) -> None:
        """What comes next has nothing to do with what came before."""
        self._unheard.clear()
        self._count = 0
        self._rest, self._powers = self._rest[:0], self._powers[:0]

    @property
    def fell_silent(self) -> bool:
        """Whether somebody has spoken in the last seconds, and is heard no more."""
        self._listen()
        smooth = _means(self._powers, SMOOTH)
        if not len(smooth):
            return False
        noise = smooth.min(axis=0)
        above = _decibels(_percentile(self._powers.sum(axis=1), LOUD_PERCENTILE) / float(noise.sum()))
        if above < AUDIBLE_DB:
            return False
        newest = self._powers[-(SILENT_MS if above >= CLEAR_DB else SILENT_IN_NOISE_MS) // HOP_MS :]
        quiet = newest.mean(axis=0) <= noise * 10 ** (MEAN_DB / 10)
        calm = newest.max(axis=0) <= noise * 10 ** (ONE_DB / 10)
        return bool(np.all(quiet & calm))

    def _listen(self) -> None:
        if not self._unheard:
            return
        # Other programs can hand us samples beyond full scale, infinite ones too.
        sound = np.clip(np.nan_to_num(np.concatenate([self._rest, *self._unheard])), -_MOST, _MOST)
        self._unheard.clear()
        self._count = 0
        count = max(0, (len(sound) - self._frame) // self._hop + 1)
        self._rest = sound[count * self._hop :]
        if not count:
            return
        frames = np.lib.stride_tricks.sliding_window_view(sound, self._frame)[:: self._hop][:count]
        spectra = np.abs(np.fft.rfft(frames * self._window, axis=1)) ** 2 * self._scale
        powers = np.stack([spectra[:, band].sum(axis=1) for band in self._bands], axis=1)
        self._powers = np.concatenate([self._powers, np.maximum(powers, _LEAST)])[-self._most :]


def _means(powers: Powers, count: int) -> Powers:
    """The mean of each `count` neighbours; nothing for fewer."""
    if len(powers) < count:
        return powers[:0]
    sums = np.cumsum(np.vstack([np.zeros((1, powers.shape[1])), powers]), axis=0)
    return np.asarray((sums[count:] - sums[:-count]) / count)


def _percentile(values: Powers, percentile: float) -> float:
    """As numpy's, which loads the package of masked arrays at its first call: 20 ms, in a key-up."""
    ordered = np.sort(values)
    place = (len(ordered) - 1) * percentile / 100
    return float(np.interp(place, np.arange(len(ordered)), ordered))


def _decibels(ratio: float) -> float:
    return 10 * math.log10(ratio) if ratio > 0 else -math.inf
