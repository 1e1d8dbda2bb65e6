"""The conversation as JSON, with everything that is known of it. Names and states are English."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from desktop import __version__
from desktop.base.redaction import redact_all
from desktop.cost.total import Total
from desktop.recording.background import NOTHING, Background, calls_of
from desktop.recording.escaping import as_json
from desktop.turn.timing import FIGURES, MOMENTS, TurnTiming
from desktop.viewmodels.tool_calls_model import Call
from desktop.viewmodels.transcript_line import Line

VERSION = 1
"""Of the document. Fields may be added to it; a reader ignores those that it doesn't know."""


def to_json(lines: Iterable[Line], background: Background = NOTHING) -> str:
    """The lines as JSON: an object with `version`, `lines` and what belongs to them.

    Times are ISO 8601 with their zone, durations in milliseconds. `responses` has what each response used,
    in the service's own names; `turns` has moments in milliseconds since the first turn began.
    `spend` is what the session and each turn have cost, `amounts` by currency.
    """
    every = list(lines)
    calls = calls_of(every, background.calls)
    document = {
        "version": VERSION,
        "program": f"presstalk {__version__}",
        "sessions": [
            {"at": one.at.isoformat(), "model": one.model, "provider": one.provider, "voice": one.voice}
            for one in background.sessions
        ],
        "lines": [_line(line, calls.get(place)) for place, line in enumerate(every)],
        "calls": [_call(call) for call in background.calls],
        "responses": [
            {"at": one.at.isoformat(), "response": one.response, "outcome": one.outcome, "usage": one.usage}
            for one in background.responses
        ],
        "turns": _turns(background.turns, background.costs),
        "spend": _spend(background.spent),
    }
    return as_json(json.dumps(redact_all(document), ensure_ascii=False, indent=2, default=str))


def _line(line: Line, call: Call | None) -> dict[str, Any]:
    record: dict[str, Any] = {"speaker": line.speaker, "at": line.at.isoformat(), "text": line.stored_text}
    if line.number:
        record["take" if line.speaker == "user" else "response"] = line.number
    if line.sounded_at:
        record["sounded_at"] = line.sounded_at.isoformat()
    if line.ended_at:
        record["ended_at"] = line.ended_at.isoformat()
    if line.note:
        record["note"] = line.note
    if line.heard is not None:
        record |= {"heard": line.heard_text, "not_heard": line.unheard_text}
    if line.tool is not None:
        card = line.tool
        record |= {"call_id": card.call_id, "state": card.state, "duration_ms": card.duration_ms}
        if card.bench:
            record["bench"] = card.bench
    if call is not None:
        record |= {"arguments": call.arguments, "result": call.result}
    return record


def _call(call: Call) -> dict[str, Any]:
    return {
        "call_id": call.call_id,
        "at": call.at.isoformat(),
        "name": call.name,
        "arguments": call.arguments,
        "result": call.result,
        "state": call.state,
        "duration_ms": call.duration_ms,
        "by_hand": call.by_hand,
        "bench": call.bench,
    }


def _spend(total: Total | None) -> dict[str, Any] | None:
    """Amounts are texts by currency: a float would not be exact. None: nothing was spent, or counted."""
    if total is None or not (total.known or total.unknown):
        return None
    return {
        "amounts": {money.currency: money.exactly() for money in total.money},
        "estimated": total.estimated,
        "assumed": total.assumed,
        "unknown": total.unknown,
    }


def _turns(turns: Iterable[TurnTiming], costs: Mapping[int, Total]) -> list[dict[str, Any]]:
    known = list(turns)
    zero = min((turn.start for turn in known if turn.start is not None), default=0.0)
    records = []
    for turn in known:
        moments = {f"{name}_ms": _since(turn.at(name), zero) for name in MOMENTS}
        figures = {f"{figure.key}_ms": _since(figure.of(turn), 0.0) for figure in FIGURES}
        spent = _spend(costs.get(turn.number))
        records.append({"turn": turn.number, **moments, **figures, "spend": spent})
    return records


def _since(at: float | None, zero: float) -> float | None:
    return None if at is None else round(at - zero, 1)
