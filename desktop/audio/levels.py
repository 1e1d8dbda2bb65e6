"""How loud it is: levels in dB below full scale, and how a meter's needle moves."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from desktop.audio.format import Samples

FLOOR_DB = -60.0
"""What a meter shows as silence."""
MOST_DB = 20.0
"""The loudest that is measured. Other programs can hand us samples beyond full scale, infinite ones too."""
CLIP = 0.999
"""From here on a sample counts as clipped, of a full scale of 1."""
WINDOW_MS = 50
"""Longer than the 33 ms between two looks of a meter, so that no peak falls between them."""
DECAY_S = 0.2
"""The time in which the bar falls by 63 % of the way to a lower level."""
HOLD_S = 1.0
"""How long the peak mark holds before it falls."""


@dataclass(frozen=True, slots=True)
class Level:
    """The loudness of some sound, in dB of full scale, from FLOOR_DB to MOST_DB."""

    rms_db: float = FLOOR_DB
    peak_db: float = FLOOR_DB
    clipped: bool = False


SILENCE = Level()
_LOUDEST = 10 ** (MOST_DB / 20)


def measure(block: Samples) -> Level:
    """The level of mono samples; a sine of full scale has a peak of 0 and an RMS of -3 dB."""
    if not len(block):
        return SILENCE
    peak = max(float(block.max()), -float(block.min()))
    if not peak <= _LOUDEST:  # or none of a number
        block = np.clip(np.nan_to_num(block), -_LOUDEST, _LOUDEST)
        peak = float(np.max(np.abs(block)))
    rms = math.sqrt(float(np.dot(block, block)) / len(block))
    return Level(_decibels(rms), _decibels(peak), peak >= CLIP)


def _decibels(amplitude: float) -> float:
    return max(FLOOR_DB, 20 * math.log10(amplitude)) if amplitude > 0 else FLOOR_DB


class LevelWindow:
    """The level of the last WINDOW_MS of a stream, worked out only when someone looks."""

    def __init__(self, rate: int) -> None:
        self._recent: Samples = np.zeros(rate * WINDOW_MS // 1000, dtype=np.float32)

    def push(self, block: Samples) -> None:
        """The next samples of the stream."""
        size = len(self._recent)
        if len(block) >= size:
            self._recent[:] = block[len(block) - size :]
        elif len(block):
            self._recent[: -len(block)] = self._recent[len(block) :]
            self._recent[-len(block) :] = block

    @property
    def level(self) -> Level:
        return measure(self._recent)


@dataclass(frozen=True, slots=True)
class MeterReading:
    """What a meter shows: the bar, the peak mark, and whether the clip lamp is lit."""

    bar_db: float = FLOOR_DB
    mark_db: float = FLOOR_DB
    clipped: bool = False


class Ballistics:
    """Moves a meter's needle: up at once, down in DECAY_S, the peak mark and the lamp held for HOLD_S."""

    def __init__(self) -> None:
        self._needle = MeterReading()
        self._moved_at = 0.0
        self._marked_at = -math.inf
        self._clipped_at = -math.inf

    def update(self, level: Level, now: float) -> MeterReading:
        """The needle at `now`, in seconds of any clock that doesn't go back."""
        keep = math.exp(-max(0.0, now - self._moved_at) / DECAY_S)
        self._moved_at = now
        bar = max(level.rms_db, level.rms_db + (self._needle.bar_db - level.rms_db) * keep)
        mark = self._needle.mark_db
        if level.peak_db >= mark:
            mark, self._marked_at = level.peak_db, now
        elif now - self._marked_at > HOLD_S:
            mark = max(level.peak_db, level.peak_db + (mark - level.peak_db) * keep)
        if level.clipped:
            self._clipped_at = now
        self._needle = MeterReading(bar, mark, now - self._clipped_at <= HOLD_S)
        return self._needle

    @property
    def resting(self) -> bool:
        """Nothing moves any more: the timer that drives the meter may stop."""
        return self._needle.mark_db <= FLOOR_DB + 0.5 and not self._needle.clipped
