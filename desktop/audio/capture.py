"""The microphone: rtmixer's C callback fills a ring, `read` empties it and resamples.

    callback || ring of 4 s or more -> mono -> gain -> kept -> resampler -> read
                                               └-> level

While nobody needs the sound (`rest`) it is only fetched: the last 0.6 s wait for a press as they came.

When nothing reads for so long that the ring is full, the newest sound is dropped: the action ends, and the
next read notices, counts an overrun and starts recording again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from desktop.audio import reported_values
from desktop.audio.devices import Device
from desktop.audio.format import Samples
from desktop.audio.gain_bounds import bounded_db
from desktop.audio.input_gain import InputGain
from desktop.audio.kept_sound import KeptSound
from desktop.audio.levels import SILENCE, Level, LevelWindow
from desktop.audio.resample import Resampler
from desktop.audio.streams import InputStream, Ring, RtmixerStreams, Streams, ring_frames

RING_S = 4.0
STALL_S = 5.0
"""A device that delivers nothing for this long is gone. PulseAudio's first block may need 2 s."""
STATS_S = 1.0
"""How often the overflows that PortAudio saw are fetched."""


class Capture:
    """A `Microphone` on a real device, the default one if None."""

    def __init__(
        self,
        device: Device | None = None,
        streams: Streams | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._device = device
        self._streams: Streams = streams or RtmixerStreams()
        self._clock = clock
        self._tap: Tap | None = None
        self._resampler = Resampler(1, 1)
        self._window: LevelWindow | None = None
        self._kept = KeptSound(1)
        self._gain = InputGain(1)
        self._gain_db = 0.0

    def start(self, session_rate: int) -> None:
        """Open the device and record from now on. Raises AudioError."""
        self.close()
        stream = self._streams.open_input(self._device)
        self._tap = Tap(self._streams, stream, self._clock)
        self._resampler = Resampler(self._tap.rate, session_rate)
        self._window = LevelWindow(self._tap.rate)
        self._kept = KeptSound(self._tap.rate)
        self._gain = InputGain(self._tap.rate)
        self._gain.set_db(self._gain_db)
        self._gain.begin()

    def read(self) -> Samples:
        """Everything captured since the last read, at the session's rate."""
        if self._tap is None:
            return np.zeros(0, dtype=np.float32)
        self._fetch(self._tap)
        return self._resampler.push(self._kept.take())

    def fetch(self) -> None:
        """Fetch what was captured, and keep it as it is."""
        if self._tap:
            self._fetch(self._tap)

    def rest(self) -> None:
        """Keep only the last of what was fetched."""
        self._kept.trim()

    def _fetch(self, tap: Tap) -> None:
        captured = self._gain.apply(tap.read())
        if self._window:
            self._window.push(captured)
        self._kept.push(captured)

    def close(self) -> None:
        """Release the device."""
        tap, self._tap = self._tap, None
        if tap is not None:
            self._streams.close(tap.stream)

    @property
    def gain_db(self) -> float:
        return self._gain_db

    @gain_db.setter
    def gain_db(self, gain_db: float) -> None:
        self._gain_db = bounded_db(gain_db)
        self._gain.set_db(gain_db)

    @property
    def latency_ms(self) -> float:
        return (1000 * self._tap.latency_s if self._tap else 0.0) + self._resampler.delay_ms

    @property
    def level(self) -> Level:
        return self._window.level if self._tap and self._window else SILENCE

    @property
    def overruns(self) -> int:
        return self._tap.overruns if self._tap else 0

    @property
    def lost(self) -> bool:
        return self._tap is not None and self._tap.lost


class Tap:
    """The device's side of capture: one ring, and the action that fills it.

    Args:
        streams: where the ring comes from.
        stream: open and running.
        clock: seconds, monotonic.
    """

    def __init__(self, streams: Streams, stream: InputStream, clock: Callable[[], float]) -> None:
        self.stream = stream
        self.rate = reported_values.sample_rate(stream.samplerate)
        self.latency_s = reported_values.latency_s(stream.latency)
        self.overruns = 0
        self._clock = clock
        self._ring: Ring = streams.ring(ring_frames(self.rate, RING_S), stream.channels)
        self._action: Any = stream.record_ringbuffer(self._ring)
        self._stats: Any = None
        self._fetched_at = self._heard_at = clock()

    def read(self) -> Samples:
        """Every frame in the ring, mixed to mono, at the device's rate."""
        was_full = self._action not in self.stream.actions
        frames = np.frombuffer(self._ring.read(), dtype=np.float32).reshape(-1, self.stream.channels)
        if len(frames):
            self._heard_at = self._clock()
        if was_full:
            self.overruns += 1
            self._action = self.stream.record_ringbuffer(self._ring)
        self._count_overflows()
        if self.stream.channels == 1:
            return frames[:, 0]
        return np.asarray(frames.mean(axis=1), dtype=np.float32)

    @property
    def lost(self) -> bool:
        """The stream has ended on its own, or delivers nothing any more."""
        if not self.stream.active:
            return True
        return not self._ring.read_available and self._clock() - self._heard_at > STALL_S

    def _count_overflows(self) -> None:
        """Add what PortAudio lost before it came to us; its answer comes with a later block."""
        if self._stats is not None:
            if self._stats not in self.stream.actions:
                self.overruns += self._stats.stats.input_overflows
                self._stats = None
        elif self._clock() - self._fetched_at > STATS_S:
            self._fetched_at = self._clock()
            self._stats = self.stream.fetch_and_reset_stats()
