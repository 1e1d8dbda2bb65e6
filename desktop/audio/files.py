"""A microphone that plays a file and a speaker that collects audio, for turns without a sound device."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import numpy as np

from desktop.audio.cues import Cue
from desktop.audio.format import SampleJoiner, Samples
from desktop.audio.input_gain import InputGain
from desktop.audio.interfaces import NOTHING_HANDED_ON, HandedOn
from desktop.audio.kept_sound import KeptSound
from desktop.audio.levels import SILENCE, Level, LevelWindow
from desktop.audio.resample import Resampler, convert

_CHUNK_MS = 100
_MOST_MS = 1_000
_NOTHING: Samples = np.zeros(0, dtype=np.float32)


class SoundSource(Protocol):
    """Mono sound that is read from its beginning to its end, as `SoundFile` does."""

    @property
    def rate(self) -> int:
        """Hz."""

    def read(self, count: int) -> Samples:
        """The next samples: `count`, or fewer at the end."""


class SampleSource:
    """A `SoundSource` of samples in memory; without any it is silence."""

    def __init__(self, samples: Samples = _NOTHING, rate: int = 24_000) -> None:
        self.rate = rate
        self._left = samples

    def read(self, count: int) -> Samples:
        """The next samples: `count`, or fewer at the end."""
        read, self._left = self._left[:count], self._left[count:]
        return read


class FileMicrophone:
    """A `Microphone` that plays a sound, then silence.

    The sound is read and resampled as it is asked for: a block of it is in memory, and never the whole.

    Args:
        source: what is played, once.
        realtime: hand sound out by the clock, at most a second with a read; else 100 ms with every read, as
            fast as it is read.
        clock: seconds, monotonic.
        waiting: be silent until `begin`; else speech begins with `start`.
    """

    def __init__(
        self,
        source: SoundSource,
        realtime: bool,
        clock: Callable[[], float] = time.monotonic,
        waiting: bool = False,
    ) -> None:
        self._waiting = waiting
        self._speech = _ResampledSource(source)
        self._realtime = realtime
        self._clock = clock
        self._held_back: Callable[[], bool] = lambda: False
        self._pauses_after = False
        self._session_rate = 0
        self._window = LevelWindow(0)
        self._kept = KeptSound(0)
        self._gain = InputGain(1)
        self.gain_db = 0.0
        """Counts from `start` on."""
        self._read_until = 0.0

    def start(self, session_rate: int) -> None:
        """Speak at this rate in Hz, from the beginning; or go on, if a reconnect has changed the rate."""
        self._speech.set_rate(session_rate)
        self._session_rate = session_rate
        self._read_until = self._clock()
        self._window = LevelWindow(session_rate)
        self._kept = KeptSound(session_rate)
        self._gain = InputGain(session_rate)
        self._gain.set_db(self.gain_db)
        self._gain.begin()

    def begin(self, held_back: Callable[[], bool] = lambda: False, *, pause_after: bool = False) -> None:
        """Speak from now on, if it waited.

        Args:
            held_back: asked with every read; where true, the speech pauses, unless it is in real time.
            pause_after: hand out nothing after the speech until `go_on`, unless it is in real time: who
                looks for its end, and is late, doesn't get any silence before that.
        """
        self._held_back = held_back
        self._pauses_after = pause_after
        self._read_until = self._clock()
        self._waiting = False

    def go_on(self) -> None:
        """Let silence follow the speech."""
        self._pauses_after = False

    def read(self) -> Samples:
        """The next samples: what the clock says, or 100 ms; and what is kept of those before."""
        self._kept.push(self._next())
        return self._kept.take()

    def fetch(self) -> None:
        """Go on."""
        self._kept.push(self._next())

    def rest(self) -> None:
        """Keep the last samples only."""
        self._kept.trim()

    def _next(self) -> Samples:
        if self._waiting:
            return _NOTHING
        chunk: Samples = np.zeros(self._due(), dtype=np.float32)
        spoken = self._speech.read(len(chunk))
        chunk[: len(spoken)] = spoken
        if self._pauses_after and not self._realtime:
            chunk = chunk[: len(spoken)]  # silence follows with `go_on`
        chunk = self._gain.apply(chunk)
        self._window.push(chunk)
        return chunk

    def _due(self) -> int:
        """The samples to hand out now."""
        if not self._realtime:
            paused = self._pauses_after if self.exhausted else self._held_back()
            return 0 if paused else self._session_rate * _CHUNK_MS // 1000
        passed = int((self._clock() - self._read_until) * self._session_rate)
        due = max(0, min(passed, self._session_rate * _MOST_MS // 1000))
        self._read_until += due / self._session_rate
        return due

    @property
    def exhausted(self) -> bool:
        """Everything was read; from now on there is silence."""
        return self._speech.exhausted

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
        """Nothing to let go: the source has its own owner."""


class _ResampledSource:
    """A source at another rate, which can change on the way."""

    def __init__(self, source: SoundSource) -> None:
        self._source = source
        self._rate = source.rate
        self._resampler = Resampler(self._rate, self._rate)
        self._ended = False
        self._ready = _NOTHING

    @property
    def exhausted(self) -> bool:
        """Everything was read."""
        return self._ended and not len(self._ready)

    def set_rate(self, rate: int) -> None:
        """Give samples at this rate in Hz from now on."""
        if rate == self._rate:
            return
        ready = np.concatenate([self._ready, self._resampler.finish()])
        self._ready = convert(ready, self._rate, rate) if len(ready) else _NOTHING
        self._resampler = Resampler(self._source.rate, rate)
        self._rate = rate

    def read(self, count: int) -> Samples:
        """The next samples: `count`, or fewer at the end."""
        pieces = [self._ready]
        there = len(self._ready)
        # One more than asked for, to know whether these are the last.
        while there <= count and not self._ended:
            pieces.append(self._next())
            there += len(pieces[-1])
        ready = np.concatenate(pieces)
        self._ready = ready[count:].copy()  # a view would keep all of it in memory
        return ready[:count]

    def _next(self) -> Samples:
        size = self._source.rate * _CHUNK_MS // 1000
        block = self._source.read(size)
        resampled = self._resampler.push(block)
        if len(block) == size:
            return resampled
        self._ended = True
        return np.concatenate([resampled, self._resampler.finish()])


MOST_S = 30 * 60
"""Seconds of one response that are collected."""


class CollectingSpeaker:
    """A `Speaker` without a device: what is written counts as heard at once, and can be saved."""

    def __init__(self) -> None:
        self.rate = 0
        self.volume = 1.0
        self.headset = self.ducked = self.paused = False
        self._collected: dict[int, bytearray] = {}
        self._joiners: dict[int, SampleJoiner] = {}

    def start(self, session_rate: int) -> None:
        """Take PCM16 mono at this rate in Hz."""
        self.rate = session_rate

    def write(self, response: int, pcm: bytes) -> None:
        """Collect audio of a response."""
        joiner = self._joiners.setdefault(response, SampleJoiner())
        kept = self._collected.setdefault(response, bytearray())
        kept += joiner.push(pcm)[: max(0, 2 * self.rate * MOST_S - len(kept))]

    def pcm(self, response: int) -> bytes:
        """All audio of a response."""
        return bytes(self._collected.get(response, b""))

    @property
    def pcm_all(self) -> bytes:
        """All audio, the responses in the order of their first."""
        return b"".join(self._collected.values())

    def forget(self) -> None:
        """Drop what was collected: the responses are over."""
        self._collected.clear()
        self._joiners.clear()

    def complete(self, response: int) -> None:
        """Nothing was waited for."""

    def cue(self, name: Cue) -> float:
        """Do nothing: nobody listens."""
        return 0.0

    def flush(self) -> dict[int, float]:
        """Nothing is queued."""
        return {}

    def heard_ms(self, response: int) -> float:
        """Milliseconds written of a response."""
        return 500 * len(self._collected.get(response, b"")) / self.rate if self.rate else 0.0

    def handed_on(self) -> HandedOn:
        """Nothing: no room hears it."""
        return NOTHING_HANDED_ON

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
    def gaps_ms(self) -> float:
        return 0.0

    @property
    def latency_ms(self) -> float | None:
        return 0.0

    @property
    def prebuffer_ms(self) -> float:
        return 0.0

    @property
    def lost(self) -> bool:
        return False
