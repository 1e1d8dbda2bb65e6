"""rtmixer driven by hand, for tests of the code that uses it.

The streams do what the C callback does, a block at a time, on each `run` or `deliver`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from desktop.audio.devices import Device
from desktop.audio.format import Samples
from desktop.audio.interfaces import AudioError


class FakeClock:
    """A clock whose seconds pass when the test says so."""

    def __init__(self, now: float = 100.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class FakeRing:
    """PortAudio's ring buffer, in Python."""

    def __init__(self, frames: int, channels: int) -> None:
        self.channels = channels
        self._data = np.zeros(frames * channels, dtype=np.float32)
        self._read = self._written = 0  # in samples, ever growing

    @property
    def read_available(self) -> int:
        return (self._written - self._read) // self.channels

    @property
    def write_available(self) -> int:
        return len(self._data) // self.channels - self.read_available

    def write(self, data: Any) -> int:
        """Put frames in, as many as fit; returns how many."""
        samples = np.frombuffer(data, dtype=np.float32)[: self.write_available * self.channels]
        self._data[np.arange(self._written, self._written + len(samples)) % len(self._data)] = samples
        self._written += len(samples)
        return len(samples) // self.channels

    def read(self, size: int = -1) -> Any:
        """Take frames out, all of them if no size is given."""
        count = (self.read_available if size < 0 else min(size, self.read_available)) * self.channels
        taken = self._data[np.arange(self._read, self._read + count) % len(self._data)]
        self._read += count
        return taken.data

    @property
    def memory(self) -> Samples:
        """The memory that a callback may read at any time: samples of all channels, waiting or not."""
        return self._data


@dataclass(eq=False)
class FakeStats:
    """What PortAudio lost."""

    input_overflows: int = 0
    output_underflows: int = 0


@dataclass(eq=False)
class FakeAction:
    """Something the callback has to do."""

    ring: FakeRing | None = None
    cancels: FakeAction | None = None
    stats: FakeStats = field(default_factory=FakeStats)


class FakeStream:
    """An open stream whose callback runs when `deliver` or `run` is called.

    Args:
        rate: Hz of the device.
        channels: of the device.
        latency: seconds.
    """

    def __init__(self, rate: int, channels: int, latency: float) -> None:
        self.rate = rate
        self.samplerate = float(rate)
        """As the system reports it."""
        self.channels = channels
        self.latency = latency
        self.active = True
        self.closed = False
        self.actions: list[FakeAction] = []
        self.losses = FakeStats()

    @property
    def block(self) -> int:
        """Frames of one callback."""
        return round(self.rate / 100)

    def start(self) -> None:
        """Already running."""

    def close(self) -> None:
        """Stop for good."""
        self.closed = True
        self.active = False

    def play_ringbuffer(self, ringbuffer: Any) -> FakeAction:
        """Play a ring from the next block on."""
        return self._enqueue(FakeAction(ring=ringbuffer))

    record_ringbuffer = play_ringbuffer

    def play_buffer(self, buffer: Any, channels: int) -> FakeAction:
        """Play a buffer from the next block on."""
        ring = FakeRing(len(buffer) // channels, channels)
        ring.write(buffer)
        return self._enqueue(FakeAction(ring=ring))

    def cancel(self, action: FakeAction) -> FakeAction:
        """End an action with the next block."""
        return self._enqueue(FakeAction(cancels=action))

    def exchange(self, playing: FakeAction, ringbuffer: Any) -> tuple[FakeAction, FakeAction]:
        """End an action and play a ring instead, from the same block on."""
        return self.cancel(playing), self.play_ringbuffer(ringbuffer)

    def fetch_and_reset_stats(self) -> FakeAction:
        """Answer with the losses, with the next block."""
        return self._enqueue(FakeAction())

    def run(self, blocks: int = 1) -> Samples:
        """Play so many blocks; what the device got, its first channel."""
        return np.concatenate([self._play_block() for _ in range(blocks)])

    def deliver(self, frames: Samples) -> None:
        """Let the device capture frames: one column for each channel, or one dimension for mono."""
        for at in range(0, len(frames), self.block):
            block = np.ascontiguousarray(frames[at : at + self.block], dtype=np.float32)
            for action in self._begin():
                assert action.ring is not None
                if action.ring.write(block) < len(block):
                    self.actions.remove(action)

    def _play_block(self) -> Samples:
        out = np.zeros(self.block, dtype=np.float32)
        for action in self._begin():
            assert action.ring is not None
            played = np.frombuffer(action.ring.read(self.block), dtype=np.float32)[:: self.channels]
            out[: len(played)] += played
            if len(played) < self.block:
                self.actions.remove(action)
        return out

    def _begin(self) -> list[FakeAction]:
        """Carry out the commands, as the callback does first; the remaining actions record or play."""
        for action in list(self.actions):
            if action.cancels is not None and action.cancels in self.actions:
                self.actions.remove(action.cancels)
            if action.ring is None:
                if action.cancels is None:
                    action.stats, self.losses = self.losses, FakeStats()
                self.actions.remove(action)
        return list(self.actions)

    def _enqueue(self, action: FakeAction) -> FakeAction:
        self.actions.append(action)
        return action


class FakeStreams:
    """Opens fake streams and keeps them as `input` and `output`.

    Args:
        rate: Hz of both devices.
        channels: of both devices.
        latency: seconds, of both.
    """

    def __init__(self, rate: int = 48_000, channels: int = 1, latency: float = 0.0) -> None:
        self.rate = rate
        self.channels = channels
        self.latency = latency
        self.reported_rate: float | None = None
        """What the streams say their rate is, where that isn't true."""
        self.error: AudioError | None = None
        self.input = FakeStream(rate, channels, latency)
        self.output = FakeStream(rate, channels, latency)

    def open_input(self, device: Device | None) -> FakeStream:
        """A new input stream."""
        self.input = self._open()
        return self.input

    def open_output(self, device: Device | None) -> FakeStream:
        """A new output stream."""
        self.output = self._open()
        return self.output

    def ring(self, frames: int, channels: int) -> FakeRing:
        """A new ring."""
        return FakeRing(frames, channels)

    def close(self, stream: Any) -> None:
        """Close a stream."""
        stream.close()

    def _open(self) -> FakeStream:
        if self.error is not None:
            raise self.error
        stream = FakeStream(self.rate, self.channels, self.latency)
        if self.reported_rate is not None:
            stream.samplerate = self.reported_rate
        return stream
