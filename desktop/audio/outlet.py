"""The device's side of playback: the ring that it plays, and what has left the device.

Everything here is counted in frames at the device's rate since the stream was opened. Written frames wait in
the ring, are taken by the callback a block at a time, and sound one output latency later:

    written >= taken >= sounded

The ring that the callback reads is written to at its end only. What waits is dropped, or gets another volume,
by commands: this ring ends, or another one plays in its place.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from desktop.audio import reported_values
from desktop.audio.format import BLOCK_MS, Samples
from desktop.audio.interfaces import HandedOn
from desktop.audio.levels import SILENCE, WINDOW_MS, Level, measure
from desktop.audio.output_history import OutputHistory
from desktop.audio.ring_actions import RingActions
from desktop.audio.streams import OutputStream, Ring, Streams, ring_frames

RING_S = 2.0
"""At least this much is ready for the device: the GUI thread may stall that long without a gap."""
STALL_S = 5.0
"""A device that takes nothing for this long is gone. PulseAudio's first block may need 2 s."""
LEAD_BLOCKS = 2
"""A new volume begins so many blocks of BLOCK_MS later: the callback goes on while it is being prepared."""
LEADS = (LEAD_BLOCKS, 2 * LEAD_BLOCKS, 8 * LEAD_BLOCKS)
"""Where the callback was faster than that, it is prepared again, with more time."""


class Outlet:
    """Keeps a stream supplied from a ring and knows how much of it was heard.

    Args:
        streams: where the rings come from.
        stream: open and running.
        clock: seconds, monotonic.
    """

    def __init__(self, streams: Streams, stream: OutputStream, clock: Callable[[], float]) -> None:
        self.rate = reported_values.sample_rate(stream.samplerate)
        self._latency_s = reported_values.latency_s(stream.latency)
        self.latency_ms = 1000 * self._latency_s if reported_values.is_latency(stream.latency) else None
        """As the driver reports it; None where that can't be."""
        self._streams = streams
        self._stream = stream
        self._clock = clock
        self._ring = self._new_ring()
        self._actions = RingActions(stream)
        self._history = OutputHistory(self.rate, 2 * self._size)
        self._volume_due = False
        self._ended_at = -math.inf
        self._empty_at = -math.inf
        self._progress = (0, clock())
        self._paused = False
        # How much `handed_on` has given out, and which of the actions that played it was under way then.
        self._given = 0
        self._given_of = 0
        self._plays = 0

    @property
    def room(self) -> int:
        """Frames that can be written."""
        return self._ring.write_available

    @property
    def written(self) -> int:
        """Frames that wait in the ring or have left it; those that were cut don't count."""
        return self._history.written

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
        return 0.0 if self._actions.playing else self._clock() - self._ended_at

    @property
    def underflows(self) -> int:
        """Blocks that the device had to do without."""
        return self._actions.underflows

    @property
    def level(self) -> Level:
        """Of what sounds now."""
        end = self.sounded
        if end == self.written or not (self._actions.playing or self._on_the_way_s()):
            return SILENCE
        begin = max(0, end - self.rate * WINDOW_MS // 1000)
        return measure(self._history.recall(begin, end))

    @property
    def lost(self) -> bool:
        """The stream has ended on its own, or takes nothing any more."""
        if self._actions.stuck or not self._stream.active:
            return True
        taken, since = self._progress
        if not self._actions.playing or taken != self.taken:
            self._progress = (self.taken, self._clock())
            return False
        return self._clock() - since > STALL_S

    def write(self, mono: Samples) -> None:
        """Append frames to those that wait. The caller has checked that there is `room`."""
        if not len(mono):
            return
        follows = self._actions.playing or self._ring.read_available > 0
        accepted = self._ring.write(self._interleaved(self._history.push(mono, follows)))
        assert accepted == len(mono), f"the speaker's ring took {accepted} of {len(mono)} frames"

    def run(self) -> None:
        """Have the device play what waits, if it doesn't already. Called whenever more was written."""
        if self._paused:
            return
        if not self._actions.playing and self._ring.read_available and not self._actions.stuck:
            self._actions.play(self._ring)
            self._plays += 1
            self._progress = (self.taken, self._clock())
        self._empty_at = self._clock() + self._ring.read_available / self.rate

    def ran_dry(self) -> bool:
        """Whether the ring has run empty since the last look; then `run` starts again."""
        self._apply_volume()
        if not self._actions.ran_empty():
            return False
        # It may have been a while ago: the thread that looks here may have been busy.
        self._ended_at = min(self._clock(), self._empty_at)
        return True

    def cut(self) -> None:
        """Silence from the next block on; what waits is dropped and counts as never written."""
        self._actions.cancel()
        self._paused = False
        self._history.take_back(self.taken)
        self._ended_at = -math.inf
        self._ring = self._new_ring()

    def pause(self) -> None:
        """Silence from the next block on; `resume` goes on with the same sample."""
        self._actions.cancel()
        self._paused = True

    def resume(self) -> None:
        """Go on where it was paused."""
        if self._paused:
            self._paused = False
            self.run()

    def handed_on(self) -> HandedOn:
        """What the device has taken since the last call, as loud as it sounds; of seconds only the last."""
        taken, plays = self.taken, self._plays if self._actions.playing else 0
        samples = self._history.recall(max(min(self._given, taken), taken - self._size), taken)
        follows = 0 < self._given_of == self._plays
        self._given, self._given_of = taken, plays
        return HandedOn(samples, self.rate, follows, plays > 0)

    def mix_in(self, mono: Samples) -> float:
        """Sound this beside what plays, from the next block on; the seconds until all of it was heard."""
        if not self._actions.mix_in(self._interleaved(mono * np.float32(self._history.volume))):
            return 0.0
        return BLOCK_MS / 1000 + len(mono) / self.rate + self._latency_s

    def set_volume(self, volume: float) -> None:
        """The volume of what comes and of what waits, from 0 to 1; heard two to three blocks later."""
        if volume != self._history.volume:
            self._history.volume = volume
            self._volume_due = True
            self._apply_volume()

    def _apply_volume(self) -> None:
        """Have the device go on with a ring in which what waits has the volume of now.

        One exchange at a time: rtmixer's queue of commands is short. A volume that comes while the last one
        is on its way to the callback is applied by the next look.
        """
        if not self._volume_due or not self._actions.settled or self._actions.stuck:
            return
        self._volume_due = False
        plays = self._actions.playing
        for lead in LEADS:
            begin = self.taken
            change = begin + lead * self.rate * BLOCK_MS // 1000 if plays else begin
            if not self._history.rescale(change):
                return  # nothing of it waits that would change
            ring = self._new_ring()
            ring.write(self._interleaved(self._history.recall(begin, self.written)))
            if self.taken <= change or lead == LEADS[-1]:
                break
            self._history.undo_rescale(change)
        if plays:
            self._actions.exchange(ring)
        self._ring = ring

    def _on_the_way_s(self) -> float:
        """How much the device has taken that hasn't sounded."""
        return max(0.0, self._latency_s - self.silent_s)

    def _interleaved(self, mono: Samples) -> Samples:
        return np.repeat(mono, self._stream.channels)

    @property
    def _size(self) -> int:
        return ring_frames(self.rate, RING_S)

    def _new_ring(self) -> Ring:
        return self._streams.ring(self._size, self._stream.channels)
