"""The device's side of playback: one ring, the action that plays it, and what has left the device.

What is counted here are frames at the device's rate since the stream was opened. Written frames wait in
the ring, are taken by the callback a block at a time, and sound one output latency later:

    written >= taken >= sounded
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from desktop.audio import figures
from desktop.audio.format import BLOCK_MS, Samples
from desktop.audio.levels import SILENCE, WINDOW_MS, Level, measure
from desktop.audio.streams import OutputStream, Ring, Streams, ring_frames

RING_S = 2.0
"""At least so much lies ready for the device: the GUI thread may stall as long without a gap."""
STALL_S = 5.0
"""A device that takes nothing for so long is gone. PulseAudio's first block may need 2 s."""
GUARD_BLOCKS = 3
"""A change of volume leaves these next blocks alone: the callback may be reading them."""


class Outlet:
    """Keeps a stream supplied from a ring and knows what of it was heard.

    Args:
        streams: where the rings come from.
        stream: open and running.
        clock: seconds, monotonic.
    """

    def __init__(self, streams: Streams, stream: OutputStream, clock: Callable[[], float]) -> None:
        self.rate = figures.sample_rate(stream.samplerate)
        self._latency_s = figures.latency_s(stream.latency)
        self.written = 0
        self.underflows = 0
        self._streams = streams
        self._stream = stream
        self._clock = clock
        self._ring = self._new_ring()
        self._action: Any = None
        self._retired: list[tuple[Any, ...]] = []
        self._ended_at = -math.inf
        self._empty_at = -math.inf
        self._progress = (0, clock())
        self._stuck = False
        self._volume = 1.0
        # What was written, at full volume: for the level of what is heard now, and for a new volume.
        self._history: Samples = np.zeros(2 * self._size, dtype=np.float32)

    @property
    def room(self) -> int:
        """Frames that can be written."""
        return self._ring.write_available

    @property
    def taken(self) -> int:
        """Frames the device has taken: they will sound, whatever happens."""
        return self.written - self._ring.read_available

    @property
    def sounded(self) -> int:
        """Frames that have left the device: those taken, but for its latency."""
        return max(0, self.taken - round(self._on_the_way_s() * self.rate))

    @property
    def silent_s(self) -> float:
        """Seconds since the ring ran empty."""
        return 0.0 if self.running else self._clock() - self._ended_at

    @property
    def running(self) -> bool:
        return self._action is not None

    @property
    def level(self) -> Level:
        """Of what sounds now."""
        end = self.sounded
        if end == self.written or not (self.running or self._on_the_way_s()):
            return SILENCE
        begin = max(0, end - self.rate * WINDOW_MS // 1000)
        return measure(self._recall(begin, end) * np.float32(self._volume))

    @property
    def lost(self) -> bool:
        """The stream has ended by itself, or takes nothing any more."""
        if self._stuck or not self._stream.active:
            return True
        taken, since = self._progress
        if not self.running or taken != self.taken:
            self._progress = (self.taken, self._clock())
            return False
        return self._clock() - since > STALL_S

    def write(self, mono: Samples) -> None:
        """Put frames behind those that wait. The caller has seen to it that there is `room`."""
        if not len(mono):
            return
        at = (self.written + np.arange(len(mono))) % len(self._history)
        self._history[at] = mono
        accepted = self._ring.write(self._interleaved(mono * np.float32(self._volume)))
        assert accepted == len(mono), f"the speaker's ring took {accepted} of {len(mono)} frames"
        self.written += accepted

    def run(self) -> None:
        """Have the device play what waits, if it doesn't already. Called whenever more was written."""
        if self._action is None and self._ring.read_available and not self._stuck:
            self._action = self._tell(lambda: self._stream.play_ringbuffer(self._ring))
            self._progress = (self.taken, self._clock())
        self._empty_at = self._clock() + self._ring.read_available / self.rate

    def ran_dry(self) -> bool:
        """Whether the ring has run empty since the last look: the action has ended, `run` starts another."""
        under_way = self._stream.actions
        self._retired = [one for one in self._retired if one[0] in under_way or one[1] in under_way]
        if self._action is None or self._action in under_way:
            return False
        self.underflows += self._action.stats.output_underflows
        self._action = None
        # It may have been a while ago: the thread that looks here may have been busy.
        self._ended_at = min(self._clock(), self._empty_at)
        return True

    def cut(self) -> None:
        """Silence from the next block on; what waits is dropped and counts as never written."""
        if self._action is not None:
            playing = self._action
            cancel = self._tell(lambda: self._stream.cancel(playing))
            # The callback may still look at all three until both actions have come back.
            self._retired.append((playing, cancel, self._ring))
        self.written = self.taken
        self._action = None
        self._ended_at = -math.inf
        self._ring = self._new_ring()

    def mix_in(self, mono: Samples) -> float:
        """Sound this beside what plays, from the next block on; the seconds until all of it was heard."""
        frames = self._interleaved(mono * np.float32(self._volume))
        if self._stuck or self._tell(lambda: self._stream.play_buffer(frames, self._stream.channels)) is None:
            return 0.0
        return BLOCK_MS / 1000 + len(mono) / self.rate + self._latency_s

    def set_volume(self, volume: float) -> None:
        """Scale what comes and what waits, but for the next blocks; a ramp of one block hides the step."""
        block = self.rate * BLOCK_MS // 1000
        before, self._volume = self._volume, volume
        count, *regions = self._ring.get_read_buffers(self._ring.read_available)
        skip = GUARD_BLOCKS * block if self.running else 0
        if count <= skip:
            return
        gain = np.full(count - skip, volume, dtype=np.float32)
        ramp = min(block, len(gain))
        gain[:ramp] = np.linspace(before, volume, ramp, dtype=np.float32)
        frames = self._interleaved(self._recall(self.written - count + skip, self.written) * gain)
        waiting = [np.frombuffer(region, dtype=np.float32) for region in regions]
        first = waiting[0][skip * self._stream.channels :]
        second = waiting[1][max(0, skip * self._stream.channels - len(waiting[0])) :]
        first[:] = frames[: len(first)]
        second[:] = frames[len(first) :]

    def _on_the_way_s(self) -> float:
        """How much the device has taken that hasn't sounded."""
        return max(0.0, self._latency_s - self.silent_s)

    def _tell(self, command: Callable[[], Any]) -> Any:
        try:
            return command()
        except RuntimeError:  # rtmixer's queue of 16 actions is full: no callback has run for a long time
            self._stuck = True
            return None

    def _recall(self, begin: int, end: int) -> Samples:
        return self._history[np.arange(begin, end) % len(self._history)]

    def _interleaved(self, mono: Samples) -> Samples:
        return np.repeat(mono, self._stream.channels)

    @property
    def _size(self) -> int:
        return ring_frames(self.rate, RING_S)

    def _new_ring(self) -> Ring:
        return self._streams.ring(self._size, self._stream.channels)
