"""A room in which a microphone hears a speaker: a delay, walls, and two clocks that don't agree.

    Room(delay_ms=60, level_db=0).echo(played)

The walls are noise that fades as in a room of this RT60 (Schroeder's model of late reverberation), behind the
direct sound; which noise is told by the seed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
RT60_S = 0.3
"""A furnished office or living room."""
DIRECT_TO_WALLS_DB = 3.0
"""How much more of the sound comes straight than by the walls: half a metre away."""
DRIFT_PPM = 50.0

Sound = NDArray[np.float32]


class Room:
    """What a microphone hears of a speaker. All sound is mono at 48 kHz.

    Args:
        delay_ms: from the speaker's sound until it comes straight: the air, and both devices' latencies.
        level_db: of the echo, relative to what was played.
        drift_ppm: how much faster the microphone's clock runs.
        rt60_s: until an echo is 60 dB quieter.
    """

    def __init__(
        self,
        delay_ms: float = 0.0,
        level_db: float = 0.0,
        drift_ppm: float = 0.0,
        rt60_s: float = RT60_S,
        seed: int = 1,
    ) -> None:
        self.delay = round(RATE * delay_ms / 1_000)
        self.drift_ppm = drift_ppm
        self.response = impulse_response(rt60_s, seed) * np.float32(10 ** (level_db / 20))

    def echo(self, played: Sound) -> Sound:
        """What is heard while this is played; of the same length."""
        wet = convolve(played, self.response)[: len(played)]
        heard = np.concatenate([np.zeros(self.delay, np.float32), wet])
        if self.drift_ppm:
            at = np.arange(len(played)) * (1 - self.drift_ppm / 1e6)
            heard = np.interp(at, np.arange(len(heard)), heard).astype(np.float32)
        return heard[: len(played)]


def impulse_response(rt60_s: float, seed: int) -> Sound:
    """Of a room, as long as it takes to fade by 60 dB; noise of equal power through it stays as loud."""
    length = round(RATE * rt60_s)
    fading = 10 ** (-3.0 * np.arange(length) / length)
    walls = np.random.default_rng(seed).standard_normal(length) * fading
    walls[: RATE // 500] = 0.0  # the nearest wall is 2 ms behind
    walls *= 10 ** (-DIRECT_TO_WALLS_DB / 20) / np.sqrt(np.sum(walls**2))
    walls[0] = 1.0
    response: Sound = (walls / np.sqrt(np.sum(walls**2))).astype(np.float32)
    return response


def convolve(sound: Sound, response: Sound) -> Sound:
    """The whole of it, by FFT."""
    length = len(sound) + len(response) - 1
    size = 1 << (length - 1).bit_length()
    spectrum = np.fft.rfft(sound, size) * np.fft.rfft(response, size)
    whole: Sound = np.fft.irfft(spectrum, size)[:length].astype(np.float32)
    return whole


KEPT_S = 4
"""Of the echo that is still to come."""


class LiveEcho:
    """A room block by block: what was played comes back later. One writer, one reader, one clock."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._coming: Sound = np.zeros(KEPT_S * RATE, np.float32)
        self._taken_to = 0

    def play(self, frame: int, block: Sound) -> None:
        """This sounds from this frame on."""
        if block.any():
            echo = convolve(block, self._room.response)
            first = max(frame + self._room.delay, self._taken_to)
            echo = echo[first - frame - self._room.delay :]
            self._coming[np.arange(first, first + len(echo)) % len(self._coming)] += echo

    def take(self, frame: int, count: int) -> Sound:
        """What the microphone hears of it from this frame on. With a drift it skips a sample now and then."""
        begin = frame + int(frame * self._room.drift_ppm / 1e6)
        at = np.arange(begin, begin + count) % len(self._coming)
        heard = self._coming[at]
        self._coming[at] = 0.0
        self._taken_to = begin + count
        return heard
