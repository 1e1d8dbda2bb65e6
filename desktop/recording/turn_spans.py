"""A conversation as spans: one trace each, with a span for each answer. Off unless the user wants it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QObject

from desktop.base.redaction import redact, redact_all
from desktop.recording.span_queue import Span, SpanQueue
from desktop.viewmodels.response_end import ResponseEnd
from desktop.viewmodels.transcript_line import Line
from desktop.viewmodels.transcript_model import TranscriptModel

LONGEST = 20_000
"""Characters of what was said in a span."""
LOOKED_BACK = 200
"""Lines in which a turn's words are looked for."""


class TurnSpans(QObject):
    """Makes a span when an answer is over and hands it to the queue, which takes no time.

    `wanted`: whether the user wants spans. `close` it before the loop ends.
    """

    def __init__(
        self,
        transcript: TranscriptModel,
        queue: SpanQueue,
        wanted: Callable[[], bool],
        model: Callable[[], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._transcript, self._queue = transcript, queue
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
        # The words may still come: the span is made when it is sent.
        self._queue.add(lambda: span(end, asked, answer, trace, model))


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


def _written(at: datetime) -> str:
    return (at - (at.utcoffset() or timedelta())).replace(tzinfo=None).isoformat(
        timespec="milliseconds"
    ) + "Z"
