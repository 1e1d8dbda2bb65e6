"""The turn of a conversation: a pure object that is told what happens and says what to do.

`Turn.handle` takes an input of ours (`inputs`) or an event of the server (`events`) with the time in
milliseconds, and gives back effects (`effects`) in the order in which they must be done. It knows no
clock, no socket and no device. It is made of two regions that run side by side, `take.Take` (the user's
speech) and `reply.Reply` (the assistant's), and of the link that both need.

The ten rules it keeps are tested one by one in `tests/protocol/test_turn.py`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import Enum

from desktop.protocol import commands, events, inputs
from desktop.protocol.codes import Meaning, meaning
from desktop.protocol.effects import (
    AppendSilence,
    Effect,
    ForgetTake,
    Note,
    ResendTake,
    Retrying,
    RunTool,
    Send,
    State,
    StateChanged,
    TakeEnded,
    Typed,
    UserText,
)
from desktop.protocol.reply import CUT_OFF, Phase, Reply
from desktop.protocol.take import Gate, Take

log = logging.getLogger(__name__)

MAX_TRANSCRIPTS_DUE = 64
"""Takes whose words may still come. Past that the oldest is given up: its words never came."""

SEEMS_ALIVE_MS = 45_000
"""A connection that only seems to live is found dead within so long (two pings' time and the close). What
was said on it is sent again, also when the user was told meanwhile that no answer came; not minutes later."""


class Link(Enum):
    """Where the connection stands."""

    DOWN = "down"
    OPENING = "opening"
    UP = "up"
    LOST = "lost"
    FAILED = "failed"


class Turn:
    """The state of one conversation, across all its connections."""

    def __init__(self, policy: inputs.Policy | None = None) -> None:
        self._take = Take()
        self._reply = Reply()
        self._take.policy = policy or inputs.Policy()
        self._link = Link.DOWN
        self._state = State.OFFLINE
        self._silenced = False
        # Takes whose words are due, oldest first; takes that wait for a connection; and those that were
        # sent and have no answer yet: should the connection drop now, they are sent again.
        self._due: list[int] = []
        self._kept: list[int] = []
        self._unanswered: list[int] = []
        self._sent_at = 0.0
        self._answered = 0

    @property
    def state(self) -> State:
        """The one word that the user sees."""
        return self._state

    @property
    def gate_open(self) -> bool:
        """Whether the microphone's audio belongs to a take now."""
        return self._take.gate is not Gate.SHUT

    @property
    def restless(self) -> bool:
        """Whether a deadline is pending, so that ticks are due."""
        return self.gate_open or self._reply.phase is not Phase.NONE

    @property
    def keeps_takes(self) -> bool:
        """Whether takes wait for the next connection."""
        return bool(self._kept)

    def handle(self, happened: inputs.Input | events.Event, now: float) -> list[Effect]:
        """What to do about this. `now` is in milliseconds and never runs backwards."""
        rule = _RULES.get(type(happened))
        effects = rule(self, happened, now) if rule else []
        return effects + self._show()

    def _show(self) -> list[Effect]:
        state = self._shown()
        if state is self._state:
            return []
        log.debug("turn: %s -> %s", self._state.value, state.value)
        self._state = state
        return [StateChanged(state)]

    def _shown(self) -> State:
        if self.gate_open:
            return State.LISTENING
        reply = self._reply
        if self._link is Link.UP:
            if reply.phase is Phase.RUNNING and not reply.playing and not reply.tools:
                return State.THINKING
            if reply.playing:
                return State.SPEAKING
            if reply.waits:
                return State.SENDING
            if reply.tools:
                return State.TOOL
            if reply.phase is Phase.ASKED:
                return State.THINKING
            if reply.phase is Phase.CANCELLED and self._silenced:
                return State.INTERRUPTED
        return _LINK_STATES[self._link]

    # What the user does

    def _on_press(self, press: inputs.Press, now: float) -> list[Effect]:
        if self._link in _UNREADY:
            return [Note("hint", _UNREADY[self._link])]
        if self._take.gate is Gate.OPEN:
            return []
        if self._take.policy.continuous:
            return self._take.handle(press, now)
        self._reply.user_speaks = True
        return self._reply.interrupt(now) + self._take.handle(press, now)

    def _on_release(self, release: inputs.Release, now: float) -> list[Effect]:
        effects = self._of_take(release, now)
        # In the tail a server's VAD may rightly begin the answer.
        self._reply.user_speaks &= self._take.gate is Gate.OPEN
        return effects

    def _on_cancel(self, cancel: inputs.Cancel, now: float) -> list[Effect]:
        if not self.gate_open:
            self._silenced = True
            return self._reply.interrupt(now) + self._settle()
        self._reply.user_speaks = False
        return self._take.handle(cancel, now) + self._clear()

    def _on_say(self, say: inputs.Say, now: float) -> list[Effect]:
        if self._link is not Link.UP:
            return [Note("hint", "Not connected. Your text stays in the line until it can be sent.")]
        quiet = self._reply.interrupt(now)
        return [*quiet, Send(commands.TextInput(say.text)), Typed(say.text), *self._reply.want(now)]

    # What the devices and the tools do

    def _of_take(self, event: inputs.Input, now: float) -> list[Effect]:
        """The take's own effects, and what follows when it is finished."""
        was_open = self.gate_open
        effects = self._take.handle(event, now)
        if self._take.finished:
            return effects + self._hand_on(self._take.finished, now)
        if was_open and not self.gate_open:
            return effects + self._clear()
        return effects

    def _clear(self) -> list[Effect]:
        # Also when nothing was captured yet: the pre-roll went out with the gate's last packet.
        return [Send(commands.AudioClear())] if self._link is Link.UP else []

    def _hand_on(self, take: int, now: float) -> list[Effect]:
        self._reply.user_speaks = False
        if self._link is not Link.UP:
            self._kept.append(take)
            return [TakeEnded(take, "kept")]
        return [*self._end_of_speech(take, now), TakeEnded(take, "sent"), *self._ask(now)]

    def _end_of_speech(self, take: int, now: float) -> list[Effect]:
        # A server's VAD may have begun to answer in the tail.
        if self._reply.phase is not Phase.RUNNING:
            self._unanswered.append(take)
            self._sent_at = now
        due = [each for each in self._due if each > self._answered]
        self._due = [*due, take][-MAX_TRANSCRIPTS_DUE:]
        policy = self._take.policy
        return [Send(commands.AudioCommit()) if policy.commits else AppendSilence(policy.trail_ms)]

    def _ask(self, now: float) -> list[Effect]:
        policy = self._take.policy
        # A server that was stopped from answering too early won't answer the silence that follows.
        if policy.commits or self._reply.cut_off:
            self._reply.cut_off = False
            return self._reply.want(now)
        if not policy.continuous:
            self._reply.expect(now)
        return []

    def _on_tick(self, tick: inputs.Tick, now: float) -> list[Effect]:
        effects = self._of_take(tick, now)
        if self._take.gate is not Gate.OPEN:
            self._reply.user_speaks = False
        effects += self._reply.tick(now)
        if self._reply.phase is Phase.NONE:
            effects += self._settle_old(now)
        return effects

    def _on_playback_ended(self, _: inputs.PlaybackEnded, now: float) -> list[Effect]:
        self._reply.playing = False
        return []

    def _on_tool_done(self, done: inputs.ToolDone, now: float) -> list[Effect]:
        if not self._reply.tool_done(done.call_id, now) or self._link is not Link.UP:
            return []
        return [Send(commands.ToolResult(done.call_id, done.result))]

    # What the link does

    def _on_connecting(self, _: inputs.Connecting, now: float) -> list[Effect]:
        if self._link is not Link.LOST:
            self._link = Link.OPENING
        return []

    def _on_connected(self, connected: inputs.Connected, now: float) -> list[Effect]:
        self._link = Link.UP
        self._take.policy = connected.policy
        effects: list[Effect] = []
        kept, self._kept = self._kept, []
        for take in kept:
            effects += [ResendTake(take), *self._end_of_speech(take, now), TakeEnded(take, "sent")]
        if kept:
            effects += self._ask(now)
        if self.gate_open:
            effects.append(ResendTake(self._take.number))
        return effects

    def _on_policy(self, changed: inputs.PolicyChanged, now: float) -> list[Effect]:
        effects = self._end_take(now) if changed.policy.commits != self._take.policy.commits else []
        self._take.policy = changed.policy
        return effects

    def _end_take(self, now: float) -> list[Effect]:
        effects = self._take.end(now)
        return effects + (self._hand_on(self._take.finished, now) if self._take.finished else [])

    def _on_dropped(self, dropped: inputs.Dropped, now: float) -> list[Effect]:
        cut_off = self._reply.under_way and not dropped.final
        effects = self._reply.drop()
        if cut_off:
            effects.append(Note("warning", CUT_OFF, dropped.code))
        effects += self._settle_old(now)
        unanswered, self._unanswered = self._unanswered, []
        if dropped.message:
            self._kept = unanswered + self._kept
            effects += [TakeEnded(take, "kept") for take in unanswered]
        else:
            effects += [ForgetTake(take) for take in unanswered]
        self._due.clear()
        if not dropped.final:
            self._link = Link.LOST
            return [*effects, Retrying(dropped.attempt, dropped.retry_s)]
        self._link = Link.FAILED if dropped.message else Link.DOWN
        # Nobody opens a connection by himself now: an open microphone would record for no one.
        if self.gate_open and not dropped.message:
            effects += self._on_cancel(inputs.Cancel(), now)
        elif self.gate_open:
            effects += self._end_take(now)
        if dropped.message:
            effects.append(Note("error", dropped.message, dropped.code))
        return effects

    # What the server says

    def _on_reply_event(self, event: events.Event, now: float) -> list[Effect]:
        before = self._reply.number
        effects = self._reply.handle(event, now)
        if self._reply.number != before:
            effects += self._settle()
            self._silenced = False
        if isinstance(event, events.ToolCall) and not any(isinstance(e, RunTool) for e in effects):
            log.debug("turn: a tool call of a cancelled reply is not run: %s", event.tool_name)
        return effects

    def _on_completed(self, event: events.ResponseCompleted, now: float) -> list[Effect]:
        effects = self._on_reply_event(event, now)
        # An answer is over: words of takes before the last one would have come by now, and the last one's
        # come before the next take's.
        self._due = self._due[-1:]
        self._answered = self._due[-1] if self._due else self._answered
        return effects

    def _settle_old(self, now: float) -> list[Effect]:
        return self._settle() if now - self._sent_at > SEEMS_ALIVE_MS else []

    def _settle(self) -> list[Effect]:
        """The takes that were sent need not be sent again."""
        settled, self._unanswered = self._unanswered, []
        return [ForgetTake(take) for take in settled]

    def _on_transcript(self, event: events.TranscriptCommitted, now: float) -> list[Effect]:
        if self._take.policy.commits:
            # Words before the commit can only be the open take's.
            early = self._take.number if self.gate_open else 0
            take = self._due.pop(0) if self._due else early
        else:
            # The server's VAD may cut one take into several: all of them are the last take's words.
            take = self._due[-1] if self._due else self._take.number
        return [UserText(take, event.transcript)] if take or event.transcript.strip() else []

    def _on_speech_stopped(self, _: events.SpeechStopped, now: float) -> list[Effect]:
        policy = self._take.policy
        if not policy.commits and not policy.continuous and not self.gate_open:
            self._reply.expect(now)
        return []

    def _on_error(self, error: events.Error, now: float) -> list[Effect]:
        effects = self._reply.handle(error, now)
        if self._reply.phase is Phase.NONE:
            effects += self._settle()
        if meaning(error) in (Meaning.SHOWN, Meaning.NOTHING_HEARD):
            said = error.message or "The service reported an error without a word about it."
            effects.append(Note("error", said, error.code))
        return effects

    def _on_terminating(self, ending: events.SessionTerminating, now: float) -> list[Effect]:
        return [Note("warning", ending.message or "The service ended the session.", ending.code)]


_UNREADY = {
    Link.DOWN: "Not connected. Connect first, then hold to talk.",
    Link.FAILED: "Not connected. Connect first, then hold to talk.",
    Link.OPENING: "Still connecting. Hold to talk once it is ready.",
}
"""Why a press opens no take: no session, no open microphone. A lost link keeps its microphone."""

_LINK_STATES = {
    Link.DOWN: State.OFFLINE,
    Link.OPENING: State.CONNECTING,
    Link.UP: State.READY,
    Link.LOST: State.RECONNECTING,
    Link.FAILED: State.ERROR,
}

_RULES: dict[type, Callable[..., list[Effect]]] = {
    inputs.Press: Turn._on_press,
    inputs.Release: Turn._on_release,
    inputs.Cancel: Turn._on_cancel,
    inputs.Captured: Turn._of_take,
    inputs.Say: Turn._on_say,
    inputs.Tick: Turn._on_tick,
    inputs.PlaybackEnded: Turn._on_playback_ended,
    inputs.ToolDone: Turn._on_tool_done,
    inputs.Connecting: Turn._on_connecting,
    inputs.Connected: Turn._on_connected,
    inputs.PolicyChanged: Turn._on_policy,
    inputs.Dropped: Turn._on_dropped,
    events.ResponseStarted: Turn._on_reply_event,
    events.ResponseCompleted: Turn._on_completed,
    events.AudioDelta: Turn._on_reply_event,
    events.TextDelta: Turn._on_reply_event,
    events.ToolCall: Turn._on_reply_event,
    events.SpeechStarted: Turn._on_reply_event,
    events.SpeechStopped: Turn._on_speech_stopped,
    events.TranscriptCommitted: Turn._on_transcript,
    events.Error: Turn._on_error,
    events.SessionTerminating: Turn._on_terminating,
}
"""Who answers to what. `SessionStarted` is the session's own (it becomes `inputs.Connected`)."""
