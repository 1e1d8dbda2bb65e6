"""The other side of the turn: the assistant's reply, from the asking to its end on the wire.

NONE       no response runs and none is expected
ASKED      one is expected: we sent `response.create`, or the server goes on by itself
RUNNING    one runs and is wanted
UNWANTED   one is expected that nobody wants any more: it is cancelled as soon as it starts
CANCELLED  one runs that nobody wants: `response.cancel` is sent, its rest is dropped

At most one response is ever asked for: a wish waits in UNWANTED and CANCELLED for the old one's end.
Every state but NONE has a deadline, so no missing event of the server can hang it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from desktop.protocol import commands, events
from desktop.protocol.codes import Meaning, meaning
from desktop.turn.effects import (
    Effect,
    EndPlay,
    Note,
    Play,
    ReplyEnded,
    ReplyOutcome,
    ReplyStarted,
    ReplyText,
    RunTool,
    Send,
    Silence,
)

ASKED_MS = 20_000
"""How long an answer may take to begin. Models that think first were seen to need up to 4 s."""
STALLED_MS = 30_000
"""How long a running response may say nothing."""
CANCELLED_MS = 2_000
"""How long the end of a cancelled response is waited for before the next is asked for."""
DEAF_MS = 3_000
"""How long after that its late deltas are still told from the next response's, which may come unannounced."""

MOST_TOOLS = 64
"""Calls that run at once: a model that asks for more is in a loop."""
TOO_MANY = {"error": "Too many calls run already. Wait for their results, then call again."}

NO_ANSWER = Note("error", "No answer came. Press and say it again, or reconnect.", "no_response", "reconnect")
STALLED = Note(
    "error", "The answer stopped coming. Press and ask again, or reconnect.", "response_stalled", "reconnect"
)

CUT_OFF = "The connection dropped before the answer was over. Press and ask again."


class Phase(Enum):
    """Where the reply stands."""

    NONE = "none"
    ASKED = "asked"
    RUNNING = "running"
    UNWANTED = "unwanted"
    CANCELLED = "cancelled"


class Wish(Enum):
    """What shall follow the response that must end first."""

    NOTHING = "nothing"
    ASK = "ask"
    AWAIT = "await"
    """The server begins by itself."""


class Reply:
    """The reply region of `turn.Turn`."""

    def __init__(self) -> None:
        self.phase = Phase.NONE
        self.number = 0
        self.playing = False
        self.tools: dict[str, int] = {}
        """The running tools, with the reply that called each."""
        self.user_speaks = False
        """A take is open: what starts now is not wanted."""
        self.cut_off = False
        """The server began to answer while the user still spoke, and was stopped."""
        self._silenced_tools: set[str] = set()
        self._wish = Wish.NOTHING
        self._goes_on = False
        self._by_tool = False
        self._deaf_until = 0.0
        self._received = 0
        self._deadline = 0.0

    @property
    def waits(self) -> bool:
        """Whether a response is wished for but must wait for another's end."""
        return self._wish is not Wish.NOTHING

    @property
    def under_way(self) -> bool:
        """Whether an answer has begun: its take is not sent again when the connection drops."""
        return (
            self.phase is Phase.RUNNING or bool(self.tools) or (self.phase is Phase.ASKED and self._by_tool)
        )

    def handle(self, event: events.Event, now: float) -> list[Effect]:
        """What this event of the server means to the reply."""
        rule = _TABLE.get((self.phase, type(event)))
        return rule(self, event, now) if rule else []

    def want(self, now: float) -> list[Effect]:
        """Ask for a response as soon as none runs."""
        if self.phase is not Phase.NONE:
            self._wish = Wish.ASK
            if self.phase is Phase.UNWANTED:
                self._deadline = min(self._deadline, now + CANCELLED_MS)
            return []
        self._expect(now)
        return [Send(commands.ResponseCreate())]

    def expect(self, now: float) -> None:
        """The server will begin by itself: after its VAD's end of turn, or a tool's result."""
        if self.phase is Phase.NONE:
            self._expect(now)
        elif self.phase in (Phase.CANCELLED, Phase.UNWANTED):
            self._wish = Wish.AWAIT

    def interrupt(self, now: float) -> list[Effect]:
        """Silence at once; what runs is cancelled, what is expected is no longer wanted."""
        effects: list[Effect] = [Silence()] if self.playing else []
        self.playing = False
        self._wish = Wish.NOTHING
        self.cut_off = False
        self._silenced_tools.update(self.tools)
        if self.phase is Phase.RUNNING:
            self._cancel(now)
            effects += [ReplyEnded(self.number, "interrupted"), Send(commands.ResponseCancel())]
        elif self.phase is Phase.ASKED:
            self._turn_down(now)
        return effects

    def heard_anew(self) -> None:
        """The server hears the user again: what it will answer now is wanted, whatever was turned down."""
        if self.phase is Phase.UNWANTED:
            self.phase = Phase.ASKED

    def drop(self) -> list[Effect]:
        """The connection is gone: nothing runs any more. What was received goes on sounding."""
        effects: list[Effect] = []
        if self.phase is Phase.RUNNING:
            effects = [EndPlay(self.number), ReplyEnded(self.number, "dropped")]
        self.phase = Phase.NONE
        self._wish = Wish.NOTHING
        self._goes_on = self.cut_off = False
        self._deaf_until = 0.0
        self.tools.clear()
        self._silenced_tools.clear()
        return effects

    def tool_done(self, call_id: str, now: float) -> bool:
        """A tool has ended: whether the model still waits for its result."""
        reply = self.tools.pop(call_id, None)
        if reply is None:
            return False
        silenced = call_id in self._silenced_tools
        self._silenced_tools.discard(call_id)
        if self.phase is Phase.NONE and not self.tools:
            self._expect(now)
            self._by_tool = True
            if self.user_speaks or silenced:
                self._turn_down(now)
        elif self.phase is Phase.RUNNING and reply == self.number:
            self._goes_on = True
            self._deadline = now + STALLED_MS
        return True

    def tick(self, now: float) -> list[Effect]:
        """Look at the deadline of a waiting state."""
        if self.phase is Phase.NONE or now < self._deadline:
            return []
        match self.phase:
            case Phase.ASKED:
                # After a tool's result the model may well have nothing more to say.
                return [*self._rest(now), *([] if self._by_tool else [NO_ANSWER])]
            case Phase.RUNNING if self.playing or self.tools:
                self._deadline = now + STALLED_MS
                return []
            case Phase.RUNNING:
                self._cancel(now)
                return [*self._end("stalled"), Send(commands.ResponseCancel()), STALLED]
            case _:
                # Its end never came. What still comes of it must not be taken for the next reply.
                if self.phase is Phase.CANCELLED:
                    self._deaf_until = now + DEAF_MS
                return self._rest(now)

    def _turn_down(self, now: float) -> None:
        self.phase = Phase.UNWANTED
        self._deadline = now + ASKED_MS

    def _expect(self, now: float) -> None:
        self.phase = Phase.ASKED
        self._by_tool = False
        self._wish = Wish.NOTHING
        self._goes_on = False
        self._deadline = now + ASKED_MS

    def _cancel(self, now: float) -> None:
        self.phase = Phase.CANCELLED
        self._goes_on = False
        self._deadline = now + CANCELLED_MS

    def _rest(self, now: float) -> list[Effect]:
        """Nothing runs any more: grant the wish that waited, if any."""
        self.phase = Phase.NONE
        wish, self._wish = self._wish, Wish.NOTHING
        if wish is Wish.ASK:
            return self.want(now)
        if wish is Wish.AWAIT:
            self._expect(now)
        return []

    def _start(self, event: events.Event, now: float) -> list[Effect]:
        self._deaf_until = 0.0
        if self.user_speaks:
            return self._start_unwanted(event, now)
        self.phase = Phase.RUNNING
        self.number += 1
        self._received = 0
        self._goes_on = False
        self._deadline = now + STALLED_MS
        return [ReplyStarted(self.number)]

    def _start_unwanted(self, _: events.Event, now: float) -> list[Effect]:
        self.cut_off = self.user_speaks
        self._cancel(now)
        return [Send(commands.ResponseCancel())]

    def _start_next(self, event: events.Event, now: float) -> list[Effect]:
        # The end of the one before never came; this beginning is its end.
        return [*self._end("complete"), *self._start(event, now)]

    def _start_implied(self, event: events.Event, now: float) -> list[Effect]:
        # A delta with no `response.started` before it, unless it is the rest of what was cancelled.
        if now < self._deaf_until:
            return []
        return [*self._start(event, now), *self.handle(event, now)]

    def _audio(self, event: events.Event, now: float) -> list[Effect]:
        assert isinstance(event, events.AudioDelta)
        self._goes_on = False
        self._deadline = now + STALLED_MS
        self._received += len(event.audio)
        self.playing = True
        return [Play(self.number, event.audio)]

    def _text(self, event: events.Event, now: float) -> list[Effect]:
        assert isinstance(event, events.TextDelta)
        self._goes_on = False
        self._deadline = now + STALLED_MS
        return [ReplyText(self.number, event.delta, self._received)]

    def _tool(self, event: events.Event, now: float) -> list[Effect]:
        assert isinstance(event, events.ToolCall)
        self._deadline = now + STALLED_MS
        if event.tool_call_id in self.tools:
            return []
        if len(self.tools) >= MOST_TOOLS:
            return [Send(commands.ToolResult(event.tool_call_id, TOO_MANY))]
        self.tools[event.tool_call_id] = self.number
        return [RunTool(event, self.number)]

    def _end(self, outcome: ReplyOutcome) -> list[Effect]:
        return [EndPlay(self.number), ReplyEnded(self.number, outcome)]

    def _complete(self, _: events.Event, now: float) -> list[Effect]:
        goes_on = self._goes_on and not self.tools
        effects = [*self._end("complete"), *self._rest(now)]
        if goes_on:
            self.expect(now)
        return effects

    def _complete_unheard(self, _: events.Event, now: float) -> list[Effect]:
        self._deaf_until = 0.0
        return self._rest(now)

    def _over(self, _: events.Event, now: float) -> list[Effect]:
        # An answer without a beginning: an empty response, or one that had ended before our cancel.
        self._deaf_until = 0.0
        return self._rest(now)

    def _refused(self, event: events.Event, now: float) -> list[Effect]:
        assert isinstance(event, events.Error)
        match meaning(event):
            case Meaning.RESPONSE_ACTIVE:
                # Another one runs that we didn't know of: ours waits for its end.
                self._cancel(now)
                self._deadline = now + ASKED_MS
                self._wish = Wish.ASK
                return []
            case Meaning.SHOWN | Meaning.NOTHING_HEARD:
                return self._rest(now)
            case Meaning.BENIGN if self._by_tool:
                return self._rest(now)  # the result came too late: nothing follows it
            case _:
                return []

    def _refused_while_running(self, event: events.Event, _: float) -> list[Effect]:
        assert isinstance(event, events.Error)
        # What runs is not what we asked for, which was refused: ask again at its end.
        if meaning(event) is Meaning.RESPONSE_ACTIVE:
            self._wish = Wish.ASK
        return []

    def _nothing_ran(self, event: events.Event, now: float) -> list[Effect]:
        assert isinstance(event, events.Error)
        return self._rest(now) if meaning(event) is Meaning.NO_RESPONSE else []

    def _user_heard(self, event: events.Event, now: float) -> list[Effect]:
        # The server's VAD heard the user and stops by itself: no `response.cancel` is due. It will answer
        # what is said now, also if it was stopped from answering what came before.
        self.cut_off = False
        silence: list[Effect] = [Silence()] if self.playing else []
        self.playing = False
        if self.phase is not Phase.RUNNING:
            return silence
        self._cancel(now)
        return [*silence, ReplyEnded(self.number, "interrupted")]


_Rule = Callable[[Reply, events.Event, float], list[Effect]]

_DELTAS = (events.AudioDelta, events.TextDelta, events.ToolCall)

_TABLE: dict[tuple[Phase, type[events.Event]], _Rule] = {
    (Phase.NONE, events.ResponseStarted): Reply._start,
    **{(Phase.NONE, delta): Reply._start_implied for delta in _DELTAS},
    (Phase.NONE, events.SpeechStarted): Reply._user_heard,
    (Phase.ASKED, events.ResponseStarted): Reply._start,
    **{(Phase.ASKED, delta): Reply._start_implied for delta in _DELTAS},
    (Phase.ASKED, events.ResponseCompleted): Reply._over,
    (Phase.ASKED, events.Error): Reply._refused,
    (Phase.ASKED, events.SpeechStarted): Reply._user_heard,
    (Phase.RUNNING, events.ResponseStarted): Reply._start_next,
    (Phase.RUNNING, events.AudioDelta): Reply._audio,
    (Phase.RUNNING, events.TextDelta): Reply._text,
    (Phase.RUNNING, events.ToolCall): Reply._tool,
    (Phase.RUNNING, events.ResponseCompleted): Reply._complete,
    (Phase.RUNNING, events.Error): Reply._refused_while_running,
    (Phase.RUNNING, events.SpeechStarted): Reply._user_heard,
    (Phase.UNWANTED, events.ResponseStarted): Reply._start_unwanted,
    **{(Phase.UNWANTED, delta): Reply._start_unwanted for delta in _DELTAS},
    (Phase.UNWANTED, events.ResponseCompleted): Reply._over,
    (Phase.UNWANTED, events.Error): Reply._refused,
    (Phase.CANCELLED, events.ResponseStarted): Reply._start,
    (Phase.CANCELLED, events.ResponseCompleted): Reply._complete_unheard,
    (Phase.CANCELLED, events.Error): Reply._nothing_ran,
    (Phase.CANCELLED, events.SpeechStarted): Reply._user_heard,
}
"""What each event means in each phase; a pair that isn't here means nothing."""
