"""The path of the sound from the microphone to the wire.

A plain object on the event loop's thread; the session steps it every few milliseconds.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

from desktop.audio import reported_values
from desktop.audio.captured_sound import CapturedSound
from desktop.audio.format import PACKET_MS, Samples
from desktop.audio.interfaces import Microphone
from desktop.audio.microphone_gate import MicrophoneGate
from desktop.audio.silence_detector import SilenceDetector
from desktop.realtime.microphone_mask import MicrophoneMask
from desktop.realtime.recent_sounds import RecentSounds
from desktop.realtime.take_recordings import RecordedSound, TakeRecordings
from desktop.turn.mute_switch import MuteSwitch

KEPT_BEFORE = 1_000 // PACKET_MS
"""Packets before a server's `speech.started` that belong to the speech: its VAD needs half a second."""


class MicrophoneUplink:
    """Microphone → gate → packets → wire, and a recording of each take until it is answered.

    With the talk key the gate is opened for each take. Hands-free it stays open (`stream`), and a recording
    begins and ends while packets go out.

    Args:
        microphone: read from `attach` to `detach`.
        append: puts a packet on the wire; it may drop it, since takes are recorded here.
        append_sound: puts many packets on the wire, as fast as it takes them; it may drop them as well.
        captured: called for each packet of a take that was opened with the talk key, with its milliseconds
            and whether it was spoken before the press.
        mute_switch: while it is on, silence is sent.
        sounds: gets the sound of the takes.
    """

    def __init__(
        self,
        microphone: Microphone,
        append: Callable[[bytes], None],
        append_sound: Callable[[RecordedSound], None],
        captured: Callable[[float, bool], None],
        mute_switch: MuteSwitch,
        sounds: RecentSounds | None = None,
    ) -> None:
        self.microphone = microphone
        self.tap: Callable[[Samples], None] | None = None
        """Gets the microphone's sound at `rate`; meanwhile nothing is sent, not even silence."""
        self.found = False
        """Whether the last look at the microphone found sound."""
        self.mask = MicrophoneMask(mute_switch)
        self.clean: Callable[[Samples], Samples] = _unchanged
        """Takes echo out of what was read."""
        self.admit: Callable[[Samples], Samples] = _unchanged
        """What of the open line may be sent in place of these samples: see `barge_in`."""
        self._append = append
        self._append_sound = append_sound
        self._captured = captured
        self._rate = 0
        self._attached = False
        self._gate = MicrophoneGate(1)
        self._recordings = TakeRecordings(sounds)
        self._open_take = 0
        self._pre_roll_left_ms = 0.0
        self._streaming = False
        self._captured_sound = CapturedSound(1)
        self._silence = SilenceDetector(1)
        self._tail_ends: float | None = None
        self._overruns = 0
        self._recent: deque[bytes] = deque(maxlen=KEPT_BEFORE)

    @property
    def rate(self) -> int:
        """The session's rate in Hz, 0 before the first session."""
        return self._rate

    def set_rate(self, rate: int) -> None:
        """Go on at another rate in Hz: the open take, and those that wait for an answer, come along.

        Two minutes take 0.1 s; a reconnect at another rate rarely has more than a few seconds to convert.
        """
        before, self._rate = self._rate, rate
        if rate == before:
            return
        self._captured_sound = CapturedSound(rate)
        self._silence = SilenceDetector(rate)
        old, self._gate = self._gate, MicrophoneGate(rate)
        if not before:
            self._recordings.set_rate(rate)
            return
        self._recent.clear()
        if old.is_open:
            for packet in old.close():
                self._record(packet)
            self._gate.open(0.0)
        self._recordings.resample(before, rate)

    def attach(self) -> None:
        """The microphone is open at the session's rate: read it from now on."""
        self._attached = True

    def detach(self) -> None:
        """Stop reading the microphone: it is being closed or exchanged, or it fails."""
        self._attached = False
        self._captured_sound.clear()
        self._silence.clear()

    @property
    def streams(self) -> bool:
        """Whether the microphone is let through all the time."""
        return self._streaming

    @property
    def rests(self) -> bool:
        """Whether nobody needs the sound but a press, which may come."""
        wanted = self._gate.is_open or self._streaming or self.tap or self._captured_sound.held
        return not (wanted or self.mask.acts)

    def step(self, until: float = math.inf) -> None:
        """Move what was captured since the last step, until this time at most, as far as `hold` lets it."""
        if self._attached and self.rests:
            self.microphone.fetch()
            self.microphone.rest()
        else:
            self.move(until)

    def fetch(self) -> None:
        """Let the microphone's level be that of now, where steps are rare."""
        if self._attached and self.rests:
            self.microphone.fetch()

    def move(self, until: float = math.inf) -> None:
        """Move what was captured, though nobody may need it yet."""
        if not self._attached:
            return
        heard = self.microphone.read()
        now = (
            time.monotonic()
        )  # a program that is stopped between the two must not take what it reads for older
        self.found = len(heard) > 0
        if self.tap:
            self.tap(heard)
            return
        samples = self.clean(self.mask.uncovered(heard))
        delay_s = reported_values.latency_s(self.microphone.latency_ms / 1_000)
        overran, self._overruns = self.microphone.overruns != self._overruns, self.microphone.overruns
        self._captured_sound.push(samples, now - delay_s, overran=overran)
        # In pieces: when the take ends within them, what follows must not be in its last packet.
        for samples in self._captured_sound.take(now, PACKET_MS / 1_000, until):
            samples = self.mask.apply(samples, self._streaming)
            if self._streaming:
                samples = self.admit(samples)
            self._silence.push(samples)
            self._move(samples)

    def _move(self, samples: Samples) -> None:
        take = self._open_take
        for packet in self._gate.feed(samples):
            if self._streaming:
                self._send_streamed(packet)
            elif self._open_take == take:
                self._send_of_take(packet)
            else:
                return  # the take has ended within this piece

    def hold(self, until: float | None) -> None:
        """Move nothing that was captured after this time of `time.monotonic`; None: move all."""
        self._captured_sound.hold(self._tail_ends if until is None else until)

    def end_tail(self, at: float | None) -> None:
        """The open take has nothing that was captured after this time of `time.monotonic`; None: it goes on.

        Its tail ends by how much was captured. That isn't enough where the sound system was stopped as well:
        it goes on where it was, long after the key-up.
        """
        self._tail_ends = at
        self.hold(None)

    def moved_since_ms(self, moment: float | None) -> float:
        """How much sound from after this time has been moved, in milliseconds."""
        return 0.0 if moment is None else max(0.0, 1_000 * (self._captured_sound.moved_to - moment))

    @property
    def fell_silent(self) -> bool:
        """Whether somebody spoke, and is not heard any more in what was moved last."""
        return self._silence.fell_silent

    @property
    def captured_to(self) -> float | None:
        """When the last sample that was moved was captured, by `time.monotonic`; None before the first."""
        moment = self._captured_sound.moved_to
        return moment if math.isfinite(moment) else None

    def deafen(self, ms: float) -> None:
        """Treat what is captured in the next `ms` as silence: the room hears a sound of our own.

        It counts captured sound, so that a late read masks no more and no less.
        """
        self.move()  # sound captured before now was not disturbed
        seconds = ms / 1_000 + reported_values.latency_s(self.microphone.latency_ms / 1_000)
        self.mask.cover(round(seconds * self._rate))

    def open_gate(self, take: int, pre_roll_ms: float) -> None:
        """Let the microphone through, from `pre_roll_ms` before now."""
        self.move()  # what waits at the device belongs to the pre-roll
        late_ms = self._captured_sound.passed_ms  # captured since the press, and in the gate's memory already
        self._pre_roll_left_ms = self._gate.open(pre_roll_ms + late_ms) - late_ms
        self._recordings.begin(take)
        self._open_take = take

    def close_gate(self, take: int) -> None:
        """Shut the gate; the last, shorter packet still belongs to the take."""
        self._open_take = 0
        for packet in self._gate.close():
            self._recordings.add(take, packet)
            self._append(packet)
        self.end_tail(None)

    def stream(self, streaming: bool) -> None:
        """Let the microphone through all the time, or stop doing so."""
        if streaming:
            self.move()
            self._gate.open(0.0)
        elif self._streaming:
            for packet in self._gate.close():
                self._send_streamed(packet)
        self._streaming = streaming
        self._recent.clear()

    def begin_recording(self, take: int) -> None:
        """Record what is streamed from now on, and what was streamed just before, as this take."""
        self._recordings.begin(take, self._recent)
        self._open_take = take

    def end_recording(self, take: int) -> None:
        """The take that is recorded from the stream is over."""
        if self._open_take == take:
            self._open_take = 0

    def resend(self, take: int) -> None:
        """Append all of a take again: a new connection has received none of it."""
        self._append_sound(self._recordings.sound(take))

    def forget(self, take: int) -> None:
        """Drop a take's recording."""
        self._recordings.forget(take)

    def append_silence(self, ms: float) -> None:
        """Append digital silence, so that a server's VAD ends the turn."""
        packet = bytes(2 * (self._rate * PACKET_MS // 1_000))
        packets = [packet] * round(ms / PACKET_MS)
        self._append_sound(RecordedSound(len(packet) * len(packets), packets))

    def _send_streamed(self, packet: bytes) -> None:
        self._recent.append(packet)
        self._record(packet)
        self._append(packet)

    def _send_of_take(self, packet: bytes) -> None:
        self._record(packet)
        self._append(packet)
        ms = len(packet) * 500 / self._rate
        pre_roll = self._pre_roll_left_ms >= ms / 2
        self._pre_roll_left_ms -= ms
        self._captured(ms, pre_roll)

    def _record(self, packet: bytes) -> None:
        if self._open_take:
            self._recordings.add(self._open_take, packet)


def _unchanged(samples: Samples) -> Samples:
    return samples
