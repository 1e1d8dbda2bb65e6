"""Whether somebody speaks while the speaker sounds: more is heard than its echo explains.

    speaker -> powers in bands -> x what was learned of the room -> echo expected ─┐
    microphone -> powers in bands ────────────────────────────────────────────────> more in two bands?

An echo canceller's output doesn't tell it as soon: where both speak it takes away the first syllable. The
room is learned as a filter of powers (normalised least mean squares: Haykin, "Adaptive Filter Theory"), for
each band, over the 450 ms in which an echo may come. In 70 s of echo, 0 and 10 dB louder than the voice, 20
to 120 ms late, with clocks 50 ppm apart, no block is taken for a voice; how soon one is found is
measured in `tests/benchmarks/room.py`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from desktop.audio.format import BLOCK_MS, Samples

BANDS = 16
BAND_HZ = (200.0, 7_000.0)
LONGEST_MS = 450
"""From a sound that the speaker is handed until the last of its echo."""
STEP = 0.2
"""How fast the room is learned, 0 to 1: half a second of speech."""
MORE = 10 ** (8.0 / 10)
"""How much more than the echo expected is a voice. In 20 ms a room may be 6 dB louder by chance."""
LEAST_BANDS = 2
LEAST = 10 ** (-60.0 / 10)
"""Mean square in a band, below which nobody speaks."""

Powers = npt.NDArray[np.float64]


class NearEndDetector:
    """One microphone and one speaker. Pure: no clock, no device.

    Args:
        rate: Hz of both.
    """

    def __init__(self, rate: int) -> None:
        self._size = rate * BLOCK_MS // 1_000
        frame = 2 * self._size
        hertz = np.fft.rfftfreq(frame, 1 / rate)
        edges = np.geomspace(BAND_HZ[0], min(BAND_HZ[1], 0.45 * rate), BANDS + 1)
        self._bands = ((hertz[:, None] >= edges[:-1]) & (hertz[:, None] < edges[1:])).astype(np.float32)
        self._window = np.hanning(frame).astype(np.float32)
        self._bands *= 2 / (frame * float(np.sum(self._window**2)))
        # The last block of both, since a frame is two.
        self._before: Samples = np.zeros((2, self._size), dtype=np.float32)
        self._blocks = LONGEST_MS // BLOCK_MS
        self._played: Powers = np.zeros((2 * self._blocks, BANDS))
        self._at = 0
        self._room: Powers = np.zeros((self._blocks, BANDS))

    def push(self, near: Samples, far: Samples, echo_only: bool) -> bool:
        """Whether a voice is in the next block of 10 ms.

        Args:
            near: what the microphone heard.
            far: the echo canceller's reference for it.
            echo_only: the canceller has left nothing of it: the room is learned, whatever was expected.
        """
        frames = np.concatenate([self._before, np.stack([near, far])], axis=1)
        self._before = frames[:, self._size :]
        heard, played = np.square(np.abs(np.fft.rfft(frames * self._window))).astype(np.float32) @ self._bands
        self._at = (self._at - 1) % self._blocks
        self._played[self._at] = self._played[self._at + self._blocks] = played
        lately = self._played[self._at : self._at + self._blocks]
        expected = np.einsum("tb,tb->b", self._room, lately)
        voice = int(np.count_nonzero(heard > expected * MORE + LEAST)) >= LEAST_BANDS
        if echo_only or not voice:
            gain = STEP * (heard - expected) / (np.einsum("tb,tb->b", lately, lately) + 1e-14)
            self._room = np.maximum(self._room + gain * lately, 0.0)
        return voice
