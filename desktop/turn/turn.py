"""The turn of a conversation: a pure object that gets inputs and returns effects.

`Turn.handle` takes an input of ours (`inputs`) or an event of the server (`events`) with the time in
milliseconds, and returns effects (`effects`) in the order in which they must be carried out. It knows no
clock, no socket and no device. It is made of regions that run side by side (`regions`), each with a phase and
a table of its own.

The ten rules it keeps are tested one by one in `tests/turn/test_turn.py`.
"""

from __future__ import annotations

import logging
from typing import assert_never

from msgspec import structs

from desktop.base.message import Text
from desktop.protocol import commands, endings, events
from desktop.protocol.codes import Meaning, meaning, message_of
from desktop.turn import inputs
from desktop.turn.delivery import Delivery
from desktop.turn.display_state import activity, display_state
from desktop.turn.effects import (
    DisplayState,
    Note,
    Pictured,
    ResponseBegan,
    Send,
    StateChanged,
    TakeEnded,
    TurnActivity,
    TurnOutput,
    Typed,
    UserText,
)
from desktop.turn.link import UNREADY, LinkState
from desktop.turn.mute_switch import MuteSwitch
from desktop.turn.numbering import Numbering
from desktop.turn.reconnection import Reconnection
from desktop.turn.region import Rule, TableKey, ignore, look_up, rows
from desktop.turn.regions import make_regions
from desktop.turn.response_notes import EMPTY_NOTE, NO_ANSWER_NOTE
from desktop.turn.response_phase import ResponsePhase
from desktop.turn.take import TakePhase

log = logging.getLogger(__name__)

TEXT_STAYS = Text("text-stays", "Not connected. Your text stays in the line until it can be sent.")
PICTURE_NOT_SENT = Text("picture-not-sent", "Not connected. Connect first, then show the picture again.")


class Turn:
    """The state of one conversation, across all its connections."""

    def __init__(
        self,
        policy: inputs.Policy | None = None,
        mute_switch: MuteSwitch | None = None,
        numbering: Numbering | None = None,
    ) -> None:
        """`mute_switch` and `numbering` are the program's, where they outlive the session."""
        regions = make_regions(policy or inputs.Policy(), mute_switch, numbering)
        self._regions = regions
        self._link = regions.link
        self._take = regions.take
        self._response = regions.response
        self._unanswered = regions.unanswered
        self._delivery = Delivery(regions)
        self._reconnection = Reconnection(regions, self._delivery)
        self._state = DisplayState.OFFLINE
        self._silenced = False
        self._acts = 0
        """How often the user has pressed, typed or shown something."""

    @property
    def policy(self) -> inputs.Policy:
        """How turns are taken now."""
        return self._link.policy

    @property
    def state(self) -> DisplayState:
        """The display state: one word for the user."""
        return self._state

    @property
    def gate_open(self) -> bool:
        """Whether the microphone's audio belongs to a take now."""
        return self._take.gate_open

    @property
    def heeds_silence(self) -> bool:
        """Whether it matters now that whoever spoke has stopped: the take waits for nothing else."""
        return self._take.heeds_silence

    @property
    def user_speaks(self) -> bool:
        """Whether a take is open, or the server hears the user."""
        return self.gate_open or self._regions.hands_free.speaking

    @property
    def streams(self) -> bool:
        """Whether the microphone is sent all the time."""
        return self._regions.line.open

    @property
    def has_deadline(self) -> bool:
        """Whether a deadline is pending, so that ticks are due."""
        waits = self._response.phase is not ResponsePhase.NONE
        return self.user_speaks or waits or (self._link.up and self._response.content.tools.ready)

    @property
    def sending(self) -> bool:
        """Whether something that a response depends on waits to be sent."""
        return self._regions.sending.active

    @property
    def activity(self) -> TurnActivity:
        """What would be lost if the session were replaced now."""
        return activity(self._regions)

    @property
    def keeps_takes(self) -> bool:
        """Whether takes wait for the next connection."""
        return self._unanswered.keeps

    @property
    def unanswered_turn(self) -> tuple[int, ...] | None:
        """What has no response yet, equal until the user says something new; None for nothing."""
        if not self._unanswered.any and not self.user_speaks:
            return None
        return (self._acts, *self._unanswered.takes, *([self._take.number] if self.gate_open else []))

    def handle(self, happened: inputs.Input | events.Event, now: float) -> list[TurnOutput]:
        """What to do about this. `now` is in milliseconds and never runs backwards."""
        self._acts += isinstance(happened, inputs.Press | inputs.Say | inputs.Show)
        rule = look_up("turn", _TABLE, self._link.phase, happened)
        effects = rule(self, happened, now)
        effects += self._tell_late_results(now)
        return effects + self._set_state(display_state(self._regions, silenced=self._silenced))

    def _tell_late_results(self, now: float) -> list[TurnOutput]:
        """A result that came late is told between two turns: never over speech, nor before what waits."""
        parts = self._regions
        waits = self._unanswered.any or self.sending or not self._link.up
        if waits or not self._response.content.tools.ready or activity(parts) != "quiet":
            return []
        effects = self._response.tell_late(now)
        for effect in effects:
            if isinstance(effect, Send) and isinstance(effect.command, commands.TextInput):
                self._unanswered.sent(effect.command, now)
        return effects

    def _set_state(self, state: DisplayState) -> list[TurnOutput]:
        if state is self._state:
            return []
        log.debug("turn: %s -> %s", self._state.value, state.value)
        self._state = state
        return [StateChanged(state)]

    # The user

    def _refuse_press(self, _: inputs.Press, now: float) -> list[TurnOutput]:
        return [UNREADY[self._link.phase]]

    def _wake_by_press(self, press: inputs.Press, now: float) -> list[TurnOutput]:
        wake = self._link.wake()
        if not self.policy.hands_free:
            return wake + self._on_press(press, now)
        # Hands-free the key unmutes, but it doesn't mute what it wakes.
        return wake + (self._regions.line.handle(press, now) if self._regions.line.muted else [])

    def _on_press(self, press: inputs.Press, now: float) -> list[TurnOutput]:
        if self.policy.hands_free:
            return self._on_press_hands_free(press, now)
        if self._take.phase is TakePhase.OPEN or self.policy.continuous:
            return self._take.handle(press, now)
        self._response.user_speaks = True
        return self._response.interrupt(now) + self._take.handle(press, now)

    def _on_press_hands_free(self, press: inputs.Press, now: float) -> list[TurnOutput]:
        self._silenced = True
        if self._response.content.playing:
            return self._response.interrupt(now) + self._unanswered.settle()
        return self._regions.line.handle(press, now) + self._unanswered.settle()

    def _on_release(self, release: inputs.Release, now: float) -> list[TurnOutput]:
        if self.policy.hands_free:
            return self._regions.line.handle(release, now)
        effects = self._delivery.handle(release, now)
        # In the tail a server's VAD may rightly begin the response.
        self._response.user_speaks &= self._take.phase is TakePhase.OPEN
        return effects

    def _on_cancel(self, _: inputs.Cancel, now: float) -> list[TurnOutput]:
        if self.gate_open:
            return self._delivery.throw_away(now)
        self._silenced = True
        return self._response.interrupt(now) + self._unanswered.settle()

    def _on_say(self, say: inputs.Say, now: float) -> list[TurnOutput]:
        message = commands.TextInput(say.text)
        interrupted = self._response.interrupt(now)
        self._unanswered.sent(message, now)
        return [*interrupted, Send(message), Typed(say.text), *self._response.request(now)]

    def _wake_by_text(self, say: inputs.Say, _: float) -> list[TurnOutput]:
        self._unanswered.keep(commands.TextInput(say.text))
        return [Typed(say.text), *self._link.wake()]

    def _keep_text(self, say: inputs.Say, _: float) -> list[TurnOutput]:
        self._unanswered.keep(commands.TextInput(say.text))
        return [Typed(say.text)]

    def _refuse_text(self, _: inputs.Say, _now: float) -> list[TurnOutput]:
        return [Note("hint", TEXT_STAYS(), subject="connecting")]

    def _on_show(self, show: inputs.Show, now: float) -> list[TurnOutput]:
        picture = commands.ImageInput(show.url)
        self._unanswered.sent(picture, now)
        return [Send(picture), Pictured(show.caption)]

    def _refuse_picture(self, _: inputs.Show, _now: float) -> list[TurnOutput]:
        return [Note("hint", PICTURE_NOT_SENT())]

    def _on_mute(self, mute: inputs.Mute, now: float) -> list[TurnOutput]:
        return self._regions.line.handle(mute, now)

    def _on_policy_changed(self, changed: inputs.PolicyChanged, now: float) -> list[TurnOutput]:
        before, after = self.policy, changed.policy
        # Speech under way is ended by the policy that it was begun with.
        ends = after.commits != before.commits or after.hands_free
        effects = self._delivery.end_take(now) if ends else []
        effects += self._take.handle(changed, now)  # it compares with the policy before
        self._link.policy = after
        effects += self._regions.hands_free.handle(changed, now) + self._regions.line.handle(changed, now)
        # Audio of the open line is not part of the next take.
        leaves_line = before.hands_free and not after.hands_free
        return effects + (self._delivery.clear_audio() if leaves_line else [])

    # The devices, the tools and the clock

    def _on_captured(self, captured: inputs.Captured, now: float) -> list[TurnOutput]:
        return self._delivery.handle(captured, now)

    def _on_fell_silent(self, silent: inputs.FellSilent, now: float) -> list[TurnOutput]:
        return self._delivery.handle(silent, now)

    def _on_speaker_drained(self, _: inputs.SpeakerDrained, now: float) -> list[TurnOutput]:
        self._response.drained(now)
        return []

    def _on_tool_done(self, done: inputs.ToolDone, now: float) -> list[TurnOutput]:
        seen = done if self.policy.sees else structs.replace(done, pictures=())
        return self._response.tool_done(seen, now)

    def _on_tool_runs_on(self, runs_on: inputs.ToolRunsOn, now: float) -> list[TurnOutput]:
        return self._response.tool_runs_on(runs_on, now, by_text=not self.policy.late_results)

    def _on_tools_stopped(self, stopped: inputs.ToolsStopped, now: float) -> list[TurnOutput]:
        return self._response.content.tools.handle(stopped, now)

    def _on_tick(self, tick: inputs.Tick, now: float) -> list[TurnOutput]:
        effects = self._delivery.tick(tick, now)
        late = self._response.tick(now)
        if EMPTY_NOTE in late:
            effects += self._unanswered.settle()
            # Here the server alone decides what it responds to.
            if self.policy.hands_free or self.policy.continuous:
                late.remove(EMPTY_NOTE)
        # Hands-free the server alone decides what it responds to: a cough needs no response.
        if self.policy.hands_free and NO_ANSWER_NOTE in late:
            late = [*(effect for effect in late if effect != NO_ANSWER_NOTE), *self._nothing_heard()]
        effects += late + self._regions.hands_free.handle(tick, now)
        if self._response.phase is ResponsePhase.NONE:
            effects += self._unanswered.settle_old(now)
        return effects

    def _nothing_heard(self) -> list[TurnOutput]:
        # The server neither responds nor writes anything down: there was no speech in what it heard.
        short = [TakeEnded(take, "short") for take in self._regions.transcripts.give_up()]
        return [*self._unanswered.settle(), *short]

    def _on_unsent(self, unsent: inputs.Unsent, now: float) -> list[TurnOutput]:
        return self._regions.sending.handle(unsent, now)

    # The link

    def _on_connecting(self, connecting: inputs.Connecting, now: float) -> list[TurnOutput]:
        return self._link.handle(connecting, now)

    def _on_connected(self, connected: inputs.Connected, now: float) -> list[TurnOutput]:
        return self._reconnection.connect(connected, now)

    def _on_renewed(self, renewed: inputs.Renewed, now: float) -> list[TurnOutput]:
        return self._reconnection.renew(renewed, now)

    def _on_dropped(self, dropped: inputs.Dropped, now: float) -> list[TurnOutput]:
        return self._reconnection.drop(dropped, now)

    # The server

    def _on_response_event(self, event: events.Event, now: float) -> list[TurnOutput]:
        before = self._response.content.number
        effects = self._response.handle(event, now)
        if self._response.content.number == before:
            return effects
        began = ResponseBegan(self._response.content.number)
        self._silenced = False
        return [*self._regions.hands_free.handle(began, now), *effects, *self._unanswered.settle()]

    def _on_completed(self, event: events.ResponseCompleted, now: float) -> list[TurnOutput]:
        effects = self._on_response_event(event, now)
        self._regions.transcripts.response_over()
        return effects

    def _on_transcript(self, event: events.TranscriptCommitted, now: float) -> list[TurnOutput]:
        if self.policy.hands_free:
            return self._regions.hands_free.handle(event, now)
        if self.policy.commits:
            # A transcript before the commit can only be the open take's.
            early = self._take.number if self.gate_open else 0
            take = self._regions.transcripts.arrived() or early
        else:
            # The server's VAD may cut one take into several: all of them are the last take's words.
            take = self._regions.transcripts.last or self._take.number
        return [UserText(take, event.transcript)] if take or event.transcript.strip() else []

    def _on_speech_started(self, event: events.SpeechStarted, now: float) -> list[TurnOutput]:
        if self.policy.hands_free:
            return self._regions.hands_free.handle(event, now)
        return self._on_response_event(event, now)

    def _on_speech_stopped(self, event: events.SpeechStopped, now: float) -> list[TurnOutput]:
        policy = self.policy
        ended = self._regions.hands_free.handle(event, now) if policy.hands_free else []
        if policy.hands_free or not (policy.commits or policy.continuous or self.gate_open):
            self._response.expect(now)
        return ended

    def _on_error(self, error: events.Error, now: float) -> list[TurnOutput]:
        shown = meaning(error) in (Meaning.SHOWN, Meaning.NOTHING_HEARD)
        told = shown and not self._response.told.is_new(error)
        effects = self._response.handle(error, now)
        # A known reason may be the session's end, whose close follows: what was said is kept then.
        if self._response.phase is ResponsePhase.NONE and not endings.reason(error.code, error.message):
            effects += self._unanswered.settle()
        match meaning(error):
            case Meaning.SHOWN | Meaning.NOTHING_HEARD if told:
                pass  # the response's end has said so
            case Meaning.SHOWN | Meaning.NOTHING_HEARD | Meaning.ASIDE:
                action = endings.action_in_session(error.code)
                effects.append(Note("error", message_of(error), error.code, action, subject="answer"))
            case Meaning.RESULT_LATE:
                effects += self._response.content.tools.refuse(error, now)
            case Meaning.BENIGN | Meaning.RESPONSE_ACTIVE | Meaning.NO_RESPONSE:
                pass
            case unknown:
                assert_never(unknown)
        return effects


_ANY = tuple(LinkState)
_NOT_UP = [state for state in LinkState if state is not LinkState.UP]

_TABLE: dict[tuple[LinkState, TableKey], Rule] = {
    **rows(UNREADY, [inputs.Press], Turn._refuse_press),
    (LinkState.RESTING, inputs.Press): Turn._wake_by_press,
    **rows([LinkState.UP, LinkState.LOST, LinkState.HELD], [inputs.Press], Turn._on_press),
    **rows(_ANY, [inputs.Release], Turn._on_release),
    **rows(_ANY, [inputs.Cancel], Turn._on_cancel),
    **rows(_ANY, [inputs.Captured], Turn._on_captured),
    **rows(_ANY, [inputs.FellSilent], Turn._on_fell_silent),
    **rows(_NOT_UP, [inputs.Say], Turn._refuse_text),
    (LinkState.RESTING, inputs.Say): Turn._wake_by_text,
    (LinkState.HELD, inputs.Say): Turn._keep_text,
    (LinkState.UP, inputs.Say): Turn._on_say,
    **rows(_NOT_UP, [inputs.Show], Turn._refuse_picture),
    (LinkState.UP, inputs.Show): Turn._on_show,
    **rows(_ANY, [inputs.Mute], Turn._on_mute),
    **rows(_ANY, [inputs.PolicyChanged], Turn._on_policy_changed),
    **rows(_ANY, [inputs.Tick], Turn._on_tick),
    **rows(_ANY, [inputs.Unsent], Turn._on_unsent),
    **rows(_ANY, [inputs.SpeakerDrained], Turn._on_speaker_drained),
    **rows(_ANY, [inputs.ToolDone], Turn._on_tool_done),
    **rows(_ANY, [inputs.ToolRunsOn], Turn._on_tool_runs_on),
    **rows(_ANY, [inputs.ToolsStopped], Turn._on_tools_stopped),
    **rows(_ANY, [inputs.Connecting], Turn._on_connecting),
    **rows(_ANY, [inputs.Connected], Turn._on_connected),
    (LinkState.UP, inputs.Renewed): Turn._on_renewed,
    **rows(_ANY, [inputs.Dropped], Turn._on_dropped),
    **rows(
        _ANY,
        [events.ResponseStarted, events.AudioDelta, events.TextDelta, events.ToolCall],
        Turn._on_response_event,
    ),
    **rows(_ANY, [events.ResponseCompleted], Turn._on_completed),
    **rows(_ANY, [events.SpeechStarted], Turn._on_speech_started),
    **rows(_ANY, [events.SpeechStopped], Turn._on_speech_stopped),
    **rows(_ANY, [events.TranscriptCommitted], Turn._on_transcript),
    **rows(_ANY, [events.Error], Turn._on_error),
    # The supervisor's own: they become `inputs.Connected` and `inputs.Dropped`.
    **rows(_ANY, [events.SessionStarted, events.SessionTerminating], ignore),
    **rows(_ANY, [events.Unknown], ignore),  # the events pane shows it
}
"""What each input means in each state of the link."""
