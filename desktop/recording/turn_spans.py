"""A conversation as spans: one trace each, with a span for each answer and below it one for each tool call.

Off unless the user wants it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import QObject

from desktop.base.redaction import redact, redact_all
from desktop.base.visible_text import visible_line
from desktop.recording.span_queue import Span, SpanQueue
from desktop.viewmodels.json_tree_model import as_json, preview
from desktop.viewmodels.response_end import ResponseEnd
from desktop.viewmodels.tool_calls_model import MOST_CALLS, Call, ToolCallsModel
from desktop.viewmodels.transcript_line import Line
from desktop.viewmodels.transcript_model import TranscriptModel

LONGEST = 20_000
"""Characters of what was said in a span."""
HEAVY = 100_000
"""Bytes of a tool's arguments and result, roughly: JSON of more takes milliseconds."""
MOST_TOLD = 2 * MOST_CALLS
LOOKED_BACK = 200
"""Lines in which a turn's words are looked for."""


class TurnSpans(QObject):
    """Makes a span when an answer is over and hands it to the queue, which takes no time.

    `wanted`: whether the user wants spans. `close` it before the loop ends.
    """

    def __init__(
        self,
        transcript: TranscriptModel,
        calls: ToolCallsModel,
        queue: SpanQueue,
        wanted: Callable[[], bool],
        model: Callable[[], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._transcript, self._calls, self._queue = transcript, calls, queue
        self._told: dict[tuple[str, datetime], None] = {}
        """The calls that are below a span, the oldest first."""
        self._wanted, self._model = wanted, model
        self._trace = secrets.token_hex(16)
        transcript.response_ended.connect(self._on_response_ended)

    def begin_conversation(self) -> None:
        """What follows is another conversation, and another trace."""
        self._trace = secrets.token_hex(16)

    async def close(self) -> None:
        """Send no more."""
        await self._queue.close()

    def _on_response_ended(self, end: ResponseEnd) -> None:
        if not self._wanted():
            return
        lines = self._transcript.lines[-LOOKED_BACK:]
        answers = [line for line in lines if line.speaker == "assistant" and line.number == end.response]
        answer = answers[-1] if answers else None
        before = lines[: lines.index(answer)] if answer else lines
        asked = next((line for line in reversed(before) if line.speaker == "user"), None)
        trace, model = self._trace, self._model()
        calls = [call for call in self._calls.calls if not call.by_hand and _id(call) not in self._told]
        # The words may still come, and tools may still run: spans are made when they are sent.
        self._queue.add(
            lambda: span(end, asked, answer, trace, model), lambda: self._spans_of_calls(calls, trace)
        )

    def _spans_of_calls(self, calls: list[Call], trace: str) -> list[Span]:
        """As far as they are over; the others are the next answer's."""
        over = [call for call in calls if call.state != "running" and _id(call) not in self._told]
        self._told |= dict.fromkeys(map(_id, over))
        while len(self._told) > MOST_TOLD:
            del self._told[next(iter(self._told))]
        return [span_of_call(call, trace) for call in over]


def span(end: ResponseEnd, asked: Line | None, answer: Line | None, trace: str, model: str) -> Span:
    """The span of one answer, without anything that looks like a secret."""
    began = asked.at if asked else answer.at if answer else end.at
    meta = {"model": model, "outcome": end.outcome}
    if end.usage:
        meta["usage"] = redact_all(end.usage)
    return {
        "name": "turn",
        "type": "realtime",
        "trace_id": trace,
        # A clock that was set back makes no span that ends before it begins.
        "start_time": _written(min(began, end.at)),
        "end_time": _written(end.at),
        "input": redact(asked.text[:LONGEST]) if asked else "",
        "output": redact(answer.heard_text[:LONGEST]) if answer else "",
        "meta": meta,
    }


def span_of_call(call: Call, trace: str) -> Span:
    """The span of a tool call, without anything that looks like a secret."""
    span: Span = {
        "name": visible_line(call.name),
        "type": "tool",
        "trace_id": trace,
        "start_time": _written(call.at),
        "end_time": _written(call.at + timedelta(milliseconds=max(0.0, call.duration_ms))),
        "input": _value(call, call.arguments),
        "output": _value(call, call.result),
        "meta": {"state": call.state},
    }
    if call.state != "done":
        span["error"] = call.state
    return span


def _id(call: Call) -> tuple[str, datetime]:
    # A service may use an id again in another session.
    return call.call_id, call.at


def _value(call: Call, value: Any) -> str:
    """As JSON; of what would hold up the window the beginning, in fewer signs."""
    text = as_json(redact_all(value)) if call.weight <= HEAVY else redact(preview(value, LONGEST))
    return text[:LONGEST]


def _written(at: datetime) -> str:
    return (at - (at.utcoffset() or timedelta())).replace(tzinfo=None).isoformat(
        timespec="milliseconds"
    ) + "Z"
