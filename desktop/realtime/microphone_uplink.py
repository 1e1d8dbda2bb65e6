"""The audio line from the microphone to the wire.

A plain object on the event loop's thread; the session steps it every few milliseconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from desktop.audio import figures
from desktop.audio.format import PACKET_MS, Samples, float_to_pcm16, pcm16_to_float
from desktop.audio.interfaces import Microphone
from desktop.audio.microphone_gate import MicrophoneGate
from desktop.audio.resample import convert
from desktop.turn.mute_switch import MuteSwitch

KEPT_BEFORE = 1_000 // PACKET_MS
"""Packets before a server's `speech.started` that belong to what is said: its VAD needs half a second."""


class MicrophoneUplink:
    """Microphone → gate → packets → wire, and each take's recording until it is answered.

    Hands-free the gate stays open (`stream`), and `keep` begins a recording on the open line.

    `captured` is called for each packet of the open take with its milliseconds and whether it was spoken
    before the press; `append` with each packet, which it may drop: a take is kept until it is forgotten.
    `monitor`, where set, hears all that the microphone gives.
    """

    def __init__(
        self,
        microphone: Microphone,
        append: Callable[[bytes], None],
        captured: Callable[[float, bool], None],
        mute_switch: MuteSwitch,
    ) -> None:
        self.microphone = microphone
        self._mute_switch = mute_switch
        self.deaf = False
        """Hands-free, while the assistant is heard: silence is sent, so that it doesn't hear itself."""
        self.monitor: Callable[[Samples], None] | None = None
        self._append = append
        self._captured = captured
        self._rate = 0
        self._reading = False
        self._gate = MicrophoneGate(1)
        # A take is two minutes at most: 5.8 MB. Those that nobody asks for again are forgotten.
        self._takes: dict[int, list[bytes]] = {}
        self._open_take = 0
        self._pre_roll_left = 0.0
        self._streaming = False
        # Samples to come in which a cue sounds.
        self._disturbed = 0
        self._recent: deque[bytes] = deque(maxlen=KEPT_BEFORE)

    def retune(self, rate: int) -> None:
        """Go on at another rate in Hz: the open take, and those that wait for an answer, come along.

        Two minutes take 0.1 s; a reconnect at another rate has seldom more to carry than some seconds.
        """
        before, self._rate = self._rate, rate
        if rate == before:
            return
        old, self._gate = self._gate, MicrophoneGate(rate)
        if not before:
            return
        if old.is_open:
            self._takes[self._open_take] += old.close()
        self._takes = {take: _resampled(packets, before, rate) for take, packets in self._takes.items()}
        if self._open_take:
            self._gate.open(0)

    @property
    def rate(self) -> int:
        """The session's rate in Hz, 0 before the first session."""
        return self._rate

    def plug(self) -> None:
        """The microphone is open at the session's rate: read it from now on."""
        self._reading = True

    def unplug(self) -> None:
        """Read the microphone no more: it is being closed or exchanged, or it fails."""
        self._reading = False

    def step(self) -> None:
        """Move what was captured since the last step."""
        if not self._reading:
            return
        samples = self.microphone.read()
        if self.monitor:
            self.monitor(samples)
        if self._disturbed and len(samples):
            samples = samples.copy()
            samples[: self._disturbed] = 0.0
            self._disturbed = max(0, self._disturbed - len(samples))
        if self._mute_switch.muted or (self.deaf and self._streaming):
            samples = samples * 0
        take = self._open_take
        if self._streaming:
            for packet in self._gate.feed(samples):
                self._pass_on(packet)
            return
        for packet in self._gate.feed(samples):
            if self._open_take != take:
                return  # the take has ended within this read
            self._take_in(packet)

    def deafen(self, ms: float) -> None:
        """Take what is captured in the next `ms` for silence: a sound of our own is in the room.

        It counts captured sound, so that a read that comes late loses no more and lets no more through.
        """
        self.step()  # what was captured before now was not disturbed
        seconds = ms / 1_000 + figures.latency_s(self.microphone.latency_ms / 1_000)
        self._disturbed = max(self._disturbed, round(seconds * self._rate))

    def open(self, take: int, pre_roll_ms: float) -> None:
        """Let the microphone through, from `pre_roll_ms` before now."""
        self.step()  # what is still in the device's ring belongs to the pre-roll
        self._pre_roll_left = self._gate.open(pre_roll_ms)
        self._takes[take] = []
        self._open_take = take

    def shut(self, take: int) -> None:
        """Shut the gate; the last, shorter packet still belongs to the take."""
        self._open_take = 0
        for packet in self._gate.close():
            self._keep(take, packet)

    def stream(self, streaming: bool) -> None:
        """Let the microphone through all the time, or no more."""
        if streaming:
            self.step()
            self._gate.open(0.0)
        elif self._streaming:
            for packet in self._gate.close():
                self._pass_on(packet)
        self._streaming = streaming
        self._recent.clear()

    def keep(self, take: int) -> None:
        """Record what is sent from now on, and what was sent just before, as this take."""
        self._takes[take] = list(self._recent)
        self._open_take = take

    def leave(self, take: int) -> None:
        """The take that is recorded on the open line is over."""
        if self._open_take == take:
            self._open_take = 0

    def resend(self, take: int) -> None:
        """Append all of a take again: a new connection has none of it."""
        for packet in self._takes.get(take, ()):
            self._append(packet)

    def forget(self, take: int) -> None:
        """Drop a take's recording."""
        self._takes.pop(take, None)

    def recording(self, take: int) -> bytes:
        """What was recorded of a take: PCM16 at the session's rate."""
        return b"".join(self._takes.get(take, ()))

    def silence(self, ms: float) -> None:
        """Append digital silence, so that a server's VAD ends the turn."""
        packet = bytes(2 * self._rate * PACKET_MS // 1_000)
        for _ in range(round(ms / PACKET_MS)):
            self._append(packet)

    def _pass_on(self, packet: bytes) -> None:
        self._recent.append(packet)
        if self._open_take:
            self._keep(self._open_take, packet)
        else:
            self._append(packet)

    def _take_in(self, packet: bytes) -> None:
        self._keep(self._open_take, packet)
        ms = len(packet) * 500 / self._rate
        pre_roll = self._pre_roll_left >= ms / 2
        self._pre_roll_left -= ms
        self._captured(ms, pre_roll)

    def _keep(self, take: int, packet: bytes) -> None:
        self._takes.setdefault(take, []).append(packet)
        self._append(packet)


def _resampled(packets: list[bytes], before: int, rate: int) -> list[bytes]:
    pcm = float_to_pcm16(convert(pcm16_to_float(b"".join(packets)), before, rate))
    size = 2 * rate * PACKET_MS // 1_000
    return [pcm[at : at + size] for at in range(0, len(pcm), size)]
