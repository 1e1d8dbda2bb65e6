"""A microphone that plays a file and a speaker that collects, for turns without a sound device."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from desktop.audio.cues import Cue
from desktop.audio.format import SampleJoiner, Samples
from desktop.audio.levels import SILENCE, Level, LevelWindow
from desktop.audio.resample import Resampler

_CHUNK_MS = 100


class FileMicrophone:
    """A `Microphone` that speaks what it was given, and is silent from then on.

    Args:
        samples: mono, as `read_wav` gives them.
        rate: Hz of the samples.
        realtime: hand sound out by the clock; else up to 100 ms with every read, as fast as it is read.
        clock: seconds, monotonic.
        waiting: be silent until `begin`; else speech begins with `start`.
    """

    def __init__(
        self,
        samples: Samples,
        rate: int,
        realtime: bool,
        clock: Callable[[], float] = time.monotonic,
        waiting: bool = False,
    ) -> None:
        self._waiting = waiting
        self._samples = samples
        self._rate = rate
        self._realtime = realtime
        self._clock = clock
        self._speech: Samples = np.zeros(0, dtype=np.float32)
        self._session_rate = 0
        self._window = LevelWindow(0)
        self._started_at = 0.0
        self._at = 0

    def start(self, session_rate: int) -> None:
        """Begin to speak, now."""
        resampler = Resampler(self._rate, session_rate)
        self._speech = np.concatenate([resampler.push(self._samples), resampler.finish()])
        self._session_rate = session_rate
        self._started_at = self._clock()
        self._at = 0
        self._window = LevelWindow(session_rate)

    def begin(self) -> None:
        """Speak from now on, if it waited."""
        self._started_at = self._clock()
        self._waiting = False

    def read(self) -> Samples:
        """The next samples: what the clock says, or 100 ms."""
        if self._waiting:
            return np.zeros(0, dtype=np.float32)
        end = self._at + self._session_rate * _CHUNK_MS // 1000
        if self._realtime:
            end = int((self._clock() - self._started_at) * self._session_rate)
        chunk: Samples = np.zeros(max(0, end - self._at), dtype=np.float32)
        spoken = self._speech[self._at : self._at + len(chunk)]
        chunk[: len(spoken)] = spoken
        self._at += len(chunk)
        self._window.push(chunk)
        return chunk

    @property
    def exhausted(self) -> bool:
        """Everything was read; what comes now is silence."""
        return self._at >= len(self._speech)

    @property
    def latency_ms(self) -> float:
        return 0.0

    @property
    def level(self) -> Level:
        return self._window.level

    @property
    def overruns(self) -> int:
        return 0

    @property
    def lost(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing to let go."""


class CollectingSpeaker:
    """A `Speaker` without a device: what is written counts as heard at once, and can be saved."""

    def __init__(self) -> None:
        self.rate = 0
        self.volume = 1.0
        self._collected: dict[int, bytearray] = {}
        self._joiners: dict[int, SampleJoiner] = {}

    def start(self, session_rate: int) -> None:
        """Take PCM16 mono at this rate in Hz."""
        self.rate = session_rate

    def write(self, response: int, pcm: bytes) -> None:
        """Collect audio of a response."""
        joiner = self._joiners.setdefault(response, SampleJoiner())
        self._collected.setdefault(response, bytearray()).extend(joiner.push(pcm))

    def pcm(self, response: int) -> bytes:
        """All audio of a response."""
        return bytes(self._collected.get(response, b""))

    @property
    def pcm_all(self) -> bytes:
        """All audio, the responses in the order of their first."""
        return b"".join(self._collected.values())

    def complete(self, response: int) -> None:
        """Nothing was waited for."""

    def cue(self, name: Cue) -> float:
        """Nobody is there to hear it."""
        return 0.0

    def flush(self) -> dict[int, float]:
        """Nothing is queued."""
        return {}

    def heard_ms(self, response: int) -> float:
        """Milliseconds written of a response."""
        return 500 * len(self._collected.get(response, b"")) / self.rate if self.rate else 0.0

    def pump(self) -> None:
        """Nothing to move."""

    def close(self) -> None:
        """Nothing to let go; what was collected stays."""

    @property
    def playing(self) -> bool:
        return False

    @property
    def level(self) -> Level:
        return SILENCE

    @property
    def underruns(self) -> int:
        return 0

    @property
    def prebuffer_ms(self) -> float:
        return 0.0

    @property
    def lost(self) -> bool:
        return False
