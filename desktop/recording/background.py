"""What belongs to a conversation besides its lines: sessions, tool calls, what responses used, times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from desktop.base.redaction import redact, redact_all
from desktop.cost.total import Total
from desktop.protocol import catalog
from desktop.turn.timing import TurnTiming
from desktop.viewmodels.response_end import ResponseEnd
from desktop.viewmodels.tool_calls_model import Call
from desktop.viewmodels.transcript_line import Line


@dataclass(frozen=True, slots=True)
class SessionUsed:
    """A session of the conversation: when it was opened, with which model by its id, and which voice."""

    at: datetime
    model: str
    voice: str = ""

    @property
    def name(self) -> str:
        """The model's name; its id, where it isn't known here."""
        known = _known(self.model)
        return known.label if known else self.model

    @property
    def provider(self) -> str:
        """The provider's name; else the first part of the model's id."""
        known = _known(self.model)
        return known.provider if known else self.model.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Background:
    """Each in the order of its beginning; empty where it isn't known."""

    sessions: tuple[SessionUsed, ...] = ()
    calls: tuple[Call, ...] = ()
    responses: tuple[ResponseEnd, ...] = ()
    turns: tuple[TurnTiming, ...] = ()
    costs: Mapping[int, Total] = field(default_factory=dict)
    """What turns have cost, by their number."""
    spent: Total = field(default_factory=Total)
    """In the session."""

    def redacted(self) -> Background:
        """The same without anything that looks like a secret."""
        return replace(
            self,
            sessions=tuple(
                replace(one, model=redact(one.model), voice=redact(one.voice)) for one in self.sessions
            ),
            calls=tuple(_redacted(call) for call in self.calls),
            responses=tuple(replace(one, usage=redact_all(one.usage)) for one in self.responses),
        )


NOTHING = Background()


def calls_of(lines: Iterable[Line], calls: Iterable[Call]) -> dict[int, Call]:
    """The call of each tool's line, by the line's place. Ids may come again in another session."""
    by_id: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        if not call.by_hand:
            by_id[call.call_id].append(call)
    found = {}
    for place, line in enumerate(lines):
        waiting = by_id.get(line.tool.call_id) if line.tool else None
        if waiting:
            found[place] = waiting.pop(0)
    return found


def _known(model: str) -> catalog.Model | None:
    return next((one for one in catalog.MODELS if one.id == model), None)


def _redacted(call: Call) -> Call:
    return replace(
        call,
        call_id=redact(call.call_id),
        name=redact(call.name),
        arguments=redact_all(call.arguments),
        result=redact_all(call.result),
    )
