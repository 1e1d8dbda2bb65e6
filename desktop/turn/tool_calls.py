"""The tools that the model has called, and what becomes of each result.

    RUNNING ---- the tool ends ----> SENT ---- the model responds, or never will ----> OVER
       |
       +--- the connection goes ---> ABANDONED ---- the tool ends, too late ----> OVER

A call belongs to one connection: no other one accepts its result. A tool that takes long lets the
conversation go on, and its result is told between two turns, as text where the service waits for no such
result any more:

    RUNNING ---- it takes long ----> DETACHED ---- the tool ends ----> READY ---- nobody speaks ----> told
                                           it is refused as a result ---> READY
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

from desktop.protocol import commands, events
from desktop.turn import inputs, late_results
from desktop.turn.effects import (
    InterruptTool,
    ResultOutcome,
    RunTool,
    Send,
    ToolCalled,
    ToolProgress,
    ToolResultDecided,
    TurnOutput,
    WithdrawCall,
)
from desktop.turn.region import Region, Rule, TableKey, ignore, rows
from desktop.turn.unanswered import SEEMS_ALIVE_MS

MOST_TOOLS = 64
"""Calls that run at once: a model that asks for more is in a loop."""
TOO_MANY = {"error": "Too many calls are already running. Wait for their results, then call again."}


class CallPhase(Enum):
    """Where a call stands."""

    RUNNING = "running"
    DETACHED = "detached"
    """The tool runs on, and the conversation goes on without its result."""
    READY = "ready"
    """It has ended since, and its result waits until nobody speaks."""
    SENT_LATE = "sent late"
    """As SENT; a result that is refused is told as text."""
    ABANDONED = "abandoned"
    """The tool runs, and nobody waits for its result."""
    SENT = "sent"
    """It may still turn out that the service waited for no such result, or never got it."""
    OVER = "over"


class Tell(Enum):
    """What the turn tells a call."""

    NOW = "nobody speaks"


class ToolRun(Region[CallPhase]):
    """One call whose tool was started. `response` is the response that made it."""

    def __init__(self, call_id: str, response: int, name: str = "") -> None:
        super().__init__(f"tool call {call_id}", CallPhase.RUNNING)
        self.call_id = call_id
        self.response = response
        self.name = name
        self.by_text = False
        """Its result is told as text: the service waits for no other."""
        self.result: Any = None
        self.pictures: tuple[str, ...] = ()
        """Of the result, as data URLs; they are sent once."""
        self.interrupted = False
        """The user has interrupted: what the model says about the result is not wanted."""
        self._sent_at = 0.0

    def handle(self, happened: object, now: float) -> list[TurnOutput]:
        """What this means to the call."""
        return self._apply(_TABLE, happened, now)

    def _decide(self, outcome: ResultOutcome, state: CallPhase) -> list[TurnOutput]:
        self._set_phase(state)
        return [ToolResultDecided(self.call_id, outcome)]

    def _send(self, done: inputs.ToolDone, now: float) -> list[TurnOutput]:
        self._sent_at = now
        result = Send(commands.ToolResult(self.call_id, done.result))
        return [*_shown(done.pictures), result, *self._decide("sent", CallPhase.SENT)]

    def _detach(self, _: inputs.ToolRunsOn, _now: float) -> list[TurnOutput]:
        self._set_phase(CallPhase.DETACHED)
        return [ToolProgress(self.call_id, "running on")]

    def _keep(self, done: inputs.ToolDone, _: float) -> list[TurnOutput]:
        self.result, self.pictures = done.result, done.pictures
        self._set_phase(CallPhase.READY)
        return [ToolProgress(self.call_id, "waiting")]

    def take_pictures(self) -> list[TurnOutput]:
        """Send the pictures of its result, which go before it."""
        pictures, self.pictures = self.pictures, ()
        return _shown(pictures)

    def _tell(self, _: Tell, now: float) -> list[TurnOutput]:
        if self.by_text:
            return self._decide("sent", CallPhase.OVER)
        self._sent_at = now
        result = Send(commands.ToolResult(self.call_id, self.result))
        return [*self.take_pictures(), result, *self._decide("sent", CallPhase.SENT_LATE)]

    def _tell_again(self, _: events.Error, _now: float) -> list[TurnOutput]:
        self.by_text = True
        self._set_phase(CallPhase.READY)
        return []

    def _outlive(self, dropped: inputs.Dropped, _: float) -> list[TurnOutput]:
        if dropped.final:
            return self._decide("ended", CallPhase.OVER)
        self.by_text = True
        return [WithdrawCall(self.call_id)]

    def _change_over(self, _: inputs.Renewed, _now: float) -> list[TurnOutput]:
        self.by_text = True
        return []

    def _come_late(self, _: object, _now: float) -> list[TurnOutput]:
        return self._decide("late", CallPhase.OVER)

    def _drop(self, dropped: inputs.Dropped, _: float) -> list[TurnOutput]:
        if dropped.final:
            return self._decide("ended", CallPhase.OVER)
        return [WithdrawCall(self.call_id), *self._decide("dropped", CallPhase.ABANDONED)]

    def _lose(self, dropped: inputs.Dropped, now: float) -> list[TurnOutput]:
        # A dead connection is found late, and takes all that was sent on it. One that rests was alive.
        arrived = dropped.rests or now - self._sent_at > SEEMS_ALIVE_MS
        if arrived or dropped.final:
            return self._let_go(dropped, now)
        return self._decide("dropped", CallPhase.OVER)

    def _renew(self, _: inputs.Renewed, _now: float) -> list[TurnOutput]:
        return [WithdrawCall(self.call_id), *self._decide("dropped", CallPhase.ABANDONED)]

    def _stop(self, _: inputs.ToolsStopped, _now: float) -> list[TurnOutput]:
        return self._decide("ended", CallPhase.OVER)

    def _let_go(self, _: object, _now: float) -> list[TurnOutput]:
        self._set_phase(CallPhase.OVER)
        return []


_TABLE: dict[tuple[CallPhase, TableKey], Rule] = {
    (CallPhase.RUNNING, inputs.ToolDone): ToolRun._send,
    (CallPhase.RUNNING, inputs.Dropped): ToolRun._drop,
    (CallPhase.RUNNING, inputs.Renewed): ToolRun._renew,
    (CallPhase.RUNNING, inputs.ToolsStopped): ToolRun._stop,
    (CallPhase.RUNNING, events.ResponseStarted): ignore,
    (CallPhase.RUNNING, inputs.ToolRunsOn): ToolRun._detach,
    (CallPhase.DETACHED, inputs.ToolDone): ToolRun._keep,
    (CallPhase.READY, Tell.NOW): ToolRun._tell,
    **rows([CallPhase.DETACHED, CallPhase.READY], [inputs.Dropped], ToolRun._outlive),
    **rows([CallPhase.DETACHED, CallPhase.READY], [inputs.Renewed], ToolRun._change_over),
    **rows([CallPhase.DETACHED, CallPhase.READY], [inputs.ToolsStopped], ToolRun._stop),
    **rows([CallPhase.DETACHED, CallPhase.READY], [events.ResponseStarted], ignore),
    (CallPhase.SENT_LATE, events.Error): ToolRun._tell_again,
    (CallPhase.SENT_LATE, inputs.Dropped): ToolRun._lose,
    (CallPhase.ABANDONED, inputs.ToolDone): ToolRun._come_late,
    (CallPhase.ABANDONED, inputs.ToolsStopped): ToolRun._let_go,
    **rows([CallPhase.ABANDONED], [inputs.Dropped, inputs.Renewed, events.ResponseStarted], ignore),
    (CallPhase.SENT, events.Error): ToolRun._come_late,
    (CallPhase.SENT, inputs.Dropped): ToolRun._lose,
    **rows(
        [CallPhase.SENT, CallPhase.SENT_LATE],
        [inputs.Renewed, inputs.ToolsStopped, events.ResponseStarted],
        ToolRun._let_go,
    ),
}
"""What each input means in each state. Only errors about a tool's result reach a call."""


class ToolCalls:
    """The tool calls of `turn.Turn` by their id. One that comes again is another call, and replaces it."""

    def __init__(self) -> None:
        self._runs: dict[str, ToolRun] = {}
        self._sent_ids: list[str] = []
        """Of the last results sent on this connection, in their order: an error may name any of them."""

    @property
    def running(self) -> bool:
        """Whether the model waits for a result."""
        return any(run.phase is CallPhase.RUNNING for run in self._runs.values())

    @property
    def ready(self) -> bool:
        """Whether a result waits until nobody speaks."""
        return any(run.phase is CallPhase.READY for run in self._runs.values())

    def awaited(self, call_id: str) -> ToolRun | None:
        """The call with this id, if the model waits for its result."""
        run = self._runs.get(call_id)
        return run if run and run.phase is CallPhase.RUNNING else None

    def begin(self, call: events.ToolCall, response: int) -> list[TurnOutput]:
        """Run this tool, unless it runs already or too many do."""
        if self.awaited(call.tool_call_id):
            return []
        earlier = self._runs.pop(call.tool_call_id, None)
        replaced = earlier.handle(inputs.ToolsStopped(), 0.0) if earlier else []
        if sum(run.phase is not CallPhase.SENT for run in self._runs.values()) >= MOST_TOOLS:
            self._note_sent(call.tool_call_id)
            return [
                *replaced,
                ToolCalled(call),
                Send(commands.ToolResult(call.tool_call_id, TOO_MANY)),
                ToolResultDecided(call.tool_call_id, "refused"),
            ]
        self._runs[call.tool_call_id] = ToolRun(call.tool_call_id, response, call.tool_name)
        return [*replaced, ToolCalled(call), RunTool(call)]

    def cancel(self, call: events.ToolCall) -> list[TurnOutput]:
        """Run nothing for this call: the response that made it was cancelled."""
        if self.awaited(call.tool_call_id):
            return []
        earlier = self._runs.pop(call.tool_call_id, None)
        replaced = earlier.handle(inputs.ToolsStopped(), 0.0) if earlier else []
        return [*replaced, ToolCalled(call), ToolResultDecided(call.tool_call_id, "cancelled")]

    def interrupt(self) -> list[TurnOutput]:
        """What the model says about the results of the running tools is not wanted.

        One that was let run on is none of the answer's any more, and runs on.
        """
        waited = [
            run for run in self._runs.values() if run.phase is CallPhase.RUNNING and not run.interrupted
        ]
        for run in self._runs.values():
            run.interrupted = True
        return [InterruptTool(run.call_id) for run in waited]

    def detach(self, runs_on: inputs.ToolRunsOn, now: float, *, by_text: bool) -> list[TurnOutput]:
        """The conversation goes on without this call's result; with `by_text` the call gets a word for it."""
        run = self.awaited(runs_on.call_id)
        if run is None:
            return []
        effects = self._tell([run], runs_on, now)
        run.by_text = by_text
        if by_text:
            self._note_sent(run.call_id)
            effects.append(Send(commands.ToolResult(run.call_id, late_results.interim(runs_on.asks))))
        return effects

    def tell_late(self, now: float) -> list[TurnOutput]:
        """Nobody speaks: tell the results that wait. One that the service takes as such goes alone, since it
        responds to it; the others are one text."""
        ready = [run for run in self._runs.values() if run.phase is CallPhase.READY]
        as_such = [run for run in ready if not run.by_text][:1]
        if as_such:
            effects = self._tell(as_such, Tell.NOW, now)
            self._note_sent(as_such[0].call_id)
            return effects
        text, count = late_results.as_text([(run.name, run.result) for run in ready])
        pictures = [picture for run in ready[:count] for picture in run.take_pictures()]
        return [*pictures, Send(commands.TextInput(text)), *self._tell(ready[:count], Tell.NOW, now)]

    def finish(self, done: inputs.ToolDone, now: float) -> list[TurnOutput]:
        """A tool has ended."""
        run = self._runs.get(done.call_id)
        effects = self._tell([run] if run else [], done, now)
        if run and run.phase is CallPhase.SENT:
            self._note_sent(run.call_id)
        return effects

    def handle(
        self,
        happened: inputs.Dropped | inputs.Renewed | inputs.ToolsStopped | events.ResponseStarted,
        now: float,
    ) -> list[TurnOutput]:
        """What happened to all calls."""
        if isinstance(happened, inputs.Dropped | inputs.Renewed):
            self._sent_ids.clear()
        return self._tell(list(self._runs.values()), happened, now)

    def refuse(self, error: events.Error, now: float) -> list[TurnOutput]:
        """The service waits for no such result: the one that it names, else the last one that was sent."""
        named = [call_id for call_id in self._sent_ids if _names(error.message, call_id)]
        runs = [self._runs[call_id] for call_id in named or self._sent_ids if call_id in self._runs]
        sent = [run for run in runs if run.phase in (CallPhase.SENT, CallPhase.SENT_LATE)]
        return self._tell(sent[-1:], error, now)

    def _note_sent(self, call_id: str) -> None:
        others = [other for other in self._sent_ids if other != call_id]
        self._sent_ids = [*others, call_id][-MOST_TOOLS:]

    def _tell(self, runs: list[ToolRun], happened: object, now: float) -> list[TurnOutput]:
        effects = [effect for run in runs for effect in run.handle(happened, now)]
        self._runs = {call_id: run for call_id, run in self._runs.items() if run.phase is not CallPhase.OVER}
        return effects


def _shown(pictures: tuple[str, ...]) -> list[TurnOutput]:
    return [Send(commands.ImageInput(url)) for url in pictures]


def _names(message: str, call_id: str) -> bool:
    """Whether the message has this id as a word of its own: `call_1` is not in `call_10`."""
    return call_id != "" and re.search(rf"(?<![\w-]){re.escape(call_id)}(?![\w-])", message) is not None
