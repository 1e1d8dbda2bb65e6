"""Whether somebody speaks into the microphone, within two blocks of 10 ms; and for how long already.

A block is loud when its power from 150 to 4,000 Hz is well above the quietest of the last seconds, and above
what may be left of an echo. Two loud blocks in a row begin speech, and a pause longer than between two
syllables ends it.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from desktop.audio.format import BLOCK_MS, Samples

BAND_HZ = (150, 4_000)
ABOVE_DB = 10.0
"""How far speech is above the room's own noise, from its first syllable on."""
LEAST_DB = -58.0
"""Of full scale. Nobody who speaks to a microphone is quieter, and a fan is no louder."""
BEGIN_BLOCKS = 2
PAUSE_MS = 160
"""Ends speech. Within words the mouth is shut for 100 ms at most."""
NOISE_S = 3.0
"""What the room's noise is the quietest of: more than the longest word."""
SPELL_BLOCKS = 30
"""Of which only the quietest is remembered."""
SMOOTHING = 0.3
"""The newest block's share in the power whose minimum is the noise: single blocks scatter too far."""

_TINY = 1e-12


class VoiceActivity:
    """Listens to one stream. Pure: no clock, no device; 15 microseconds a block.

    Args:
        rate: Hz.
    """

    def __init__(self, rate: int) -> None:
        self._size = max(rate * BLOCK_MS // 1_000, 2)
        hertz = np.fft.rfftfreq(self._size, 1 / max(rate, 1))
        self._band = (hertz >= BAND_HZ[0]) & (hertz < BAND_HZ[1])
        self._window = np.hanning(self._size).astype(np.float32)
        self._scale = 2 / (self._size * max(float(np.sum(self._window**2)), _TINY))
        self._rest: Samples = np.zeros(0, dtype=np.float32)
        self._noise = _Quietest()
        self._blocks = 0
        self._loud = 0
        # Of the speech that goes on: its first block and its last loud one.
        self._began = self._last = -1

    @property
    def speaking(self) -> bool:
        """Whether somebody speaks, or stopped less than PAUSE_MS ago."""
        return self._began >= 0

    @property
    def spoken_ms(self) -> float:
        """From the beginning of this speech to its last sound; 0 while nobody speaks."""
        return float(BLOCK_MS * (self._last - self._began + 1)) if self.speaking else 0.0

    @property
    def since_begin_ms(self) -> float:
        """From the beginning of this speech until now; 0 while nobody speaks."""
        return float(BLOCK_MS * (self._blocks - self._began)) if self.speaking else 0.0

    def push(self, samples: Samples, echo_power: float = 0.0, *, voice: bool = False) -> None:
        """The next samples, of any length.

        Args:
            samples: of the stream.
            echo_power: up to this mean square they may be echo.
            voice: somebody is known to speak in them, whatever is left of it.
        """
        sound = np.concatenate([self._rest, samples])
        whole = len(sound) // self._size * self._size
        self._rest = sound[whole:].copy()
        for begin in range(0, whole, self._size):
            self._hear(sound[begin : begin + self._size], echo_power, voice)

    def _hear(self, block: Samples, echo_power: float, voice: bool) -> None:
        spectrum = np.square(np.abs(np.fft.rfft(block * self._window)))
        power = float(spectrum[self._band].sum()) * self._scale
        least = max(self._noise.power * 10 ** (ABOVE_DB / 10), echo_power, 10 ** (LEAST_DB / 10))
        self._noise.push(power)
        loud = voice or power > least
        self._loud = self._loud + 1 if loud else 0
        if self.speaking and loud:
            self._last = self._blocks
        elif self.speaking and (self._blocks - self._last) * BLOCK_MS > PAUSE_MS:
            self._began = self._last = -1
        elif self._loud >= BEGIN_BLOCKS:
            self._began, self._last = self._blocks - BEGIN_BLOCKS + 1, self._blocks
        self._blocks += 1


class _Quietest:
    """The quietest power of the last NOISE_S."""

    def __init__(self) -> None:
        self.power = 0.0
        self._smooth = -1.0
        self._spells: deque[float] = deque(maxlen=round(NOISE_S * 1_000 / BLOCK_MS / SPELL_BLOCKS))
        self._spell: list[float] = []

    def push(self, power: float) -> None:
        """The next block's."""
        self._smooth = power if self._smooth < 0 else self._smooth + SMOOTHING * (power - self._smooth)
        self._spell.append(self._smooth)
        if len(self._spell) == SPELL_BLOCKS:
            self._spells.append(min(self._spell))
            self._spell.clear()
        self.power = min([*self._spells, self._smooth])
