"""The models behind the window's panes and pickers."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.viewmodels.devices import DevicesModel
from desktop.viewmodels.events import EventsModel
from desktop.viewmodels.timing import TimingModel
from desktop.viewmodels.tool_calls import ToolCallsModel
from desktop.viewmodels.transcript import TranscriptModel


@dataclass(frozen=True, slots=True)
class WindowModels:
    """The models that the window shows."""

    transcript: TranscriptModel
    tool_calls: ToolCallsModel
    events: EventsModel
    timing: TimingModel
    inputs: DevicesModel
    outputs: DevicesModel
