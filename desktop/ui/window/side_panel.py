"""The panes beside the conversation: tools, events and times, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QTabWidget, QToolButton, QWidget

from desktop.base.message import Message
from desktop.ui.common.icon_button import SIDE, IconButton
from desktop.ui.events.events_pane import EventsPane
from desktop.ui.timing.timing_pane import TimingPane
from desktop.ui.tools.tool_inspector import ToolInspector
from desktop.viewmodels.chosen_options import ChosenOptions
from desktop.viewmodels.events_model import EventsModel
from desktop.viewmodels.timing_model import TimingModel
from desktop.viewmodels.tool_calls_model import ToolCallsModel


class SidePanel(QTabWidget):
    """Holds the panes, and passes on their signals."""

    tool_run_requested = Signal(str, str)
    """A tool's name and its arguments as they were typed."""
    tool_result_requested = Signal(str)
    """The id of a call that was run by hand, whose result is to be sent to the model."""
    export_times_clicked = Signal()
    frames_path_chosen = Signal(str)

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
        # Never arrows in the place of a tab: a name is shortened instead.
        self.tabBar().setUsesScrollButtons(False)
        self.tabBar().setElideMode(Qt.TextElideMode.ElideRight)
        self._place = _PlaceButton("detach", self.tr("Place of the panes"))
        self.setCornerWidget(self._place)
        self.tabBar().setAccessibleName(self.tr("Panes"))
        for pane, title in (
            (self.tools, self.tr("Tools")),
            (self.events, self.tr("Events")),
            (self.timing, self.tr("Timing")),
        ):
            self.addTab(pane, title)
        self.tools.run_again_requested.connect(self.tool_run_requested)
        self.tools.send_requested.connect(self.tool_result_requested)
        self.events.path_chosen.connect(self.frames_path_chosen)
        self.timing.export_requested.connect(self.export_times_clicked)

    def offer(self, actions: Iterable[QAction]) -> None:
        """Offer these actions for the panes as a whole, in the menu of a button beside the tabs."""
        menu = QMenu(self._place)
        menu.addActions(list(actions))
        self._place.setMenu(menu)
        self._place.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def show_placing(self, shown: bool) -> None:
        """Whether the button beside the tabs is there, if it offers something: without tabs it would stand
        alone.
        """
        self._place.setVisible(shown and self._place.menu() is not None)

    def show_tool_definitions(self, definitions: Sequence[Mapping[str, Any]]) -> None:
        """Show the tools as they were described to the model."""
        self.tools.show_definitions(definitions)

    def show_choice(self, choice: ChosenOptions) -> None:
        """Show what this model can do."""
        self.tools.show_choice(choice)

    def show_tool_problem(self, problem: Message) -> None:
        """Show why a tool can't be run with the arguments that were typed."""
        self.tools.show_problem(problem)

    def close_tool_editor(self) -> None:
        """The tool runs with the arguments that were typed."""
        self.tools.close_editor()

    def show_frames_file(self, path: str) -> None:
        """Name the file that holds all frames; empty if there is none."""
        self.events.show_file(path)

    def show_frames_saved(self, file: str, problem: str) -> None:
        """Show that the frames were written as `file`, or why they can't be."""
        self.events.show_saved(file, problem)

    def measure_panes(self) -> None:
        """Take the style into account in the panes that are not shown, once they have got it.

        Qt measures them anew when they are shown: the line beside them would jump then.
        """
        for widget in reversed(self.findChildren(QWidget)):  # from the inside out
            widget.ensurePolished()
            widget.updateGeometry()
            if (layout := widget.layout()) is not None:
                layout.invalidate()
                layout.activate()

    def show_counters(self, read: Callable[[], Mapping[str, float]]) -> None:
        """Show the streams' counters; they are read only while the pane is visible."""
        if self.timing.isVisible():
            self.timing.show_counted(read())


class _PlaceButton(IconButton):
    """As high as a tab: in a low window two pixels more are missed elsewhere."""

    def __init__(self, icon: str, words: str) -> None:
        super().__init__(icon, words)
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE - 2)
