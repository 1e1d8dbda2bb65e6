"""Times the moments of each turn from the frames on the wire and the session's notices, and marks them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from desktop.conversation.reply_sound import ReplySound
from desktop.protocol import commands, events
from desktop.realtime.connection import Frame
from desktop.realtime.session_events import (
    GateOpened,
    GateShut,
    PlaybackEnded,
    PlaybackStarted,
    SessionOpened,
    ToolEnded,
    Underrun,
)
from desktop.turn import effects
from desktop.turn.marks import Mark, MarkKind
from desktop.turn.timing import TurnTiming
from desktop.turn.timing_tracker import TimingTracker

DEFAULT_RATE = 24_000
KEPT_SOUNDS = 4
"""Replies whose sound may still be heard."""


class TurnTimer:
    """Puts a time on each moment of a turn. `clock` gives seconds that never run backwards.

    `changed` is called with each turn that a moment was added to, `marked` with each mark: its `t` is in
    microseconds of the clock.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        changed: Callable[[TurnTiming], None],
        marked: Callable[[Mark], None] = lambda mark: None,
    ) -> None:
        self._clock = clock
        self._changed = changed
        self.marked = marked
        self._tracker = TimingTracker()
        self._rate = DEFAULT_RATE
        self._model = ""
        self._sound: ReplySound | None = None
        self._sounds: dict[int, ReplySound] = {}
        self._first_sample: dict[int, float] = {}
        """When the first sample left the device, of replies of which nothing was audible yet."""
        self._first_delta = 0.0
        self._latency_ms: float | None = None
        self._words: dict[int, int] = {}
        self._by_server = False
        """Whether the server found where the user's turn ends."""

    @property
    def responding(self) -> int:
        """The number of the newest turn that the service is responding to; 0 before the first."""
        return self._tracker.responding

    def begin_conversation(self) -> None:
        """Number the turns from 1 again, beginning with those that are still to be sent."""
        for turn in self._tracker.begin_conversation():
            self._changed(turn)

    def press(self, made_at: float | None = None) -> None:
        """The talk key went down while a take is open: within its tail, the same take goes on."""
        at = self._now() if made_at is None else made_at * 1_000
        self._tell(self._tracker.press(at))
        self._mark("key_down", at)
        self._tell(self._tracker.stopped_by_key(at))

    def release(self, made_at: float | None = None) -> None:
        """The talk key went up, at this time of the clock, by default now."""
        at = self._now() if made_at is None else made_at * 1_000
        self._by_server = False
        turn = self._tracker.release(at)
        self._tell(turn)
        if turn:
            self._mark("key_up", at)

    def frame(self, frame: Frame) -> None:
        """A frame went out or came in."""
        at = frame.at * 1_000 if frame.at else self._now()
        match frame.message:
            case commands.AudioAppend():
                if turn := self._tracker.packet(at):
                    self._tell(turn)
                    self._mark("first_packet", at)
            case commands.SessionStart(config):
                self._model = (config.model or "") if isinstance(config, commands.Config) else ""
            case commands.AudioCommit() | commands.TextInput():
                self._tell(self._tracker.commit(at))
                self._tell(self._tracker.of_model(self._model))
                self._mark("commit", at)
            case commands.ResponseCancel():
                self._tell(self._tracker.cancel(at))
                self._mark("cancel", at)
            case events.SpeechStopped():
                self._by_server = True
            case events.ResponseStarted():
                self._sound = None
                self._tell(self._tracker.response_started(at))
                self._tell(self._tracker.of_model(self._model))
                self._mark("reply_started", at)
            case events.ResponseCompleted() if last := self._tracker.last_audio_at:
                self._mark("last_delta", last)
            case events.AudioDelta(audio):
                self._on_sound(audio, at)
            case _:
                pass

    def _on_sound(self, audio: bytes, at: float) -> None:
        if self._sound is None:
            self._sound = ReplySound(self._rate)
        if not self._sound.ms:
            self._first_delta = at
            self._mark("first_delta", at)
        self._tell(self._tracker.first_audio(at))
        self._tell(self._tracker.last_audio(at))
        self._sound.push(audio)
        if self._first_sample:
            self._look_for_audible()

    def notice(self, notice: effects.Notice) -> None:
        """A notice of the session."""
        now = self._now()
        match notice:
            case SessionOpened():
                self._rate = notice.output_rate
                kind: MarkKind = "renewal" if notice.renewed else "session"
                self._mark(kind, now, input_rate=notice.input_rate, output_rate=notice.output_rate)
            case effects.StateChanged(state):
                self._mark("state", now, text=state.value)
            case effects.Retrying(1):
                self._mark("drop", now)
            case effects.ToolCalled(call):
                self._mark("tool_started", now, text=call.tool_name)
            case ToolEnded(outcome):
                self._tell(self._tracker.tool(outcome.duration_ms))
                self._mark("tool_ended", now, text=outcome.name, ms=outcome.duration_ms)
            case effects.TakeStarted() | effects.TakeEnded() | GateOpened() | GateShut():
                self._on_take(notice, now)
            case _:
                self._on_reply(notice, now)

    def _on_take(self, notice: effects.Notice, now: float) -> None:
        match notice:
            case effects.TakeStarted():
                self._by_server = False
                self._tell(self._tracker.press(now))
                self._mark("take_began", now)
            case GateOpened():
                self._mark("gate_open", now)
            case GateShut(_, captured_to):
                if captured_to is not None:
                    self._tell(self._tracker.captured(captured_to * 1_000))
                    self._mark("captured_to", captured_to * 1_000)
                self._tell(self._tracker.gate_shut(now))
                self._mark("gate_shut", now)
            case effects.TakeEnded(_, "short" | "thrown away"):
                self._tell(self._tracker.thrown_away(now))
                self._mark("take_discarded", now)
            case effects.TakeEnded(_, "kept"):
                self._tracker.keep()
                self._tell(self._tracker.release(now))
                self._mark("take_kept", now)
            case effects.TakeEnded():  # by its cap, or because a device or the focus was lost; or hands-free
                turn = self._tracker.release(now, by_server=self._by_server)
                self._tell(turn)
                if turn:
                    self._mark("key_up", now, text="server" if self._by_server else "")

    def _on_reply(self, notice: effects.Notice, now: float) -> None:
        match notice:
            case effects.ResponseBegan(response):
                self._begin_reply(response)
            case effects.ResponseText(response, delta):
                self._words[response] = self._words.get(response, 0) + len(delta.split())
            case PlaybackStarted(response, ago_ms, latency_ms):
                self._on_playing(response, now - ago_ms, latency_ms, late_ms=ago_ms)
            case Underrun(ms):
                self._tell(self._tracker.underrun(ms))
                self._mark("underrun", now, ms=ms)
            case effects.Heard(response, ms):
                self._tell(self._tracker.interrupted(now))
                last = now + (self._latency_ms or 0.0)
                self._tell(self._tracker.last_audible(last))
                self._mark("interrupted", now, reply=response)
                self._mark("last_audible", last, reply=response, ms=ms)
            case effects.ResponseEnded(response, "interrupted"):
                self._tell(self._tracker.interrupted(now))
                self._end_reply(response, now)
            case effects.ResponseEnded(response):
                self._tell(self._tracker.done(now))
                self._end_reply(response, now)
            case PlaybackEnded(response):
                self._tell(self._tracker.done(now))
                self._mark("last_audible", now, reply=response)
            case _:
                pass

    def _begin_reply(self, response: int) -> None:
        if self._sound is None:
            self._sound = ReplySound(self._rate)
        self._sounds[response] = self._sound
        for old in sorted(self._sounds)[:-KEPT_SOUNDS]:
            del self._sounds[old]
            self._first_sample.pop(old, None)

    def _on_playing(self, response: int, first: float, latency_ms: float | None, late_ms: float) -> None:
        self._latency_ms = latency_ms
        first = max(first, self._first_delta)  # where sound goes to a file, all of it counts as heard at once
        self._tell(self._tracker.first_heard(first, latency_ms))
        self._mark("first_sample", first, reply=response, ms=latency_ms, late_us=round(late_ms * 1_000))
        self._first_sample[response] = first
        self._look_for_audible()

    def _look_for_audible(self) -> None:
        for response, first in list(self._first_sample.items()):
            sound = self._sounds.get(response)
            if sound and sound.lead_ms is not None:
                del self._first_sample[response]
                self._tell(self._tracker.audible(first + sound.lead_ms))
                self._mark("first_audible", first + sound.lead_ms, reply=response, ms=sound.lead_ms)

    def _end_reply(self, response: int, now: float) -> None:
        sound, words = self._sounds.get(response), self._words.pop(response, 0)
        spoken_ms = sound.ms - (sound.lead_ms or 0.0) if sound else 0.0
        silence_ms = sound.silence_ms if sound else 0.0
        self._tell(self._tracker.reply_ended(words, spoken_ms))
        self._mark("reply_done", now, reply=response, count=words, ms=spoken_ms)
        if silence_ms:
            self._tell(self._tracker.silence(silence_ms))
            self._mark("silence", now, reply=response, ms=silence_ms)

    def _now(self) -> float:
        return self._clock() * 1_000

    def _mark(self, kind: MarkKind, at_ms: float, **fields: Any) -> None:
        self.marked(Mark(round(at_ms * 1_000), kind, turn=self._tracker.newest, **fields))

    def _tell(self, turn: TurnTiming | None) -> None:
        if turn is not None:
            self._changed(turn)
