"""The speaker: responses in order, resampled to the device's own rate, played by rtmixer's C callback.

    write -> queue of each response (Python, 30 minutes) -> resampler -> ring of 2 s or more || callback

The ring is topped up by `pump` and `write`. A new response doesn't wait behind it, however long it is: it is
empty by then. A flush cancels the action that plays the ring, which takes effect with the next block.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from desktop.audio.cues import Cue, cue
from desktop.audio.devices import Device
from desktop.audio.format import Samples, pcm16_to_float
from desktop.audio.interfaces import NOTHING_HANDED_ON, HandedOn
from desktop.audio.jitter_buffer import PIECE_MS, Prebuffer, QueuedResponse, ResponseQueue
from desktop.audio.levels import SILENCE, Level
from desktop.audio.outlet import Outlet
from desktop.audio.playback_tracker import PlaybackTracker
from desktop.audio.resample import Resampler
from desktop.audio.streams import OutputStream, RtmixerStreams, Streams

DUCKED = 10 ** (-12.0 / 20)
"""The volume of a speaker that is `ducked`, of its own."""
LATE_S = 0.3
"""When nothing has come for this long, the queued audio is played: its end may have been lost on the way."""
_HELD_BACK_MS = 50
"""More than any resampler gives out beyond what is pushed."""


class Playback:
    """A `Speaker` on a real device, the default one if None."""

    def __init__(
        self,
        device: Device | None = None,
        streams: Streams | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._device = device
        self._streams: Streams = streams or RtmixerStreams()
        self._clock = clock
        self._stream: OutputStream | None = None
        self._player: Player | None = None
        self._volume = 1.0
        self._ducked = False
        self._paused = False
        self.headset = False

    def start(self, session_rate: int) -> None:
        """Open the device and keep it running, silent until something is written. Raises AudioError."""
        self.close()
        self._stream = self._streams.open_output(self._device)
        self._player = Player(Outlet(self._streams, self._stream, self._clock), session_rate, self._clock)
        self._ducked = self._paused = False
        self._player.outlet.set_volume(self._volume)

    def close(self) -> None:
        """Let the device go; what was heard stays known."""
        stream, self._stream = self._stream, None
        if stream is not None:
            self.flush()
            self._streams.close(stream)

    def write(self, response: int, pcm: bytes) -> None:
        """Queue PCM16 mono at the session's rate for the response of that number."""
        if self._player and self._stream:
            self._player.write(response, pcm)

    def complete(self, response: int) -> None:
        """No more audio comes for this response: what is there plays at once."""
        if self._player and self._stream:
            self._player.complete(response)

    def cue(self, name: Cue) -> float:
        """Sound a cue beside what plays; the milliseconds until it was heard, 0 if nothing is open."""
        if not (self._player and self._stream):
            return 0.0
        outlet = self._player.outlet
        return 1000 * outlet.mix_in(cue(name, outlet.rate))

    def flush(self) -> dict[int, float]:
        """Fall silent with the next block; what was heard of each response not heard to its end, in ms."""
        self._paused = False
        self.ducked = False
        return self._player.flush() if self._player else {}

    def pump(self) -> None:
        """Move queued audio on to the device."""
        if self._player and self._stream:
            self._player.pump()

    def heard_ms(self, response: int) -> float:
        """Milliseconds of this response that have left the device."""
        return self._player.heard_ms(response) if self._player else 0.0

    def handed_on(self) -> HandedOn:
        """What the device was handed since the last call."""
        return self._player.outlet.handed_on() if self._player and self._stream else NOTHING_HANDED_ON

    @property
    def playing(self) -> bool:
        return self._player is not None and self._stream is not None and self._player.playing

    @property
    def level(self) -> Level:
        return self._player.outlet.level if self._player and self._stream else SILENCE

    @property
    def underruns(self) -> int:
        return self._player.underruns if self._player else 0

    @property
    def gaps_ms(self) -> float:
        return self._player.gaps_ms if self._player else 0.0

    @property
    def latency_ms(self) -> float | None:
        return self._player.outlet.latency_ms if self._player else None

    @property
    def prebuffer_ms(self) -> float:
        return self._player.prebuffer.ms if self._player else Prebuffer().ms

    @property
    def lost(self) -> bool:
        return self._player is not None and self._stream is not None and self._player.outlet.lost

    @property
    def volume(self) -> float:
        return self._volume

    @volume.setter
    def volume(self, volume: float) -> None:
        self._volume = min(1.0, max(0.0, volume))
        self._apply_volume()

    @property
    def ducked(self) -> bool:
        return self._ducked

    @ducked.setter
    def ducked(self, ducked: bool) -> None:
        if ducked != self._ducked:
            self._ducked = ducked
            self._apply_volume()

    @property
    def paused(self) -> bool:
        return self._paused

    @paused.setter
    def paused(self, paused: bool) -> None:
        if paused == self._paused or not (self._player and self._stream):
            return
        self._paused = paused
        if paused:
            self._player.outlet.pause()
        else:
            self._player.outlet.resume()

    def _apply_volume(self) -> None:
        if self._player and self._stream:
            self._player.outlet.set_volume(self._volume * (DUCKED if self._ducked else 1.0))


class Player:
    """Decides what goes to the device and when; the rules of prebuffer and underrun are here.

    An rtmixer action ends when its ring runs empty, and what comes later needs a new one. In the middle
    of a response that is an underrun: the response then waits for a longer prebuffer before it goes on.
    """

    def __init__(
        self, outlet: Outlet, session_rate: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.outlet = outlet
        self._clock = clock
        self._written_at = 0.0
        self.queue = ResponseQueue(session_rate)
        self.prebuffer = Prebuffer()
        self._tracker = PlaybackTracker()
        self._resampler = Resampler(session_rate, outlet.rate)
        self._piece_room = outlet.rate * (PIECE_MS + _HELD_BACK_MS) // 1000
        self._gaps = 0
        self.gaps_ms = 0.0
        """For how long the ring was empty in the middle of responses."""

    @property
    def underruns(self) -> int:
        """Gaps in mid-response, and blocks the device itself had to do without."""
        return self._gaps + self.outlet.underflows

    @property
    def playing(self) -> bool:
        return self.queue.has_audio or self.outlet.sounded < self.outlet.written

    def write(self, number: int, pcm: bytes) -> None:
        """Queue audio for a response, and start it if that is enough."""
        self._notice_end()
        response = self.queue.write(number, pcm)
        self._written_at = self._clock()
        if response is self.queue.front and response.started and not response.complete:
            audio_ms = self.queue.ms(len(pcm))
            if response.dry:
                self._gaps += 1
                self.gaps_ms += 1000 * self.outlet.silent_s
                self.prebuffer.grow(1000 * self.outlet.silent_s)
                response.dry = False
            else:
                self.prebuffer.arrived(audio_ms, self._waiting_ms(response) - audio_ms)
        self._move_on()

    def complete(self, number: int) -> None:
        """No more comes for a response: it needn't wait any longer."""
        self._notice_end()
        self.queue.complete(number)
        self._move_on()

    def pump(self) -> None:
        """Top the ring up."""
        self._notice_end()
        self._move_on()

    def flush(self) -> dict[int, float]:
        """Silence; audio that the device has taken counts as heard, since it can't be called back."""
        self._notice_end()
        self.outlet.cut()
        self._tracker.sounded(self.outlet.taken)
        unfinished = self.queue.drop(self._tracker.cut())
        self._resampler.reset()
        return {number: self.heard_ms(number) for number in unfinished}

    def heard_ms(self, number: int) -> float:
        """Milliseconds of a response that have left the device."""
        self._tracker.sounded(self.outlet.sounded)
        return 1000 * self._tracker.heard(number) / self.outlet.rate

    def _notice_end(self) -> None:
        response = self.queue.front if self.outlet.ran_dry() else None
        if response is None or not response.started:
            return  # the last response was played to its end
        if response.pending:
            self._gaps += 1  # it was all here, but nobody pumped
            self.gaps_ms += 1000 * self.outlet.silent_s
        elif not response.complete:
            # It is a gap only if more comes.
            response.dry = True
            response.admitted = False

    def _move_on(self) -> None:
        while (response := self.queue.front) is not None and self._admit(response):
            if self.outlet.room < self._piece_room:
                break
            if response.pending:
                self._put(response, self._resampler.push(pcm16_to_float(response.take())))
            elif response.complete:
                self._put(response, self._resampler.finish())
                self.queue.finish_front()
            else:
                break
        if response is None or response.admitted or not response.started:
            self.outlet.run()

    def _admit(self, response: QueuedResponse) -> bool:
        enough = response.complete or self._waiting_ms(response) >= self.prebuffer.ms
        response.admitted = response.admitted or enough or self._clock() - self._written_at >= LATE_S
        return response.admitted

    def _waiting_ms(self, response: QueuedResponse) -> float:
        """How much of a response is not with the device yet."""
        in_ring = self.outlet.written - self.outlet.taken if response.started else 0
        return self.queue.ms(response.pending_bytes) + 1000 * in_ring / self.outlet.rate

    def _put(self, response: QueuedResponse, frames: Samples) -> None:
        self.outlet.write(frames)
        self._tracker.wrote(response.number, len(frames))
        response.started = True
