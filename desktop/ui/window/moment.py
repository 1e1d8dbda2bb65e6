"""From a time to what the conversation and its panes have of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QAbstractItemView

from desktop.ui.transcript.transcript_pane import TranscriptPane
from desktop.ui.window.side_panel import SidePanel
from desktop.viewmodels.events_model import EventRole, EventsModel
from desktop.viewmodels.tool_calls_model import CallRole
from desktop.viewmodels.transcript_model import TranscriptRole


def show_moment(
    transcript: TranscriptPane, side: SidePanel, events: EventsModel, at: datetime, *, tool: bool
) -> None:
    """Go to the last line, call and frame that had begun then; `tool`: the call is what is looked for."""
    _go_to(transcript.view, at, lambda index: index.data(TranscriptRole.AT))
    _go_to(side.tools.calls, at, lambda index: index.data(CallRole.CALL).at)
    events.flush()  # the newest frames may not be shown yet
    ms = (at - events.began).total_seconds() * 1_000
    _go_to(side.events.table, ms, lambda index: index.data(EventRole.ROW).first.at_ms)
    if tool:
        side.setCurrentWidget(side.tools)


def _go_to(view: QAbstractItemView, at: Any, of: Callable[[Any], Any]) -> None:
    model = view.model()
    row = bisect_right(range(model.rowCount()), at, key=lambda row: of(model.index(row, 0))) - 1
    if row >= 0:
        view.setCurrentIndex(model.index(row, 0))
        view.scrollTo(model.index(row, 0))
