"""The models behind the window's panes and pickers."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.viewmodels.devices_model import DevicesModel
from desktop.viewmodels.events_model import EventsModel
from desktop.viewmodels.note_board import NoteBoard
from desktop.viewmodels.timing_model import TimingModel
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from desktop.viewmodels.transcript_model import TranscriptModel


@dataclass(frozen=True, slots=True)
class WindowModels:
    """The models that the window shows."""

    transcript: TranscriptModel
    tool_calls: ToolCallsModel
    events: EventsModel
    timing: TimingModel
    inputs: DevicesModel
    outputs: DevicesModel
    notes: NoteBoard
