"""The user's side of the turn when the server finds the turns in what the open line sends.

            speech.started            speech.stopped, a response, or nothing for `HEARD_MS`
    QUIET -----------------> SPEAKING ------------------------------------------------> QUIET

Providers that never report speech (Gemini) stay QUIET: nothing here waits for them. What the user says is
recorded, so that a drop doesn't lose it.
"""

from __future__ import annotations

from enum import Enum

from desktop.protocol import events
from desktop.turn import inputs
from desktop.turn.due_transcripts import DueTranscripts
from desktop.turn.effects import (
    BeginRecording,
    EndRecording,
    ForgetTake,
    ResponseBegan,
    TakeEnded,
    TakeStarted,
    TurnOutput,
    UserText,
)
from desktop.turn.link import Link
from desktop.turn.region import Region, Rule, TableKey, ignore, rows
from desktop.turn.response import Response
from desktop.turn.response_phase import ResponsePhase
from desktop.turn.take import Take
from desktop.turn.unanswered import Unanswered

HEARD_MS = 60_000
"""How long the server may hear the user without reporting the end."""


class SpeechPhase(Enum):
    """What the server hears."""

    QUIET = "quiet"
    SPEAKING = "speaking"


class HandsFree(Region[SpeechPhase]):
    """The hands-free region of `turn.Turn`. It works on the other regions, which it shares."""

    def __init__(
        self,
        link: Link,
        take: Take,
        response: Response,
        unanswered: Unanswered,
        transcripts: DueTranscripts,
    ) -> None:
        super().__init__("hands-free", SpeechPhase.QUIET)
        self._link = link
        self._take = take
        self._response = response
        self._unanswered = unanswered
        self._transcripts = transcripts
        # The take that is being said, and the last one that a transcript may still belong to; 0 for none.
        self._number = 0
        self._last = 0
        self._recorded = False
        self._deadline = 0.0
        # Takes that were sent again: the server will hear them once more.
        self._resent: list[int] = []

    @property
    def speaking(self) -> bool:
        """Whether the server hears the user speaking."""
        return self.phase is SpeechPhase.SPEAKING

    def handle(self, happened: inputs.Input | events.Event | ResponseBegan, now: float) -> list[TurnOutput]:
        """Apply this input to the user's speech."""
        return self._apply(_TABLE, happened, now)

    def resend(self, take: int) -> None:
        """This take was sent again: it is what the server hears next."""
        self._resent.append(take)

    def _begin(self, event: events.SpeechStarted, now: float) -> list[TurnOutput]:
        silenced = self._go_on(event, now)
        self._set_phase(SpeechPhase.SPEAKING)
        self._recorded = not self._resent
        if self._resent:
            self._number = self._last = self._resent.pop(0)
            return silenced
        self._number = self._last = self._take.next()
        return [*silenced, TakeStarted(self._number), BeginRecording(self._number)]

    def _go_on(self, event: events.SpeechStarted, now: float) -> list[TurnOutput]:
        # The assistant is silent at once.
        silenced = self._response.handle(event, now)
        self._response.want_again()
        self._deadline = now + HEARD_MS
        return silenced

    def _end(self, _: object, now: float) -> list[TurnOutput]:
        take = self._number
        self._rest()
        self._transcripts.expect(take)
        if not self._recorded:
            return []  # it was sent before
        if self._response.phase is not ResponsePhase.RUNNING:
            return [EndRecording(take), *self._unanswered.heard(take, now), TakeEnded(take, "sent")]
        return [EndRecording(take), ForgetTake(take), TakeEnded(take, "sent")]

    def _watch(self, tick: inputs.Tick, now: float) -> list[TurnOutput]:
        return self._end(tick, now) if now >= self._deadline else []

    def _end_by_response(self, began: ResponseBegan, now: float) -> list[TurnOutput]:
        # The next words are a new line.
        ended = self._end(began, now)
        self._last = 0
        return ended

    def _close_line(self, _: ResponseBegan, _now: float) -> list[TurnOutput]:
        self._last = 0
        return []

    def _fill(self, event: events.TranscriptCommitted, _: float) -> list[TurnOutput]:
        # The words may belong to a take, or to speech whose beginning the server didn't report.
        take = self._transcripts.arrived() or self._number or self._last
        if take:
            return [UserText(take, event.transcript)]
        if not event.transcript.strip():
            return []
        self._last = self._take.next()
        return [
            TakeStarted(self._last),
            TakeEnded(self._last, "sent"),
            UserText(self._last, event.transcript),
        ]

    def _break_off(self, happened: inputs.Dropped | inputs.Renewed, _: float) -> list[TurnOutput]:
        take, spoken = self._number, self.speaking and self._recorded
        self._rest()
        self._last = 0
        self._resent.clear()
        if not spoken:
            return []
        if isinstance(happened, inputs.Renewed) or happened.message is not None:
            return [EndRecording(take), *self._unanswered.keep(take)]
        return self._throw_away(take)

    def _change(self, _: inputs.PolicyChanged, _now: float) -> list[TurnOutput]:
        # The talk key takes over: what was being said is thrown away.
        if self._link.policy.hands_free:
            return []
        take, spoken = self._number, self.speaking and self._recorded
        self._rest()
        self._last = 0
        return self._throw_away(take) if spoken else []

    def _rest(self) -> None:
        self._set_phase(SpeechPhase.QUIET)
        self._number = 0

    @staticmethod
    def _throw_away(take: int) -> list[TurnOutput]:
        return [EndRecording(take), ForgetTake(take), TakeEnded(take, "thrown away")]


_TABLE: dict[tuple[SpeechPhase, TableKey], Rule] = {
    (SpeechPhase.QUIET, events.SpeechStarted): HandsFree._begin,
    (SpeechPhase.SPEAKING, events.SpeechStarted): HandsFree._go_on,
    (SpeechPhase.QUIET, events.SpeechStopped): ignore,  # a response had ended the speech already
    (SpeechPhase.SPEAKING, events.SpeechStopped): HandsFree._end,
    (SpeechPhase.QUIET, inputs.Tick): ignore,
    (SpeechPhase.SPEAKING, inputs.Tick): HandsFree._watch,
    (SpeechPhase.QUIET, ResponseBegan): HandsFree._close_line,
    (SpeechPhase.SPEAKING, ResponseBegan): HandsFree._end_by_response,
    **rows(SpeechPhase, [events.TranscriptCommitted], HandsFree._fill),
    **rows(SpeechPhase, [inputs.Dropped, inputs.Renewed], HandsFree._break_off),
    **rows(SpeechPhase, [inputs.PolicyChanged], HandsFree._change),
}
"""What each input means in each phase."""
