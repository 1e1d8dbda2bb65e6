"""The turn of a conversation: a pure object that is told what happens and says what to do.

`Turn.handle` takes an input of ours (`inputs`) or an event of the server (`events`) with the time in
milliseconds, and gives back effects (`effects`) in the order in which they must be done. It knows no
clock, no socket and no device. It is made of two regions that run side by side, `take.Take` (the user's
speech) and `response.Response` (the assistant's), and of the link that both need.

The ten rules it keeps are tested one by one in `tests/turn/test_turn.py`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from desktop.base.message import Text
from desktop.protocol import commands, endings, events
from desktop.protocol.codes import Meaning, meaning, message_of
from desktop.turn import inputs
from desktop.turn.display_state import shown
from desktop.turn.due_transcripts import DueTranscripts
from desktop.turn.effects import (
    AppendSilence,
    ForgetTake,
    Note,
    Output,
    Pictured,
    ResendTake,
    ResponseBegan,
    Retrying,
    Send,
    State,
    StateChanged,
    TakeEnded,
    TurnActivity,
    Typed,
    UserText,
)
from desktop.turn.hands_free import HandsFree
from desktop.turn.line import Line
from desktop.turn.link import UNREADY, Link, LinkState
from desktop.turn.mute_switch import MuteSwitch
from desktop.turn.response import CUT_OFF, NO_ANSWER_NOTE, Response, ResponsePhase
from desktop.turn.take import Take, TakePhase
from desktop.turn.unanswered import Item, Unanswered

log = logging.getLogger(__name__)

TEXT_STAYS = Text("text-stays", "Not connected. Your text stays in the line until it can be sent.")
PICTURE_NOT_SENT = Text("picture-not-sent", "Not connected. Connect first, then show the picture again.")


class Turn:
    """The state of one conversation, across all its connections."""

    def __init__(self, policy: inputs.Policy | None = None, mute_switch: MuteSwitch | None = None) -> None:
        """`mute_switch` is the program's, where a mute outlives the session."""
        self._link = Link(policy or inputs.Policy())
        self._take = Take(self._link)
        self._response = Response()
        self._state = State.OFFLINE
        self._silenced = False
        self._unanswered = Unanswered()
        self._transcripts = DueTranscripts()
        self._line = Line(self._link, mute_switch or MuteSwitch())
        self._hands_free = HandsFree(
            self._link, self._take, self._response, self._unanswered, self._transcripts
        )

    @property
    def policy(self) -> inputs.Policy:
        """How turns are taken now."""
        return self._link.policy

    @property
    def state(self) -> State:
        """The one word that the user sees."""
        return self._state

    @property
    def gate_open(self) -> bool:
        """Whether the microphone's audio belongs to a take now."""
        return self._take.phase is not TakePhase.SHUT

    @property
    def user_speaks(self) -> bool:
        """Whether a take is open, or the server hears the user."""
        return self.gate_open or self._hands_free.speaking

    @property
    def streams(self) -> bool:
        """Whether the microphone is sent all the time."""
        return self._line.open

    @property
    def restless(self) -> bool:
        """Whether a deadline is pending, so that ticks are due."""
        return self.user_speaks or self._response.phase is not ResponsePhase.NONE

    @property
    def activity(self) -> TurnActivity:
        """What would be lost if the session were exchanged for another now."""
        if self.gate_open:
            return "speaking"
        response = self._response
        if (
            self._hands_free.speaking
            or response.phase is not ResponsePhase.NONE
            or response.tools.running
            or response.waits
        ):
            return "busy"
        return "sounding" if response.playing else "quiet"

    @property
    def keeps_takes(self) -> bool:
        """Whether takes wait for the next connection."""
        return self._unanswered.keeps

    def handle(self, happened: inputs.Input | events.Event, now: float) -> list[Output]:
        """What to do about this. `now` is in milliseconds and never runs backwards."""
        rule = _RULES.get(type(happened))
        effects = rule(self, happened, now) if rule else []
        return effects + self._show()

    def _show(self) -> list[Output]:
        state = self._shown()
        if state is self._state:
            return []
        log.debug("turn: %s -> %s", self._state.value, state.value)
        self._state = state
        return [StateChanged(state)]

    def _shown(self) -> State:
        if self.user_speaks:
            return State.LISTENING
        muted = self._line.muted and self._by_server
        return shown(self._link.phase, self._response, silenced=self._silenced, muted=muted)

    @property
    def _by_server(self) -> bool:
        return self._link.policy.hands_free

    # What the user does

    def _on_press(self, press: inputs.Press, now: float) -> list[Output]:
        if self._link.phase in UNREADY:
            return [Note("hint", UNREADY[self._link.phase])]
        if self._link.phase is LinkState.RESTING:
            return self._link.wake() + ([] if self._by_server else self._on_press(press, now))
        if self._by_server:
            self._silenced = True
            stops = self._response.playing
            effects = self._response.interrupt(now) if stops else self._line.handle(press, now)
            return effects + self._settle()
        if self._take.phase is TakePhase.OPEN:
            return []
        if self._link.policy.continuous:
            return self._take.handle(press, now)
        self._response.user_speaks = True
        return self._response.interrupt(now) + self._take.handle(press, now)

    def _on_release(self, release: inputs.Release, now: float) -> list[Output]:
        if self._by_server:
            return self._line.handle(release, now)
        effects = self._of_take(release, now)
        # In the tail a server's VAD may rightly begin the answer.
        self._response.user_speaks &= self._take.phase is TakePhase.OPEN
        return effects

    def _on_cancel(self, cancel: inputs.Cancel, now: float) -> list[Output]:
        if not self.gate_open:
            self._silenced = True
            return self._response.interrupt(now) + self._settle()
        self._response.user_speaks = False
        return self._take.handle(cancel, now) + self._clear()

    def _on_say(self, say: inputs.Say, now: float) -> list[Output]:
        message = commands.TextInput(say.text)
        if self._link.phase is LinkState.RESTING:
            self._unanswered.keep(message)
            return [Typed(say.text), *self._link.wake()]
        if not self._link.up:
            return [Note("hint", TEXT_STAYS())]
        quiet = self._response.interrupt(now)
        self._unanswered.sent(message, now)
        return [*quiet, Send(message), Typed(say.text), *self._response.want(now)]

    def _on_show(self, show: inputs.Show, now: float) -> list[Output]:
        if not self._link.up:
            return [Note("hint", PICTURE_NOT_SENT())]
        picture = commands.ImageInput(show.url)
        self._unanswered.sent(picture, now)
        return [Send(picture), Pictured(show.caption)]

    def _on_mute(self, mute: inputs.Mute, now: float) -> list[Output]:
        return self._line.handle(mute, now)

    # What the devices and the tools do

    def _of_take(self, event: inputs.Input, now: float) -> list[Output]:
        """The take's own effects, and what follows when it is finished."""
        was_open = self.gate_open
        effects = self._take.handle(event, now)
        if self._take.finished:
            return effects + self._hand_on(self._take.finished, now)
        if was_open and not self.gate_open:
            return effects + self._clear()
        return effects

    def _clear(self) -> list[Output]:
        # Also when nothing was captured yet: the pre-roll went out with the gate's last packet.
        return [Send(commands.AudioClear())] if self._link.up else []

    def _hand_on(self, take: int, now: float) -> list[Output]:
        self._response.user_speaks = False
        if not self._link.up:
            return self._unanswered.keep(take)
        return [*self._end_of_speech(take, now), TakeEnded(take, "sent"), *self._ask(now)]

    def _end_of_speech(self, take: int, now: float) -> list[Output]:
        policy = self._link.policy
        effects: list[Output] = [
            Send(commands.AudioCommit()) if policy.commits else AppendSilence(policy.trail_ms)
        ]
        self._transcripts.expect(take)
        # A server's VAD may have begun to answer in the tail.
        if self._response.phase is ResponsePhase.RUNNING:
            return [*effects, ForgetTake(take)]
        self._unanswered.sent(take, now)
        return effects

    def _ask(self, now: float) -> list[Output]:
        policy = self._link.policy
        # A server that was stopped from answering too early won't answer the silence that follows.
        if policy.commits or self._response.cut_off:
            self._response.cut_off = False
            return self._response.want(now)
        if not policy.continuous:
            self._response.expect(now)
        return []

    def _on_tick(self, tick: inputs.Tick, now: float) -> list[Output]:
        effects = self._of_take(tick, now)
        if self._take.phase is not TakePhase.OPEN:
            self._response.user_speaks = False
        answer = self._response.tick(now)
        # The server alone decides what it answers: a cough needs no answer.
        if self._by_server and NO_ANSWER_NOTE in answer:
            answer = [*(effect for effect in answer if effect != NO_ANSWER_NOTE), *self._nothing_heard()]
        effects += answer
        effects += self._hands_free.handle(tick, now)
        if self._response.phase is ResponsePhase.NONE:
            effects += self._unanswered.settle_old(now)
        return effects

    def _nothing_heard(self) -> list[Output]:
        # The server neither responds nor writes anything down: there was no speech in what it heard.
        short = [TakeEnded(take, "short") for take in self._transcripts.give_up()]
        return [*self._unanswered.settle(), *short]

    def _on_playback_ended(self, _: inputs.SpeakerDrained, now: float) -> list[Output]:
        self._response.playing = False
        return []

    def _on_tool_done(self, done: inputs.ToolDone, now: float) -> list[Output]:
        return self._response.tool_done(done, now)

    def _on_tools_stopped(self, stopped: inputs.ToolsStopped, now: float) -> list[Output]:
        return self._response.tools.handle(stopped, now)

    # What the link does

    def _on_connecting(self, connecting: inputs.Connecting, now: float) -> list[Output]:
        return self._link.handle(connecting, now)

    def _on_connected(self, connected: inputs.Connected, now: float) -> list[Output]:
        effects = self._link.handle(connected, now)
        kept = self._unanswered.hand_over()
        for said in kept:
            effects += self._say_again(said, now)
        if any(isinstance(said, int) for said in kept):
            effects += self._ask(now)
        if any(isinstance(said, commands.TextInput) for said in kept):
            effects += self._response.want(now)
        if self.gate_open:
            effects.append(ResendTake(self._take.number))
        return effects + self._line.handle(connected, now)

    def _on_renewed(self, renewed: inputs.Renewed, now: float) -> list[Output]:
        effects = self._response.drop() + self._response.tools.handle(renewed, now)
        effects += self._hands_free.handle(renewed, now)
        effects += self._line.handle(renewed, now) + self._unanswered.drop(keep=True)
        self._transcripts.give_up()
        return effects + self._on_connected(inputs.Connected(), now)

    def _say_again(self, said: Item, now: float) -> list[Output]:
        if not isinstance(said, int):
            self._unanswered.sent(said, now)
            return [Send(said)]
        if not self._by_server:
            return [ResendTake(said), *self._end_of_speech(said, now), TakeEnded(said, "sent")]
        self._hands_free.resend(said)
        self._unanswered.sent(said, now)
        return [ResendTake(said), AppendSilence(self._link.policy.trail_ms), TakeEnded(said, "sent")]

    def _on_policy(self, changed: inputs.PolicyChanged, now: float) -> list[Output]:
        effects: list[Output] = []
        if changed.policy.commits != self._link.policy.commits or changed.policy.hands_free:
            effects = self._end_take(now)
        was_by_server = self._by_server
        self._link.policy = changed.policy
        effects += self._hands_free.handle(changed, now) + self._line.handle(changed, now)
        # What the open line brought is no part of the next take.
        return effects + (self._clear() if was_by_server and not self._by_server else [])

    def _end_take(self, now: float) -> list[Output]:
        effects = self._take.end(now)
        return effects + (self._hand_on(self._take.finished, now) if self._take.finished else [])

    def _on_dropped(self, dropped: inputs.Dropped, now: float) -> list[Output]:
        cut_off = self._response.under_way and not dropped.final
        effects = self._response.drop() + self._response.tools.handle(dropped, now)
        if cut_off:
            effects.append(Note("warning", CUT_OFF(), dropped.code))
        effects += self._unanswered.settle_old(now)
        effects += self._link.handle(dropped, now)
        effects += self._hands_free.handle(dropped, now) + self._line.handle(dropped, now)
        effects += self._unanswered.drop(keep=dropped.message is not None)
        self._transcripts.give_up()
        if dropped.rests and dropped.message is not None:
            effects.append(Note("hint", dropped.message, dropped.code))
            return effects + (self._link.wake() if self.gate_open or self._unanswered.keeps else [])
        if not dropped.final:
            return [*effects, Retrying(dropped.attempt, dropped.after_s)]
        # Nobody opens a connection by himself now: an open microphone would record for no one.
        if self.gate_open and dropped.message is None:
            effects += self._on_cancel(inputs.Cancel(), now)
        elif self.gate_open:
            effects += self._end_take(now)
        if dropped.message is not None:
            effects.append(Note("error", dropped.message, dropped.code, dropped.action, dropped.after_s))
        return effects

    # What the server says

    def _on_response_event(self, event: events.Event, now: float) -> list[Output]:
        before = self._response.number
        effects = self._response.handle(event, now)
        if self._response.number != before:
            began = ResponseBegan(self._response.number)
            self._response.tools.handle(began, now)
            effects = [*self._hands_free.handle(began, now), *effects, *self._settle()]
            self._silenced = False
        return effects

    def _on_completed(self, event: events.ResponseCompleted, now: float) -> list[Output]:
        effects = self._on_response_event(event, now)
        self._transcripts.response_over()
        return effects

    def _settle(self) -> list[Output]:
        return self._unanswered.settle()

    def _on_transcript(self, event: events.TranscriptCommitted, now: float) -> list[Output]:
        if self._by_server:
            return self._hands_free.handle(event, now)
        if self._link.policy.commits:
            # Words before the commit can only be the open take's.
            early = self._take.number if self.gate_open else 0
            take = self._transcripts.arrived() or early
        else:
            # The server's VAD may cut one take into several: all of them are the last take's words.
            take = self._transcripts.last or self._take.number
        return [UserText(take, event.transcript)] if take or event.transcript.strip() else []

    def _on_speech_started(self, event: events.SpeechStarted, now: float) -> list[Output]:
        return self._hands_free.handle(event, now) if self._by_server else self._on_response_event(event, now)

    def _on_speech_stopped(self, event: events.SpeechStopped, now: float) -> list[Output]:
        policy = self._link.policy
        if policy.hands_free:
            ended = self._hands_free.handle(event, now)
            self._response.expect(now)
            return ended
        if not policy.commits and not policy.continuous and not self.gate_open:
            self._response.expect(now)
        return []

    def _on_error(self, error: events.Error, now: float) -> list[Output]:
        effects = self._response.handle(error, now)
        if meaning(error) is Meaning.RESULT_LATE:
            effects += self._response.tools.refuse(error, now)
        if self._response.phase is ResponsePhase.NONE:
            effects += self._settle()
        if meaning(error) in (Meaning.SHOWN, Meaning.NOTHING_HEARD, Meaning.ASIDE):
            effects.append(Note("error", message_of(error), error.code, endings.action(error.code)))
        return effects


_RULES: dict[type, Callable[..., list[Output]]] = {
    inputs.Press: Turn._on_press,
    inputs.Release: Turn._on_release,
    inputs.Cancel: Turn._on_cancel,
    inputs.Captured: Turn._of_take,
    inputs.Say: Turn._on_say,
    inputs.Show: Turn._on_show,
    inputs.Mute: Turn._on_mute,
    inputs.Tick: Turn._on_tick,
    inputs.SpeakerDrained: Turn._on_playback_ended,
    inputs.ToolDone: Turn._on_tool_done,
    inputs.ToolsStopped: Turn._on_tools_stopped,
    inputs.Connecting: Turn._on_connecting,
    inputs.Connected: Turn._on_connected,
    inputs.Renewed: Turn._on_renewed,
    inputs.PolicyChanged: Turn._on_policy,
    inputs.Dropped: Turn._on_dropped,
    events.ResponseStarted: Turn._on_response_event,
    events.ResponseCompleted: Turn._on_completed,
    events.AudioDelta: Turn._on_response_event,
    events.TextDelta: Turn._on_response_event,
    events.ToolCall: Turn._on_response_event,
    events.SpeechStarted: Turn._on_speech_started,
    events.SpeechStopped: Turn._on_speech_stopped,
    events.TranscriptCommitted: Turn._on_transcript,
    events.Error: Turn._on_error,
}
"""Who answers to what. `SessionStarted` and `SessionTerminating` are the link's own: they become
`inputs.Connected` and `inputs.Dropped`."""
