"""Puts what happens in a conversation into the models that the window shows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, assert_never

from PySide6.QtCore import QObject

from desktop.conversation.turn_timer import TurnTimer
from desktop.realtime.session_events import (
    PlaybackEnded,
    PlaybackStarted,
    SessionOpened,
    ToolEnded,
    ToolReported,
)
from desktop.tools.runner import ToolOutcome
from desktop.turn import effects
from desktop.viewmodels.timing_model import TimingModel
from desktop.viewmodels.tool_calls_model import CallState, ToolCallsModel
from desktop.viewmodels.transcript_model import TranscriptModel

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
        # The outcomes of tools, until the turn has decided about their results.
        self._ended: dict[str, ToolOutcome] = {}
        self._stages: dict[str, effects.ToolStage] = {}
        """Of calls whose results come later."""

    def begin_conversation(self) -> frozenset[int]:
        """Show nothing of what was said before, but for what is still to be sent: these takes."""
        self.tool_calls.clear()
        self.timing.clear()
        self.turn_timer.begin_conversation()
        self._ended.clear()
        self._stages.clear()
        return self.transcript.clear()

    def observe(self, notice: effects.Notice) -> None:
        """Show one notice of a session; those that change nothing in the models are ignored."""
        self.turn_timer.notice(notice)
        rule = _NOTICES.get(type(notice))
        if rule:
            rule(self, notice)

    def _on_opened(self, opened: SessionOpened) -> None:
        self._output_rate = opened.output_rate

    def _on_response_text(self, grown: effects.ResponseText) -> None:
        received_ms = grown.received_bytes * 500 / self._output_rate
        self.transcript.grow_response(grown.response, grown.delta, received_ms)

    def _on_tool_called(self, called: effects.ToolCalled) -> None:
        call = called.call
        self._ended.pop(call.tool_call_id, None)  # of another call with this id
        self._stages.pop(call.tool_call_id, None)
        try:
            arguments: Any = call.arguments()
        except ValueError:
            arguments = call.tool_arguments  # shown as it came; the result says what is wrong with it
        self.tool_calls.begin(call.tool_call_id, call.tool_name, arguments)
        self.transcript.add_tool(call.tool_call_id, call.tool_name)

    def _on_tool_ended(self, ended: ToolEnded) -> None:
        self._ended[ended.outcome.call_id] = ended.outcome

    def _on_tool_decided(self, decided: effects.ToolResultDecided) -> None:
        ended = self._ended.pop(decided.call_id, None)
        self._stages.pop(decided.call_id, None)
        state: CallState
        match decided.outcome:
            case "sent":
                state = ended.state if ended else "done"
            case "late" | "dropped" | "ended" | "cancelled" | "refused":
                state = decided.outcome
            case _:
                assert_never(decided.outcome)
        result, duration_ms, bench = (
            (ended.result, ended.duration_ms, ended.bench) if ended else (None, None, "")
        )
        pictures = ended.pictures if ended else ()
        self.tool_calls.end(decided.call_id, state, result, duration_ms, bench, pictures)
        self.transcript.end_tool(decided.call_id, state, duration_ms, bench)

    def _on_tool_progress(self, progress: effects.ToolProgress) -> None:
        self._stages[progress.call_id] = progress.stage
        call = self.tool_calls.find(progress.call_id)
        if call is None or call.state != "asking":  # that it waits for the user is the news
            self._progress(progress.call_id, progress.stage)

    def _on_tool_reported(self, reported: ToolReported) -> None:
        self.tool_calls.report(reported.call_id, reported.done, reported.total, reported.words)
        call = self.tool_calls.find(reported.call_id)
        self.transcript.report_tool(reported.call_id, call.progress if call else "")

    def show_waiting(self, call_id: str, waits: bool) -> None:
        """A call waits for the user's approval, or no longer."""
        self._progress(call_id, "asking" if waits else self._stages.get(call_id, "running"))

    def _progress(self, call_id: str, state: CallState) -> None:
        self.tool_calls.progress(call_id, state)
        self.transcript.progress_tool(call_id, state)

    def _on_note(self, note: effects.Note) -> None:
        if note.kind == "error":
            self.transcript.add_problem(note.message)


_NOTICES: dict[type[effects.Notice], Callable[[Presenter, Any], None]] = {
    effects.Note: Presenter._on_note,
    effects.StateChanged: lambda s, n: s.transcript.show_speaking(n.state is effects.DisplayState.SPEAKING),
    effects.TakeStarted: lambda s, n: s.transcript.begin_take(n.take),
    effects.TakeEnded: lambda s, n: s.transcript.end_take(n.take, n.outcome),
    effects.UserText: lambda s, n: s.transcript.fill_take(n.take, n.text),
    effects.Typed: lambda s, n: s.transcript.add_typed(n.text),
    effects.Pictured: lambda s, n: s.transcript.add_note(n.caption),
    effects.ResponseBegan: lambda s, n: s.transcript.begin_response(n.response),
    effects.ResponseText: Presenter._on_response_text,
    effects.ResponseEnded: lambda s, n: s.transcript.end_response(n.response, n.outcome, n.usage),
    effects.Heard: lambda s, n: s.transcript.mark_heard(n.response, n.ms, n.received_ms),
    PlaybackStarted: lambda s, n: s.transcript.begin_hearing(n.response),
    PlaybackEnded: lambda s, n: s.transcript.end_hearing(n.response),
    SessionOpened: Presenter._on_opened,
    effects.ToolCalled: Presenter._on_tool_called,
    ToolReported: Presenter._on_tool_reported,
    ToolEnded: Presenter._on_tool_ended,
    effects.ToolProgress: Presenter._on_tool_progress,
    effects.ToolResultDecided: Presenter._on_tool_decided,
}
"""What each notice writes in the transcript."""
