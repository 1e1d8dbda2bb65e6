"""Writes down what happens in a conversation, into the models that the window shows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from desktop.conversation.turn_timer import TurnTimer
from desktop.realtime.session_events import (
    PlaybackEnded,
    PlaybackStarted,
    SessionOpened,
    ToolEnded,
    ToolStarted,
)
from desktop.turn import effects
from desktop.viewmodels.timing import TimingModel
from desktop.viewmodels.tool_calls import ToolCallsModel
from desktop.viewmodels.transcript import TranscriptModel

DEFAULT_RATE = 24_000


class Presenter(QObject):
    """Keeps the transcript, the list of tool calls and the times of the turns, across all sessions."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.transcript = TranscriptModel(self)
        self.tool_calls = ToolCallsModel(self)
        self.timing = TimingModel(self)
        self.turn_timer = TurnTimer(clock, self.timing.show)
        self._output_rate = DEFAULT_RATE

    def observe(self, notice: effects.Notice) -> None:
        """Write down one notice of a session; those that change no line are passed over."""
        self.turn_timer.notice(notice)
        rule = _NOTICES.get(type(notice))
        if rule:
            rule(self, notice)

    def _on_opened(self, opened: SessionOpened) -> None:
        self._output_rate = opened.output_rate

    def _on_response_text(self, grown: effects.ResponseText) -> None:
        received_ms = grown.received_bytes * 500 / self._output_rate
        self.transcript.grow_response(grown.response, grown.delta, received_ms)

    def _on_tool_started(self, started: ToolStarted) -> None:
        call = started.call
        try:
            arguments: Any = call.arguments()
        except ValueError:
            arguments = call.tool_arguments  # shown as it came; the result says what is wrong with it
        self.tool_calls.begin(call.tool_call_id, call.tool_name, arguments)
        self.transcript.add_tool(call.tool_call_id, call.tool_name)

    def _on_tool_ended(self, ended: ToolEnded) -> None:
        out = ended.outcome
        self.tool_calls.end(out.call_id, out.state, out.result, out.duration_ms)
        self.transcript.end_tool(out.call_id, out.state, out.duration_ms)

    def _on_note(self, note: effects.Note) -> None:
        if note.kind == "error":
            self.transcript.add_note(note.message)


_NOTICES: dict[type[effects.Notice], Callable[[Presenter, Any], None]] = {
    effects.Note: Presenter._on_note,
    effects.TakeStarted: lambda s, n: s.transcript.begin_take(n.take),
    effects.TakeEnded: lambda s, n: s.transcript.end_take(n.take, n.outcome),
    effects.UserText: lambda s, n: s.transcript.fill_take(n.take, n.text),
    effects.Typed: lambda s, n: s.transcript.add_typed(n.text),
    effects.Pictured: lambda s, n: s.transcript.add_note(n.caption),
    effects.ResponseBegan: lambda s, n: s.transcript.begin_response(n.response),
    effects.ResponseText: Presenter._on_response_text,
    effects.ResponseEnded: lambda s, n: s.transcript.end_response(n.response, n.outcome),
    effects.Heard: lambda s, n: s.transcript.mark_heard(n.response, n.ms, n.received_ms),
    PlaybackStarted: lambda s, n: s.transcript.begin_hearing(n.response),
    PlaybackEnded: lambda s, n: s.transcript.end_hearing(n.response),
    SessionOpened: Presenter._on_opened,
    ToolStarted: Presenter._on_tool_started,
    ToolEnded: Presenter._on_tool_ended,
}
"""Which line each notice writes."""
