"""The assistant's side of the turn: its response, from the request to its end on the wire.

NONE       no response runs, and none is expected
ASKED      one is expected: we sent `response.create`, or the server goes on by itself
RUNNING    one runs and is wanted
EMPTY      one has ended without a word or a sound: a tool call may still follow
UNWANTED   the one that is expected is not wanted any more: it is cancelled as soon as it starts
CANCELLED  the one that runs is not wanted: `response.cancel` is sent, and its rest is dropped

At most one response is ever asked for: in UNWANTED and CANCELLED the next one waits for the old one's end.
Every phase but NONE has a deadline, so a missing server event can't hang it.
"""

from __future__ import annotations

from typing import assert_never

from desktop.protocol import commands, events, failures
from desktop.protocol.codes import Meaning, meaning
from desktop.turn import inputs
from desktop.turn.effects import ResponseEnded, ResponseOutcome, Send, TurnOutput
from desktop.turn.late_results import interim_text
from desktop.turn.region import Region, Rule, TableKey, ignore, rows
from desktop.turn.response_content import ResponseContent
from desktop.turn.response_notes import CUT_OFF as CUT_OFF
from desktop.turn.response_notes import EMPTY_NOTE, NO_ANSWER_NOTE, STALLED_NOTE, failure_note
from desktop.turn.response_notes import NO_ANSWER as NO_ANSWER
from desktop.turn.response_notes import STALLED as STALLED
from desktop.turn.response_phase import LateFrames, NextResponse, ResponsePhase
from desktop.turn.told_failures import ToldFailures
from desktop.turn.tool_calls import ToolRun

ASKED_MS = 20_000
"""How long a response may take to begin. Models that think first were seen to need up to 4 s."""
STALLED_MS = 30_000
"""How long a running response may say nothing."""
CANCELLED_MS = 2_000
"""How long the end of a cancelled response is waited for before the next is asked for."""
TRAILING_MS = 3_000
"""How long after that its late deltas are dropped. Later ones begin a response that was not announced."""
CANCELLED_END_MS = 10_000
"""How long after a cancel a late end with the status `cancelled` is taken for the answer to it."""
EMPTY_MS = 2_000
"""How long after an empty response a tool call may follow."""
LATE_TEXT_MS = 2_000
"""How long after a response's end text may still belong to it: some services write down what was said."""


class Response(Region[ResponsePhase]):
    """The response region of `turn.Turn`."""

    def __init__(self, content: ResponseContent) -> None:
        super().__init__("response", ResponsePhase.NONE)
        self.content = content
        self.user_speaks = False
        """A take is open: what starts now is not wanted."""
        self.cut_off = False
        """The server began to respond while the user still spoke, and was stopped."""
        self.goes_on = False
        """In EMPTY: the user is shown that more may follow. Without a beginning that is not likely."""
        self._next = NextResponse.NOTHING
        self._continues = False
        self._by_tool = False
        self._late = LateFrames()
        self._deadline = 0.0
        self.told = ToldFailures()

    @property
    def queued(self) -> bool:
        """Whether a response waits for another one's end."""
        return self._next is not NextResponse.NOTHING

    @property
    def under_way(self) -> bool:
        """Whether a response has begun, so that its take is not sent again when the connection drops."""
        return (
            self.phase is ResponsePhase.RUNNING
            or self.content.tools.running
            or (self.phase is ResponsePhase.ASKED and self._by_tool)
        )

    def handle(self, event: events.Event, now: float) -> list[TurnOutput]:
        """Apply this server event to the response."""
        return self._apply(_TABLE, event, now)

    def request(self, now: float) -> list[TurnOutput]:
        """Ask for a response as soon as none runs."""
        if self.phase not in _OVER:
            self._next = NextResponse.ASK
            if self.phase is ResponsePhase.UNWANTED:
                self._deadline = min(self._deadline, now + CANCELLED_MS)
            return []
        self._expect(now)
        return [Send(commands.ResponseCreate())]

    def expect(self, now: float) -> None:
        """The server will begin on its own, after its VAD's end of turn or a tool's result."""
        if self.phase in _OVER:
            self._expect(now)
        elif self.phase in (ResponsePhase.CANCELLED, ResponsePhase.UNWANTED):
            self._next = NextResponse.AWAIT

    def interrupt(self, now: float) -> list[TurnOutput]:
        """Silence the speaker at once. What runs is cancelled; what is expected is not wanted any more."""
        effects = self.content.silence()
        self._next = NextResponse.NOTHING
        self.cut_off = False
        effects += self.content.tools.interrupt()
        if self.phase is ResponsePhase.RUNNING:
            self._cancel(now)
            effects += [ResponseEnded(self.content.number, "interrupted"), Send(commands.ResponseCancel())]
        elif self.phase is ResponsePhase.ASKED:
            self._stop_wanting(now)
        elif self.phase is ResponsePhase.EMPTY:
            self._set_phase(ResponsePhase.NONE)
        return effects

    def want_again(self) -> None:
        """The server hears the user again: the response to that is wanted."""
        if self.phase is ResponsePhase.UNWANTED:
            self._set_phase(ResponsePhase.ASKED)

    def drop(self) -> list[TurnOutput]:
        """The connection is gone: nothing runs any more. What was received is still played."""
        effects = self.content.end("dropped") if self.phase is ResponsePhase.RUNNING else []
        self._set_phase(ResponsePhase.NONE)
        self._next = NextResponse.NOTHING
        self._continues = self.cut_off = False
        self._late = LateFrames()
        return effects

    def tool_done(self, done: inputs.ToolDone, now: float) -> list[TurnOutput]:
        """A tool has ended. The model responds to its result without being asked."""
        call = self.content.tools.awaited(done.call_id)
        effects = self.content.tools.finish(done, now)
        return effects if call is None else effects + self._await_result_of(call, now)

    def tool_runs_on(self, runs_on: inputs.ToolRunsOn, now: float, *, by_text: bool) -> list[TurnOutput]:
        """A tool takes long: the model is told so, and the conversation goes on.

        With `by_text` the service gets a word for the call's result, and the result itself as text later.
        """
        call = self.content.tools.awaited(runs_on.call_id)
        if call is None:
            return []
        effects = self.content.tools.detach(runs_on, now, by_text=by_text)
        if by_text:
            return effects + self._await_result_of(call, now)
        if self.user_speaks or call.interrupted:
            return effects  # they talk on already
        effects.append(Send(commands.TextInput(interim_text(call.name, runs_on.asks))))
        if self.phase in _OVER and not self.content.tools.running:
            effects += self.request(now)
        return effects

    def tell_late(self, now: float) -> list[TurnOutput]:
        """Nobody speaks: tell the results that came late."""
        effects = self.content.tools.tell_late(now)
        if any(
            isinstance(effect, Send) and isinstance(effect.command, commands.TextInput) for effect in effects
        ):
            return effects + self.request(now)
        self._expect(now)
        self._by_tool = True
        return effects

    def _await_result_of(self, call: ToolRun, now: float) -> list[TurnOutput]:
        if self.phase in _OVER and not self.content.tools.running:
            self._expect(now)
            self._by_tool = True
            if self.user_speaks or call.interrupted:
                self._stop_wanting(now)
        elif self.phase is ResponsePhase.RUNNING and call.response == self.content.number:
            self._continues = True
            self._deadline = now + STALLED_MS
        return []

    def hold(self, now: float) -> None:
        """What the response depends on is not sent yet: the server can't have begun, or stopped."""
        if self.phase in (ResponsePhase.ASKED, ResponsePhase.UNWANTED):
            self._deadline = now + ASKED_MS
        elif self.phase is ResponsePhase.CANCELLED:
            self._deadline = now + CANCELLED_MS

    def drained(self, now: float) -> None:
        """The speaker has nothing left to play."""
        self.content.drained(now, more=self.phase is ResponsePhase.RUNNING)

    def tick(self, now: float) -> list[TurnOutput]:
        """Look at the deadline of the present phase."""
        self.content.tick(now)
        if now < self._deadline:
            return []
        match self.phase:
            case ResponsePhase.NONE:
                return []
            case ResponsePhase.ASKED:
                # After a tool's result the model may well have nothing more to say.
                return [*self._finish(now), *([] if self._by_tool else [NO_ANSWER_NOTE])]
            case ResponsePhase.RUNNING if self.content.playing or self.content.tools.running:
                self._deadline = now + STALLED_MS
                return []
            case ResponsePhase.RUNNING:
                self._cancel(now)
                return [*self.content.end("stalled"), Send(commands.ResponseCancel()), STALLED_NOTE]
            case ResponsePhase.EMPTY:
                return [*self._finish(now), *([] if self._by_tool else [EMPTY_NOTE])]
            case ResponsePhase.UNWANTED:
                return self._finish(now)
            case ResponsePhase.CANCELLED:
                # Its end never came. Late parts of it must not be taken for the next response.
                self._late.parts_until = now + TRAILING_MS
                return self._finish(now)
            case unknown:
                assert_never(unknown)

    def _stop_wanting(self, now: float) -> None:
        self._set_phase(ResponsePhase.UNWANTED)
        self._deadline = now + ASKED_MS

    def _expect(self, now: float) -> None:
        self._set_phase(ResponsePhase.ASKED)
        self.told.clear()
        self._by_tool = False
        self._next = NextResponse.NOTHING
        self._continues = False
        self._deadline = now + ASKED_MS

    def _cancel(self, now: float) -> None:
        self._set_phase(ResponsePhase.CANCELLED)
        self._late.end_until = now + CANCELLED_END_MS
        self._continues = False
        self._deadline = now + CANCELLED_MS

    def _finish(self, now: float) -> list[TurnOutput]:
        """Nothing runs any more: go on with the queued response, if there is one."""
        self._set_phase(ResponsePhase.NONE)
        following, self._next = self._next, NextResponse.NOTHING
        match following:
            case NextResponse.ASK:
                return self.request(now)
            case NextResponse.AWAIT:
                self._expect(now)
                return []
            case NextResponse.NOTHING:
                return []
            case unknown:
                assert_never(unknown)

    def _start(self, event: events.Event, now: float) -> list[TurnOutput]:
        self._late.parts_until = 0.0
        if self.user_speaks:
            return self._start_unwanted(event, now)
        self.content.tools.handle(events.ResponseStarted(), now)
        if isinstance(event, events.ResponseStarted):
            self._late.end_until = 0.0  # one at a time: no end of an earlier one comes any more
        self._set_phase(ResponsePhase.RUNNING)
        self._continues = False
        self._deadline = now + STALLED_MS
        return self.content.begin()

    def _start_unwanted(self, _: events.Event, now: float) -> list[TurnOutput]:
        self.content.tools.handle(events.ResponseStarted(), now)
        self.cut_off = self.user_speaks
        self._cancel(now)
        return [Send(commands.ResponseCancel())]

    def _start_next(self, event: events.Event, now: float) -> list[TurnOutput]:
        # The end of the one before never came; this beginning is its end.
        return [*self.content.end("complete"), *self._start(event, now)]

    def _start_implied(self, event: events.Event, now: float) -> list[TurnOutput]:
        # A delta with no `response.started` before it, unless it is the rest of what was cancelled.
        if now < self._late.parts_until:
            return self._tool_cancelled(event, now) if isinstance(event, events.ToolCall) else []
        return [*self._start(event, now), *self.handle(event, now)]

    def _start_or_end(self, event: events.TextDelta, now: float) -> list[TurnOutput]:
        # The last words of a response may come after its end, on the wire.
        if now >= self._late.text_until or self.content.tools.running:
            return self._start_implied(event, now)
        return [] if self.user_speaks else self.content.add_late_text(event)

    def _audio(self, event: events.AudioDelta, now: float) -> list[TurnOutput]:
        self._continues = False
        self._deadline = now + STALLED_MS
        return self.content.push_audio(event)

    def _text(self, event: events.TextDelta, now: float) -> list[TurnOutput]:
        self._continues = False
        self._deadline = now + STALLED_MS
        return self.content.add_text(event)

    def _tool(self, event: events.ToolCall, now: float) -> list[TurnOutput]:
        self._deadline = now + STALLED_MS
        return self.content.call_tool(event)

    def _tool_cancelled(self, event: events.ToolCall, _: float) -> list[TurnOutput]:
        return self.content.tools.cancel(event)

    def _tool_unwanted(self, event: events.ToolCall, now: float) -> list[TurnOutput]:
        return [*self._start_unwanted(event, now), *self._tool_cancelled(event, now)]

    def _complete(self, end: events.ResponseCompleted, now: float) -> list[TurnOutput]:
        if self._answers_cancel(end, now):
            return []
        if end.status != "completed":
            return self._fail(end, now)
        continues = self._continues and not self.content.tools.running
        effects = self.content.end("complete", end.usage)
        self.told.clear()
        self._late.text_until = now + LATE_TEXT_MS
        if self.content.empty and not self.queued:
            return effects + self._await_tool(now, begun=True)
        effects += self._finish(now)
        if continues:
            self.expect(now)
        return effects

    def _complete_unbegun(self, end: events.ResponseCompleted, now: float) -> list[TurnOutput]:
        # An end without a beginning: an empty response, one that failed, or an earlier one's late end.
        self._late.parts_until = 0.0
        if self._answers_cancel(end, now):
            return []
        if end.status != "completed":
            return [*self.content.begin(), *self._fail(end, now)]
        # Where a cancelled one's end is due, it may be that: then the one that is asked for still comes.
        if self.queued or now < self._late.end_until:
            return self._finish(now)
        return self._await_tool(now, begun=False)

    def _complete_unwanted(self, end: events.ResponseCompleted, now: float) -> list[TurnOutput]:
        self._late.parts_until = 0.0
        return [] if self._answers_cancel(end, now) else self._finish(now)

    def _complete_cancelled(self, _: events.ResponseCompleted, now: float) -> list[TurnOutput]:
        self._late.parts_until = self._late.end_until = 0.0
        return self._finish(now)

    def _complete_again(self, end: events.ResponseCompleted, now: float) -> list[TurnOutput]:
        # Of one that is over, or was given up. That it was cancelled is no news; why it failed may be.
        given_up, self._late.end_until = now < self._late.end_until, 0.0
        if given_up or end.status in ("completed", "cancelled"):
            return []
        if self.phase is ResponsePhase.EMPTY or now < self._late.text_until:
            return self._fail(end, now)  # it was called complete just now
        return self._tell(end)

    def _answers_cancel(self, end: events.ResponseCompleted, now: float) -> bool:
        """Whether this is the late end of what we cancelled, and not the end of what is expected or runs."""
        if end.status != "cancelled" or now >= self._late.end_until:
            return False
        self._late.end_until = 0.0
        return True

    def _await_tool(self, now: float, *, begun: bool) -> list[TurnOutput]:
        self._set_phase(ResponsePhase.EMPTY)
        self.goes_on = begun
        self._deadline = now + EMPTY_MS
        return []

    def _fail(self, end: events.ResponseCompleted, now: float) -> list[TurnOutput]:
        """The response is over, and isn't whole. Nothing is asked for again: it would fail again."""
        self._continues = False
        if end.reason == failures.TURN_DETECTED:
            silence = self.content.silence()
            return [*silence, *self.content.end("interrupted", end.usage), *self._finish(now)]
        outcome: ResponseOutcome = "failed" if end.status == "completed" else end.status
        return [*self.content.end(outcome, end.usage), *self._tell(end), *self._finish(now)]

    def _tell(self, end: events.ResponseCompleted) -> list[TurnOutput]:
        return [failure_note(end, has_line=self.content.has_words)] if self.told.is_new(end) else []

    def _refused(self, event: events.Error, now: float) -> list[TurnOutput]:
        match meaning(event):
            case Meaning.RESPONSE_ACTIVE:
                # Another one runs that we didn't know of: ours waits for its end.
                self._cancel(now)
                self._deadline = now + ASKED_MS
                self._next = NextResponse.ASK
                return []
            case Meaning.SHOWN | Meaning.NOTHING_HEARD:
                return self._finish(now)
            case Meaning.BENIGN | Meaning.RESULT_LATE:
                # A tool's result that came too late: nothing follows it.
                return self._finish(now) if self._by_tool else []
            case Meaning.NO_RESPONSE | Meaning.ASIDE:
                return []
            case unknown:
                assert_never(unknown)

    def _refused_while_running(self, event: events.Error, _: float) -> list[TurnOutput]:
        # The running response is not the one we asked for, which was refused: ask again at its end.
        if meaning(event) is Meaning.RESPONSE_ACTIVE:
            self._next = NextResponse.ASK
        return []

    def _nothing_to_cancel(self, event: events.Error, now: float) -> list[TurnOutput]:
        if meaning(event) is not Meaning.NO_RESPONSE:
            return []
        self._late.end_until = 0.0
        return self._finish(now)

    def _explained(self, event: events.Error, now: float) -> list[TurnOutput]:
        # The turn tells the user this error: no need to say that the answer was empty.
        told = meaning(event) in (Meaning.SHOWN, Meaning.NOTHING_HEARD)
        return self._finish(now) if told else []

    def _heard_anew(self, _: events.SpeechStarted, now: float) -> list[TurnOutput]:
        return self._finish(now)

    def _stopped_by_speech(self, event: events.SpeechStarted, now: float) -> list[TurnOutput]:
        # The server's VAD has heard the user and stops by itself: no `response.cancel` is due. It responds to
        # what is said now, even if its response to what came before was stopped.
        self.cut_off = False
        silence = self.content.silence()
        if self.phase is not ResponsePhase.RUNNING:
            return silence
        self._cancel(now)
        return [*silence, ResponseEnded(self.content.number, "interrupted")]


_OVER = (ResponsePhase.NONE, ResponsePhase.EMPTY)
"""Another response can be asked for."""
_SPOKEN = (events.AudioDelta, events.TextDelta)
_DELTAS = (*_SPOKEN, events.ToolCall)

_TABLE: dict[tuple[ResponsePhase, TableKey], Rule] = {
    (ResponsePhase.NONE, events.ResponseStarted): Response._start,
    **rows([ResponsePhase.NONE], _DELTAS, Response._start_implied),
    (ResponsePhase.NONE, events.TextDelta): Response._start_or_end,
    (ResponsePhase.NONE, events.ResponseCompleted): Response._complete_again,
    (ResponsePhase.NONE, events.Error): ignore,  # the turn itself tells the user
    (ResponsePhase.NONE, events.SpeechStarted): Response._stopped_by_speech,
    (ResponsePhase.ASKED, events.ResponseStarted): Response._start,
    **rows([ResponsePhase.ASKED], _DELTAS, Response._start_implied),
    (ResponsePhase.ASKED, events.ResponseCompleted): Response._complete_unbegun,
    (ResponsePhase.ASKED, events.Error): Response._refused,
    (ResponsePhase.ASKED, events.SpeechStarted): Response._stopped_by_speech,
    (ResponsePhase.RUNNING, events.ResponseStarted): Response._start_next,
    (ResponsePhase.RUNNING, events.AudioDelta): Response._audio,
    (ResponsePhase.RUNNING, events.TextDelta): Response._text,
    (ResponsePhase.RUNNING, events.ToolCall): Response._tool,
    (ResponsePhase.RUNNING, events.ResponseCompleted): Response._complete,
    (ResponsePhase.RUNNING, events.Error): Response._refused_while_running,
    (ResponsePhase.RUNNING, events.SpeechStarted): Response._stopped_by_speech,
    (ResponsePhase.EMPTY, events.ResponseStarted): Response._start,
    **rows([ResponsePhase.EMPTY], _DELTAS, Response._start_implied),
    (ResponsePhase.EMPTY, events.ResponseCompleted): Response._complete_again,
    (ResponsePhase.EMPTY, events.Error): Response._explained,
    (ResponsePhase.EMPTY, events.SpeechStarted): Response._heard_anew,
    (ResponsePhase.UNWANTED, events.ResponseStarted): Response._start_unwanted,
    **rows([ResponsePhase.UNWANTED], _SPOKEN, Response._start_unwanted),
    (ResponsePhase.UNWANTED, events.ToolCall): Response._tool_unwanted,
    (ResponsePhase.UNWANTED, events.SpeechStarted): ignore,  # nothing sounds
    (ResponsePhase.UNWANTED, events.ResponseCompleted): Response._complete_unwanted,
    (ResponsePhase.UNWANTED, events.Error): Response._refused,
    (ResponsePhase.CANCELLED, events.ResponseStarted): Response._start,
    **rows([ResponsePhase.CANCELLED], _SPOKEN, ignore),  # its rest is dropped
    (ResponsePhase.CANCELLED, events.ToolCall): Response._tool_cancelled,
    (ResponsePhase.CANCELLED, events.ResponseCompleted): Response._complete_cancelled,
    (ResponsePhase.CANCELLED, events.Error): Response._nothing_to_cancel,
    (ResponsePhase.CANCELLED, events.SpeechStarted): Response._stopped_by_speech,
}
"""What each event means in each phase."""
