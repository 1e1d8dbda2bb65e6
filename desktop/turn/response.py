"""The other side of the turn: the assistant's response, from the asking to its end on the wire.

NONE       no response runs and none is expected
ASKED      one is expected: we sent `response.create`, or the server goes on by itself
RUNNING    one runs and is wanted
UNWANTED   one is expected that nobody wants any more: it is cancelled as soon as it starts
CANCELLED  one runs that nobody wants: `response.cancel` is sent, its rest is dropped

At most one response is ever asked for: a wish waits in UNWANTED and CANCELLED for the old one's end.
Every state but NONE has a deadline, so no missing event of the server can hang it.
"""

from __future__ import annotations

from enum import Enum

from desktop.base.message import Text
from desktop.protocol import commands, events
from desktop.protocol.codes import Meaning, meaning
from desktop.turn import inputs
from desktop.turn.effects import (
    EndPlay,
    Note,
    Output,
    Play,
    ResponseBegan,
    ResponseEnded,
    ResponseOutcome,
    ResponseText,
    Send,
    Silence,
)
from desktop.turn.region import Key, Region, Rule, ignore, rows
from desktop.turn.tool_calls import ToolCalls

ASKED_MS = 20_000
"""How long an answer may take to begin. Models that think first were seen to need up to 4 s."""
STALLED_MS = 30_000
"""How long a running response may say nothing."""
CANCELLED_MS = 2_000
"""How long the end of a cancelled response is waited for before the next is asked for."""
DEAF_MS = 3_000
"""How long after that its late deltas are still told from the next response's, which may come unannounced."""

NO_ANSWER = Text("no-answer", "No answer came. Press and say it again, or reconnect.")
STALLED = Text("answer-stalled", "The answer stopped coming. Press and ask again, or reconnect.")
CUT_OFF = Text("answer-cut-off", "The connection dropped before the answer was over. Press and ask again.")

NO_ANSWER_NOTE = Note("error", NO_ANSWER(), "no_response", "reconnect")
STALLED_NOTE = Note("error", STALLED(), "response_stalled", "reconnect")


class ResponsePhase(Enum):
    """Where the response stands."""

    NONE = "none"
    ASKED = "asked"
    RUNNING = "running"
    UNWANTED = "unwanted"
    CANCELLED = "cancelled"


class NextResponse(Enum):
    """What shall follow the response that must end first."""

    NOTHING = "nothing"
    ASK = "ask"
    AWAIT = "await"
    """The server begins by itself."""


class Response(Region[ResponsePhase]):
    """The response region of `turn.Turn`."""

    def __init__(self) -> None:
        super().__init__("response", ResponsePhase.NONE)
        self.number = 0
        self.playing = False
        self.tools = ToolCalls()
        self.user_speaks = False
        """A take is open: what starts now is not wanted."""
        self.cut_off = False
        """The server began to answer while the user still spoke, and was stopped."""
        self._wish = NextResponse.NOTHING
        self._goes_on = False
        self._by_tool = False
        self._deaf_until = 0.0
        self._received = 0
        self._deadline = 0.0

    @property
    def waits(self) -> bool:
        """Whether a response is wished for but must wait for another's end."""
        return self._wish is not NextResponse.NOTHING

    @property
    def under_way(self) -> bool:
        """Whether an answer has begun: its take is not sent again when the connection drops."""
        return (
            self.phase is ResponsePhase.RUNNING
            or self.tools.running
            or (self.phase is ResponsePhase.ASKED and self._by_tool)
        )

    def handle(self, event: events.Event, now: float) -> list[Output]:
        """What this event of the server means to the response."""
        return self._apply(_TABLE, event, now)

    def want(self, now: float) -> list[Output]:
        """Ask for a response as soon as none runs."""
        if self.phase is not ResponsePhase.NONE:
            self._wish = NextResponse.ASK
            if self.phase is ResponsePhase.UNWANTED:
                self._deadline = min(self._deadline, now + CANCELLED_MS)
            return []
        self._expect(now)
        return [Send(commands.ResponseCreate())]

    def expect(self, now: float) -> None:
        """The server will begin by itself: after its VAD's end of turn, or a tool's result."""
        if self.phase is ResponsePhase.NONE:
            self._expect(now)
        elif self.phase in (ResponsePhase.CANCELLED, ResponsePhase.UNWANTED):
            self._wish = NextResponse.AWAIT

    def interrupt(self, now: float) -> list[Output]:
        """Silence at once; what runs is cancelled, what is expected is no longer wanted."""
        effects: list[Output] = [Silence()] if self.playing else []
        self.playing = False
        self._wish = NextResponse.NOTHING
        self.cut_off = False
        self.tools.silence()
        if self.phase is ResponsePhase.RUNNING:
            self._cancel(now)
            effects += [ResponseEnded(self.number, "interrupted"), Send(commands.ResponseCancel())]
        elif self.phase is ResponsePhase.ASKED:
            self._turn_down(now)
        return effects

    def heard_anew(self) -> None:
        """The server hears the user again: what it will answer now is wanted, whatever was turned down."""
        if self.phase is ResponsePhase.UNWANTED:
            self._set_phase(ResponsePhase.ASKED)

    def drop(self) -> list[Output]:
        """The connection is gone: nothing runs any more. What was received goes on sounding."""
        effects: list[Output] = []
        if self.phase is ResponsePhase.RUNNING:
            effects = [EndPlay(self.number), ResponseEnded(self.number, "dropped")]
        self._set_phase(ResponsePhase.NONE)
        self._wish = NextResponse.NOTHING
        self._goes_on = self.cut_off = False
        self._deaf_until = 0.0
        return effects

    def tool_done(self, done: inputs.ToolDone, now: float) -> list[Output]:
        """A tool has ended: its result is sent if the model waits for it, and the model goes on by itself."""
        call = self.tools.awaited(done.call_id)
        effects = self.tools.finish(done, now)
        if call is None:
            return effects
        if self.phase is ResponsePhase.NONE and not self.tools.running:
            self._expect(now)
            self._by_tool = True
            if self.user_speaks or call.silenced:
                self._turn_down(now)
        elif self.phase is ResponsePhase.RUNNING and call.response == self.number:
            self._goes_on = True
            self._deadline = now + STALLED_MS
        return effects

    def tick(self, now: float) -> list[Output]:
        """Look at the deadline of a waiting state."""
        if self.phase is ResponsePhase.NONE or now < self._deadline:
            return []
        match self.phase:
            case ResponsePhase.ASKED:
                # After a tool's result the model may well have nothing more to say.
                return [*self._rest(now), *([] if self._by_tool else [NO_ANSWER_NOTE])]
            case ResponsePhase.RUNNING if self.playing or self.tools.running:
                self._deadline = now + STALLED_MS
                return []
            case ResponsePhase.RUNNING:
                self._cancel(now)
                return [*self._end("stalled"), Send(commands.ResponseCancel()), STALLED_NOTE]
            case _:
                # Its end never came. What still comes of it must not be taken for the next response.
                if self.phase is ResponsePhase.CANCELLED:
                    self._deaf_until = now + DEAF_MS
                return self._rest(now)

    def _turn_down(self, now: float) -> None:
        self._set_phase(ResponsePhase.UNWANTED)
        self._deadline = now + ASKED_MS

    def _expect(self, now: float) -> None:
        self._set_phase(ResponsePhase.ASKED)
        self._by_tool = False
        self._wish = NextResponse.NOTHING
        self._goes_on = False
        self._deadline = now + ASKED_MS

    def _cancel(self, now: float) -> None:
        self._set_phase(ResponsePhase.CANCELLED)
        self._goes_on = False
        self._deadline = now + CANCELLED_MS

    def _rest(self, now: float) -> list[Output]:
        """Nothing runs any more: grant the wish that waited, if any."""
        self._set_phase(ResponsePhase.NONE)
        wish, self._wish = self._wish, NextResponse.NOTHING
        if wish is NextResponse.ASK:
            return self.want(now)
        if wish is NextResponse.AWAIT:
            self._expect(now)
        return []

    def _start(self, event: events.Event, now: float) -> list[Output]:
        self._deaf_until = 0.0
        if self.user_speaks:
            return self._start_unwanted(event, now)
        self._set_phase(ResponsePhase.RUNNING)
        self.number += 1
        self._received = 0
        self._goes_on = False
        self._deadline = now + STALLED_MS
        return [ResponseBegan(self.number)]

    def _start_unwanted(self, _: events.Event, now: float) -> list[Output]:
        self.cut_off = self.user_speaks
        self._cancel(now)
        return [Send(commands.ResponseCancel())]

    def _start_next(self, event: events.Event, now: float) -> list[Output]:
        # The end of the one before never came; this beginning is its end.
        return [*self._end("complete"), *self._start(event, now)]

    def _start_implied(self, event: events.Event, now: float) -> list[Output]:
        # A delta with no `response.started` before it, unless it is the rest of what was cancelled.
        if now < self._deaf_until:
            return self._tool_cancelled(event, now) if isinstance(event, events.ToolCall) else []
        return [*self._start(event, now), *self.handle(event, now)]

    def _audio(self, event: events.Event, now: float) -> list[Output]:
        assert isinstance(event, events.AudioDelta)
        self._goes_on = False
        self._deadline = now + STALLED_MS
        self._received += len(event.audio)
        self.playing = True
        return [Play(self.number, event.audio)]

    def _text(self, event: events.Event, now: float) -> list[Output]:
        assert isinstance(event, events.TextDelta)
        self._goes_on = False
        self._deadline = now + STALLED_MS
        return [ResponseText(self.number, event.delta, self._received)]

    def _tool(self, event: events.Event, now: float) -> list[Output]:
        assert isinstance(event, events.ToolCall)
        self._deadline = now + STALLED_MS
        return self.tools.begin(event, self.number)

    def _tool_cancelled(self, event: events.Event, _: float) -> list[Output]:
        assert isinstance(event, events.ToolCall)
        return self.tools.cancel(event)

    def _tool_unwanted(self, event: events.Event, now: float) -> list[Output]:
        return [*self._start_unwanted(event, now), *self._tool_cancelled(event, now)]

    def _end(self, outcome: ResponseOutcome) -> list[Output]:
        return [EndPlay(self.number), ResponseEnded(self.number, outcome)]

    def _complete(self, _: events.Event, now: float) -> list[Output]:
        goes_on = self._goes_on and not self.tools.running
        effects = [*self._end("complete"), *self._rest(now)]
        if goes_on:
            self.expect(now)
        return effects

    def _complete_unheard(self, _: events.Event, now: float) -> list[Output]:
        self._deaf_until = 0.0
        return self._rest(now)

    def _over(self, _: events.Event, now: float) -> list[Output]:
        # An answer without a beginning: an empty response, or one that had ended before our cancel.
        self._deaf_until = 0.0
        return self._rest(now)

    def _refused(self, event: events.Event, now: float) -> list[Output]:
        assert isinstance(event, events.Error)
        match meaning(event):
            case Meaning.RESPONSE_ACTIVE:
                # Another one runs that we didn't know of: ours waits for its end.
                self._cancel(now)
                self._deadline = now + ASKED_MS
                self._wish = NextResponse.ASK
                return []
            case Meaning.SHOWN | Meaning.NOTHING_HEARD:
                return self._rest(now)
            case Meaning.BENIGN | Meaning.RESULT_LATE if self._by_tool:
                return self._rest(now)  # the result came too late: nothing follows it
            case _:
                return []

    def _refused_while_running(self, event: events.Event, _: float) -> list[Output]:
        assert isinstance(event, events.Error)
        # What runs is not what we asked for, which was refused: ask again at its end.
        if meaning(event) is Meaning.RESPONSE_ACTIVE:
            self._wish = NextResponse.ASK
        return []

    def _nothing_ran(self, event: events.Event, now: float) -> list[Output]:
        assert isinstance(event, events.Error)
        return self._rest(now) if meaning(event) is Meaning.NO_RESPONSE else []

    def _user_heard(self, event: events.Event, now: float) -> list[Output]:
        # The server's VAD heard the user and stops by itself: no `response.cancel` is due. It will answer
        # what is said now, also if it was stopped from answering what came before.
        self.cut_off = False
        silence: list[Output] = [Silence()] if self.playing else []
        self.playing = False
        if self.phase is not ResponsePhase.RUNNING:
            return silence
        self._cancel(now)
        return [*silence, ResponseEnded(self.number, "interrupted")]


_SPOKEN = (events.AudioDelta, events.TextDelta)
_DELTAS = (*_SPOKEN, events.ToolCall)

_TABLE: dict[tuple[ResponsePhase, Key], Rule] = {
    (ResponsePhase.NONE, events.ResponseStarted): Response._start,
    **rows([ResponsePhase.NONE], _DELTAS, Response._start_implied),
    (ResponsePhase.NONE, events.ResponseCompleted): ignore,  # of one that was given up
    (ResponsePhase.NONE, events.Error): ignore,  # the turn itself tells the user
    (ResponsePhase.NONE, events.SpeechStarted): Response._user_heard,
    (ResponsePhase.ASKED, events.ResponseStarted): Response._start,
    **rows([ResponsePhase.ASKED], _DELTAS, Response._start_implied),
    (ResponsePhase.ASKED, events.ResponseCompleted): Response._over,
    (ResponsePhase.ASKED, events.Error): Response._refused,
    (ResponsePhase.ASKED, events.SpeechStarted): Response._user_heard,
    (ResponsePhase.RUNNING, events.ResponseStarted): Response._start_next,
    (ResponsePhase.RUNNING, events.AudioDelta): Response._audio,
    (ResponsePhase.RUNNING, events.TextDelta): Response._text,
    (ResponsePhase.RUNNING, events.ToolCall): Response._tool,
    (ResponsePhase.RUNNING, events.ResponseCompleted): Response._complete,
    (ResponsePhase.RUNNING, events.Error): Response._refused_while_running,
    (ResponsePhase.RUNNING, events.SpeechStarted): Response._user_heard,
    (ResponsePhase.UNWANTED, events.ResponseStarted): Response._start_unwanted,
    **rows([ResponsePhase.UNWANTED], _SPOKEN, Response._start_unwanted),
    (ResponsePhase.UNWANTED, events.ToolCall): Response._tool_unwanted,
    (ResponsePhase.UNWANTED, events.SpeechStarted): ignore,  # nothing sounds
    (ResponsePhase.UNWANTED, events.ResponseCompleted): Response._over,
    (ResponsePhase.UNWANTED, events.Error): Response._refused,
    (ResponsePhase.CANCELLED, events.ResponseStarted): Response._start,
    **rows([ResponsePhase.CANCELLED], _SPOKEN, ignore),  # its rest is dropped
    (ResponsePhase.CANCELLED, events.ToolCall): Response._tool_cancelled,
    (ResponsePhase.CANCELLED, events.ResponseCompleted): Response._complete_unheard,
    (ResponsePhase.CANCELLED, events.Error): Response._nothing_ran,
    (ResponsePhase.CANCELLED, events.SpeechStarted): Response._user_heard,
}
"""What each event means in each phase."""
