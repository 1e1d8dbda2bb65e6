"""The timeline of the conversation that goes on, recorded or not: it takes frames and marks as they come."""

from __future__ import annotations

from msgspec import structs

from desktop.protocol import commands, events
from desktop.realtime.connection import Frame
from desktop.turn.marks import Mark
from desktop.viewmodels.timeline.records import VOICES, Voice
from desktop.viewmodels.timeline.timeline import Timeline

AT_ONCE = 24_000
"""Bytes of sound that are looked at together: half a second. One by one packets cost ten times as much."""


class LiveTimeline:
    """Owns the `timeline`, which is another one with each conversation. One thread's."""

    def __init__(self) -> None:
        self._rates = (0, 0)
        self.begin_conversation()

    def begin_conversation(self) -> None:
        """Forget what came before."""
        self.timeline = Timeline()
        self.timeline.set_rates(*self._rates)
        self.zero_us: int | None = None
        """The timeline's beginning, by `time.monotonic`; None before anything has come."""
        self._offsets: dict[Voice, int] = dict.fromkeys(VOICES, 0)
        self._waiting: dict[Voice, bytearray] = {voice: bytearray() for voice in VOICES}

    def mark(self, mark: Mark) -> None:
        """A mark, whose time is that of `time.monotonic` in µs."""
        if mark.mark in ("session", "renewal"):
            self._rates = (mark.input_rate, mark.output_rate)
        self.timeline.mark(structs.replace(mark, t=self._since_zero(mark.t)))

    def frame(self, frame: Frame) -> None:
        """A frame that passed; its time is that of `time.monotonic`, or there is none."""
        if not frame.at:
            return
        t_us = self._since_zero(int(frame.at * 1e6))
        match frame.message:
            case commands.AudioAppend(audio):
                self._sound("sent", t_us, "audio.append", audio)
            case events.AudioDelta(audio):
                self._sound("received", t_us, "audio.delta", audio)
            case events.Unknown(kind):
                self.timeline.frame(t_us, frame.direction, kind)
            case message:
                self.timeline.frame(t_us, frame.direction, str(message.__struct_config__.tag))

    def look(self) -> None:
        """Look at the sound that has come since the last time."""
        for voice, waiting in self._waiting.items():
            if waiting:
                self.timeline.peaks[voice].add(bytes(waiting))
                waiting.clear()

    def _sound(self, voice: Voice, t_us: int, kind: str, audio: bytes) -> None:
        offset = self._offsets[voice]
        self._offsets[voice] += len(audio)
        self.timeline.frame(t_us, "out" if voice == "sent" else "in", kind, offset, len(audio))
        waiting = self._waiting[voice]
        waiting += audio
        if len(waiting) >= AT_ONCE:
            self.timeline.peaks[voice].add(bytes(waiting))
            waiting.clear()

    def _since_zero(self, t_us: int) -> int:
        if self.zero_us is None:
            self.zero_us = t_us
        return max(0, t_us - self.zero_us)
