"""A conversation's records as the window shows them: lines, and calls of tools."""

from __future__ import annotations

from typing import cast

from desktop.base.message import from_builtins
from desktop.recording.journal import LineRecord, StoredConversation
from desktop.viewmodels.tool_calls_model import OPEN, Call, CallState
from desktop.viewmodels.transcript_line import CUT_SHORT, ChatRole, Line, ToolCard
from desktop.viewmodels.wording import worded

_SPEAKERS: dict[str, ChatRole] = {"user": "user", "assistant": "assistant", "tool": "tool"}


def to_lines(stored: StoredConversation, *, over: bool = True) -> list[Line]:
    """The lines of a conversation as the transcript shows them; `over` unless it goes on."""
    return [_to_line(record, over) for record in stored.lines]


def calls_of_stored(stored: StoredConversation) -> tuple[Call, ...]:
    """The calls of tools in a conversation, in the order of their beginning."""
    return tuple(
        Call(
            call.call_id,
            call.name,
            call.arguments,
            cast("CallState", call.state),
            call.result,
            call.duration_ms,
            call.by_hand,
            call.at,
            call.bench,
        )
        for call in stored.calls
    )


def _to_line(record: LineRecord, over: bool) -> Line:
    cut = CUT_SHORT if record.growing and over else ""
    line = Line(_SPEAKERS.get(record.speaker, "system"), at=record.at, note=cut or record.note)
    line.message = from_builtins(record.message)
    line.spoken.add(worded(line.message) if line.message else record.text, 0)
    line.heard, line.sounded_at, line.ended_at = record.heard, record.sounded_at, record.ended_at
    if line.speaker == "tool":
        state = CUT_SHORT if record.state in OPEN and over else record.state
        line.tool = ToolCard(record.call_id, state, record.duration_ms or 0.0, record.bench)
    return line
