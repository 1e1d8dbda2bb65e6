"""The turns of a conversation as traces: OTLP as JSON lines, and Chrome's trace events for Perfetto.

Sources: OpenTelemetry's protocol in its JSON encoding (opentelemetry.io/docs/specs/otlp); its
semantic conventions for generative AI; "Trace Event Format" of Chrome.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import msgspec

from desktop import __version__
from desktop.turn.timing import MOMENTS, TurnTiming
from desktop.turn.turn_parts import interruption_of, parts_of, wait_of
from desktop.viewmodels.tool_calls_model import Call

INTERNAL, CLIENT = 1, 3
"""Kinds of spans, as OTLP numbers them."""
TURN_TRACK, PART_TRACK, REPLY_TRACK, TOOL_TRACK = 1, 2, 3, 4
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Conversation:
    """What traces are made of. `zero_ns`: the wall clock's time at the turns' zero, in ns since 1970."""

    id: str
    turns: Sequence[TurnTiming]
    calls: Sequence[Call]
    zero_ns: int

    def at_ns(self, ms: float) -> int:
        """A moment of a turn by the wall clock."""
        return self.zero_ns + round(ms * 1e6)


@dataclass(frozen=True, slots=True)
class _Span:
    name: str
    begin_ns: int
    end_ns: int
    attributes: dict[str, str | int | float]
    kind: int = INTERNAL
    children: tuple[_Span, ...] = ()


def to_otlp(conversation: Conversation) -> str:
    """One trace: a line a turn, with the turn's span and those of its wait, its reply and its tools."""
    trace = secrets.token_hex(16)
    root, spans = secrets.token_hex(8), list(_turn_spans(conversation))
    lines = [_line(list(_otlp(span, conversation.id, trace, root))) for span in spans]
    if spans:
        begin, end = min(span.begin_ns for span in spans), max(span.end_ns for span in spans)
        whole = _Span("conversation", begin, end, {"presstalk.turns": len(spans)})
        lines.insert(0, _line([_otlp_span(whole, conversation.id, trace, root, "")]))
    return "".join(lines)


def to_chrome(conversation: Conversation) -> str:
    """A JSON object that Perfetto and Chrome's `about:tracing` open; times in µs."""
    names = {TURN_TRACK: "turns", PART_TRACK: "wait", REPLY_TRACK: "replies", TOOL_TRACK: "tools"}
    events: list[dict[str, Any]] = [
        {"ph": "M", "pid": 1, "tid": 0, "name": "process_name", "args": {"name": "presstalk"}}
    ]
    events += [
        {"ph": "M", "pid": 1, "tid": track, "name": "thread_name", "args": {"name": name}}
        for track, name in names.items()
    ]
    for turn in _turn_spans(conversation):
        events.append(_chrome(turn, TURN_TRACK))
        for span in turn.children:
            track = TOOL_TRACK if span.name.startswith("execute_tool") else PART_TRACK
            events.append(_chrome(span, REPLY_TRACK if span.kind == CLIENT else track))
    return msgspec.json.encode({"traceEvents": events, "displayTimeUnit": "ms"}).decode() + "\n"


def _turn_spans(conversation: Conversation) -> Iterator[_Span]:
    turns = [turn for turn in conversation.turns if turn.start is not None]
    for turn, following in zip_longest(turns, turns[1:]):
        begin = turn.start or 0.0
        known = [at for moment in MOMENTS if (at := turn.at(moment)) is not None]
        end = max([*known, *(part.end for part in parts_of(turn))])
        limit = following.start if following else None
        begin_ns, end_ns = conversation.at_ns(begin), conversation.at_ns(end)
        last_ns = conversation.at_ns(limit) if limit is not None else None
        tools = [call for call in conversation.calls if begin_ns <= _ns(call) < (last_ns or _ns(call) + 1)]
        children = (
            *_waits(conversation, turn),
            *_reply(conversation, turn, end),
            *(_tool(call) for call in tools),
        )
        ends = [end_ns, *(child.end_ns for child in children)]
        yield _Span(f"turn {turn.number}", begin_ns, max(ends), _figures(turn), children=children)


def _figures(turn: TurnTiming) -> dict[str, str | int | float]:
    counts, stopped = turn.detail.counts, interruption_of(turn)
    found: dict[str, str | int | float | None] = {
        "presstalk.turn": turn.number,
        "gen_ai.request.model": turn.detail.model or None,
        "presstalk.wait_ms": wait_of(turn),
        "presstalk.end_of_speech": "server" if turn.detail.way.by_server else "key",
        "presstalk.device_latency": "unknown" if turn.detail.way.latency_unknown else "reported",
        "presstalk.underruns": counts.underruns,
        "presstalk.underrun_ms": counts.underrun_ms,
        "presstalk.silence_ms": counts.silence_ms,
        "presstalk.words_a_minute": counts.words_a_minute,
        "presstalk.interruption_ms": stopped.to_silence if stopped else None,
    }
    return {key: value for key, value in found.items() if value is not None}


def _waits(conversation: Conversation, turn: TurnTiming) -> Iterator[_Span]:
    for part in parts_of(turn):
        name = " + ".join(part.names)
        attributes: dict[str, str | int | float] = {"presstalk.part_ms": part.ms}
        if part.side:
            attributes["presstalk.side"] = part.side
        yield _Span(name, conversation.at_ns(part.begin), conversation.at_ns(part.end), attributes)


def _reply(conversation: Conversation, turn: TurnTiming, end: float) -> Iterator[_Span]:
    begin = turn.commit if turn.commit is not None else turn.response_started
    if begin is None or (turn.response_started is None and turn.first_audio is None):
        return
    attributes: dict[str, str | int | float] = {"gen_ai.operation.name": "chat"}
    if turn.detail.model:
        attributes["gen_ai.request.model"] = turn.detail.model
        attributes["gen_ai.provider.name"] = turn.detail.model.partition("/")[0]
    name = f"chat {turn.detail.model}".strip()
    yield _Span(name, conversation.at_ns(begin), conversation.at_ns(end), attributes, CLIENT)


def _tool(call: Call) -> _Span:
    begin = _ns(call)
    attributes: dict[str, str | int | float] = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": call.name,
        "gen_ai.tool.call.id": call.call_id,
        "presstalk.tool.state": call.state,
    }
    end = begin + round((call.duration_ms or 0.0) * 1e6)
    return _Span(f"execute_tool {call.name}", begin, end, attributes)


def _ns(call: Call) -> int:
    return round(call.at.timestamp() * 1e9)


def _line(spans: list[dict[str, Any]]) -> str:
    """A line of OTLP: an export request with these spans."""
    resource = {"attributes": _attributes({"service.name": "presstalk", "service.version": __version__})}
    scope = {"scope": {"name": "presstalk", "version": __version__}, "spans": spans}
    return _encoder.encode({"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}).decode() + "\n"


def _otlp(span: _Span, conversation: str, trace: str, parent: str) -> Iterator[dict[str, Any]]:
    own = secrets.token_hex(8)
    yield _otlp_span(span, conversation, trace, own, parent)
    for child in span.children:
        yield from _otlp(child, conversation, trace, own)


def _otlp_span(span: _Span, conversation: str, trace: str, own: str, parent: str) -> dict[str, Any]:
    attributes = {"gen_ai.conversation.id": conversation, **span.attributes}
    found = {
        "traceId": trace,
        "spanId": own,
        "name": span.name,
        "kind": span.kind,
        "startTimeUnixNano": str(span.begin_ns),
        "endTimeUnixNano": str(max(span.begin_ns, span.end_ns)),
        "attributes": _attributes(attributes),
        "status": {},
    }
    return {**found, "parentSpanId": parent} if parent else found


def _attributes(values: dict[str, str | int | float]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in values.items()]


def _value(value: str | float) -> dict[str, Any]:
    if isinstance(value, str):
        return {"stringValue": value}
    return {"intValue": str(value)} if isinstance(value, int) else {"doubleValue": value}


def _chrome(span: _Span, track: int) -> dict[str, Any]:
    return {
        "ph": "X",
        "pid": 1,
        "tid": track,
        "name": span.name,
        "cat": "presstalk",
        "ts": span.begin_ns / 1_000,
        "dur": max(0, span.end_ns - span.begin_ns) / 1_000,
        "args": span.attributes,
    }


def shown_as(ending: str, conversation: Conversation) -> str | None:
    """The conversation in the format of a file's ending: OTLP for `.jsonl`, a trace for `.json`."""
    writers: Iterable[tuple[str, Any]] = ((".jsonl", to_otlp), (".json", to_chrome))
    return next((write(conversation) for known, write in writers if known == ending), None)
