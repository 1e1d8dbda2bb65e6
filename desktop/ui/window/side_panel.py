"""The panes beside the conversation: tools, events and times, one at a time."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget, QWidget

from desktop.ui.events.events_pane import EventsPane
from desktop.ui.timing.timing_pane import TimingPane
from desktop.ui.tools.tool_inspector import ToolInspector
from desktop.viewmodels.events import EventsModel
from desktop.viewmodels.timing import TimingModel
from desktop.viewmodels.tool_calls import ToolCallsModel


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
