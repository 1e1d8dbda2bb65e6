"""What was handed to the device lately, and how loud: for the current level, and for a new volume.

Frames are counted at the device's rate since the stream was opened. Pure: no clock, no device.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from desktop.audio.format import BLOCK_MS, Samples


class OutputHistory:
    """The last frames at full volume, and the gain of each; a ramp of one block hides every step between two.

    Args:
        rate: Hz of the device.
        size: frames that are remembered.
    """

    def __init__(self, rate: int, size: int) -> None:
        self.volume = 1.0
        """The gain of what is pushed from now on, 0 to 1."""
        self.written = 0
        """Frames that were pushed, but for those that were taken back."""
        self._ramp = rate * BLOCK_MS // 1000
        self._last_gain = 1.0
        self._mono: Samples = np.zeros(size, dtype=np.float32)
        self._gains: Samples = np.ones(size, dtype=np.float32)
        self._replaced: Samples = np.ones(0, dtype=np.float32)

    def push(self, mono: Samples, follows: bool) -> Samples:
        """The next frames, at the current volume.

        Args:
            mono: not more than are remembered.
            follows: something sounds before them, with the gain that it had.
        """
        gains = self._towards_volume(self._last_gain if follows else self.volume, len(mono))
        at = self._at(self.written, self.written + len(mono))
        self._mono[at], self._gains[at] = mono, gains
        self.written += len(mono)
        if len(mono):
            self._last_gain = float(gains[-1])
        return mono * gains

    def rescale(self, begin: int) -> bool:
        """Give all frames from `begin` on the current volume; False if that changes none of them."""
        at = self._at(begin, self.written)
        if np.all(self._gains[at] == self.volume):
            return False
        self._replaced = self._gains[at]
        self._gains[at] = self._towards_volume(float(self._gains[at[0]]), len(at))
        self._last_gain = float(self._gains[at[-1]])
        return True

    def undo_rescale(self, begin: int) -> None:
        """Give all frames from `begin` on the gains back that they had before the last `rescale`."""
        self._gains[self._at(begin, self.written)] = self._replaced
        self._last_gain = float(self._replaced[-1])

    def recall(self, begin: int, end: int) -> Samples:
        """The frames from `begin` to `end` as they were handed on, or are to be after `rescale`."""
        at = self._at(begin, end)
        return self._mono[at] * self._gains[at]

    def take_back(self, written: int) -> None:
        """Keep only this many frames as written: the next ones take the place of the rest."""
        self.written = written

    def _towards_volume(self, before: float, frames: int) -> Samples:
        gains = np.full(frames, self.volume, dtype=np.float32)
        if before != self.volume:
            ramp = min(self._ramp, frames)
            gains[:ramp] = np.linspace(before, self.volume, ramp, dtype=np.float32)
        return gains

    def _at(self, begin: int, end: int) -> npt.NDArray[np.int64]:
        return np.arange(begin, end) % len(self._mono)
