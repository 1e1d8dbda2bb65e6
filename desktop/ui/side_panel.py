"""The panes beside the conversation: tools, events and times, one at a time."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget, QWidget

from desktop.models.events import EventsModel
from desktop.models.timing import TimingModel
from desktop.models.tool_calls import ToolCallsModel
from desktop.ui.events_pane import EventsPane
from desktop.ui.timing_pane import TimingPane
from desktop.ui.tool_inspector import ToolInspector


class SidePanel(QTabWidget):
    """Each pane is its own; this only holds them."""

    def __init__(
        self,
        tool_calls: ToolCallsModel,
        events: EventsModel,
        timing: TimingModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.tools = ToolInspector(tool_calls)
        self.events = EventsPane(events)
        self.timing = TimingPane(timing)
        self.setDocumentMode(True)
        self.setAccessibleName(self.tr("Panes"))
        self.tabBar().setDrawBase(False)
        self.tabBar().setAccessibleName(self.tr("Panes"))
        for pane, title in (
            (self.tools, self.tr("Tools")),
            (self.events, self.tr("Events")),
            (self.timing, self.tr("Timing")),
        ):
            self.addTab(pane, title)
