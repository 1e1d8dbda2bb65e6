"""Takes the assistant's own voice out of what the microphone hears, with WebRTC's echo canceller (AEC3).

    microphone ──────────────> blocks of 10 ms ─┐
    what the speaker is handed > EchoReference ─┴> engine ─> the user's voice, 9 ms later

Measured at 16, 24 and 48 kHz: 0.11 ms of a core for each 10 ms; 36 to 49 dB less echo after 2 s, also with
clocks that differ by 50 ppm. Its gain control is off: it raises a quiet room's noise by 34 dB. Its noise
suppression helps where speech is less than 10 dB above the noise, and costs words elsewhere.

The library is imported when the first canceller is made.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import NamedTuple, Protocol

import numpy as np

from desktop.audio.echo_reference import EchoReference
from desktop.audio.format import Samples
from desktop.audio.interfaces import HandedOn
from desktop.audio.near_end import NearEndDetector

FRAME_MS = 10
"""The engine works in blocks of exactly this length."""
DELAY_MS = 9.0
"""From a sample at `process` until it comes out: the engine's own filters."""
SLACK = 2
"""Samples that the first block begins with: from 44.1 kHz a block has 239, 240 or 241 at 24 kHz, and one that
lacks a sample would wait for the next."""
NOISE_LEVEL = 1
"""Of 0 to 3: 12 dB."""
RATES_HZ = (8_000, 48_000)
"""What the sessions have. The engine takes more."""
RESIDUAL = 10 ** (-20.0 / 10)
"""What is left may be echo below this share of the power that was heard."""
LEARNING_S = 1.2
"""Of echo, until a new canceller knows the room."""
RESIDUAL_AT_FIRST = 2.0
"""The same until then: all of it may be echo."""
POWER_SHARE = 0.3
"""The weight of the newest block in the smoothed power: 30 ms."""

_LIBRARY = "pywebrtc_audio"
_MOST = 10.0
"""The loudest sample that is let in. Other programs can hand us infinite ones, which never leave a filter."""


class Engine(Protocol):
    """`pywebrtc_audio.AudioProcessor`, as far as it is used."""

    def process(self, near: Samples, far: Samples) -> Samples:
        """The near end without what it has of the far end; whole blocks of both, of the same length."""

    def reset(self) -> None:
        """Forget the room."""


class Cleaned(NamedTuple):
    """What the canceller gives for some sound."""

    samples: Samples
    echo_power: float
    """Mean square below which any of it may be echo; 0 while nothing was played lately."""
    voice: bool
    """Somebody speaks beside what is played."""


def is_available() -> bool:
    """Whether the library is installed. It isn't imported for that."""
    return find_spec(_LIBRARY) is not None


def suits(rate: int) -> bool:
    """Whether a block of 10 ms has a whole number of samples at this rate in Hz."""
    return rate % (1_000 // FRAME_MS) == 0 and RATES_HZ[0] <= rate <= RATES_HZ[1]


class EchoCanceller:
    """One microphone and one speaker, until either is exchanged. No clock, no device, one thread.

    Args:
        rate: Hz of the microphone's samples; one that `suits`.
        latency_ms: from the speaker's callback through the air to the microphone's read, as far as known.
        suppresses_noise: steady noise is made quieter as well.
        make: makes the engine for a rate, with noise suppression or without.

    Raises:
        ImportError: the library is missing, or doesn't load.
    """

    def __init__(
        self,
        rate: int,
        latency_ms: float = 0.0,
        *,
        suppresses_noise: bool = False,
        make: Callable[[int, bool], Engine] | None = None,
    ) -> None:
        self.rate = rate
        self._frame = rate * FRAME_MS // 1_000
        self._engine = (make or make_engine)(rate, suppresses_noise)
        self.reference = EchoReference(rate, latency_ms)
        self._waiting: Samples = np.zeros(SLACK, dtype=np.float32)
        self._near_end = NearEndDetector(rate)
        self._heard_power = 0.0
        self._learned = 0

    def process(self, heard: Samples, handed: HandedOn) -> Cleaned:
        """The next samples without echo, in whole blocks.

        Args:
            heard: captured since the last call; any length.
            handed: what the speaker was handed meanwhile.
        """
        self.reference.push(handed, len(heard))
        sound = np.concatenate([self._waiting, heard])
        if not (len(sound) and float(np.dot(sound, sound)) < _MOST**2):
            sound = np.clip(np.nan_to_num(sound), -_MOST, _MOST)
        whole = len(sound) // self._frame * self._frame
        near, self._waiting = sound[:whole], sound[whole:].copy()
        if not whole:
            return Cleaned(near, 0.0, False)
        far = self.reference.take(whole)
        clean = self._engine.process(near, far)
        voice = False
        for begin in range(0, whole, self._frame):
            block = slice(begin, begin + self._frame)
            voice |= self._listen(near[block], far[block], clean[block])
        if not self.reference.sounded_lately:
            return Cleaned(clean, 0.0, False)
        self._learned += whole
        knows = self._learned > LEARNING_S * self.rate
        return Cleaned(clean, self._heard_power * (RESIDUAL if knows else RESIDUAL_AT_FIRST), voice and knows)

    def _listen(self, near: Samples, far: Samples, clean: Samples) -> bool:
        """Whether a voice is in this block of 10 ms."""
        power = float(np.dot(near, near)) / len(near)
        self._heard_power += POWER_SHARE * (power - self._heard_power)
        if not self.reference.sounded_lately:
            return False
        left = float(np.dot(clean, clean)) / len(clean)
        return self._near_end.push(near, far, echo_only=left < power * RESIDUAL)


def make_engine(rate: int, suppresses_noise: bool) -> Engine:
    """The library's canceller for this rate in Hz. Raises ImportError."""
    import pywebrtc_audio

    engine: Engine = pywebrtc_audio.AudioProcessor(
        sample_rate=rate,
        echo_cancellation=True,
        noise_suppression=suppresses_noise,
        ns_level=NOISE_LEVEL,
    )
    return engine
