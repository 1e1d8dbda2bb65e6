"""How the channels of a file become one: their mean, unless they would cancel each other out.

Two microphones of opposite polarity, or one cable wired the wrong way round, give a stereo file that sounds
normal and whose mean is silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from desktop.audio.format import Samples

Frames = npt.NDArray[np.float32]
"""Float32 of the shape (frames, channels), full scale at 1.0."""

SILENT = 1e-4
"""Energy, of the loudest channel's or window's: 40 dB below it counts as silent."""
CANCELLED = 0.5
"""Energy of all channels' sum, of the loudest channel's alone. Unrelated channels add up to more than 1;
less than a half means that the others take away from the loudest instead of adding to it."""
CANCELLED_SHARE = 0.2
"""Of the windows with sound: from here on, words would be lost."""


@dataclass(frozen=True, slots=True)
class ChannelMix:
    """The channels that are taken, each with the same weight."""

    channels: tuple[int, ...]
    """Counted from 0."""
    cancels: bool = False
    """It is one channel because a mix would cancel."""

    def apply(self, frames: Frames) -> Samples:
        """The mono sound of these frames."""
        taken = frames if len(self.channels) == frames.shape[1] else frames[:, self.channels]
        return np.asarray(taken.mean(axis=1, dtype=np.float32), dtype=np.float32)


def choose_mix(windows: Iterable[Frames], channels: int) -> ChannelMix:
    """The mix for a file, by windows of its sound of some 100 ms.

    Silent channels are left out, so that one microphone of many isn't made quieter by the others. If the rest
    cancel each other in a fifth of the sound, the loudest is taken alone.
    """
    energies: list[npt.NDArray[np.float64]] = []
    sums: list[float] = []
    for window in windows:
        centred = window.astype(np.float64) - window.mean(axis=0)  # a constant offset is no sound
        energies.append((centred**2).mean(axis=0))
        sums.append(float((centred.sum(axis=1) ** 2).mean()))
    if channels == 1 or not energies:
        return ChannelMix(tuple(range(channels)))
    by_window = np.array(energies)
    totals = by_window.sum(axis=0)
    loudest = by_window.max(axis=1)
    sounding = loudest > SILENT * loudest.max()
    if not sounding.any():
        return ChannelMix(tuple(range(channels)))
    cancelled = np.array(sums)[sounding] < CANCELLED * loudest[sounding]
    if cancelled.mean() >= CANCELLED_SHARE:
        return ChannelMix((int(totals.argmax()),), cancels=True)
    return ChannelMix(tuple(np.flatnonzero(totals > SILENT * totals.max()).tolist()))
