"""A recording in the window: its conversation, its panes and its timeline, in the place of the live ones."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.base.message import Message
from desktop.ui.common import accessible
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GRID
from desktop.ui.reading.reading_strip import ReadingStrip
from desktop.ui.talk.talk_keys import TAKES_ESCAPE
from desktop.ui.timeline.timeline_drawer import TimelineDrawer
from desktop.ui.transcript.transcript_pane import TranscriptPane
from desktop.ui.window.side_panel import SidePanel
from desktop.ui.window.workspace import Workspace
from desktop.viewmodels.events_model import EventsModel
from desktop.viewmodels.timeline.timeline import Timeline
from desktop.viewmodels.timing_model import TimingModel
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from desktop.viewmodels.transcript_model import TranscriptModel
from desktop.viewmodels.wording import worded


class ReadingPage(QWidget):
    """Shows models that somebody moves with the playhead. Escape leaves it."""

    left = Signal()
    play_toggled = Signal()
    sought = Signal(float)
    speed_chosen = Signal(float)
    refused = Signal()
    """Something was asked for that only a session can do."""

    def __init__(
        self,
        title: str,
        transcript: TranscriptModel,
        calls: ToolCallsModel,
        events: EventsModel,
        times: TimingModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty(TAKES_ESCAPE, True)
        self.strip = ReadingStrip(title)
        self.transcript = TranscriptPane(transcript)
        self.transcript.view.empty_words = self.tr("What was said up to the playhead appears here.")
        self.side = SidePanel(calls, events, times)
        self.side.show_placing(False)
        for model in (transcript, calls, events, times):
            model.setParent(self)
        self.words = PlainLabel()
        self.words.setProperty("role", "muted")
        self.words.setWordWrap(True)
        self.words.hide()
        self.drawer = TimelineDrawer(live=False)
        self.workspace = Workspace(self.transcript, self.words, self.side)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(GRID)
        page.addWidget(self.strip)
        page.addWidget(self.workspace, 1)
        page.addWidget(self.drawer)
        self._connect_signals()

    def show_timeline(self, timeline: Timeline, length_us: float) -> None:
        """Show this one below, and let its keys work."""
        self.drawer.show_timeline(timeline, length_us)
        self.drawer.view.setFocus()

    def say(self, message: Message) -> None:
        """Show what is missing, or why something isn't done."""
        words = worded(message)
        self.words.setText(words)
        self.words.setAccessibleName(words)
        self.words.show()
        accessible.announce(self.words, words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            event.ignore()

    def _connect_signals(self) -> None:
        # strip
        self.strip.leave_clicked.connect(self.left)
        # timeline
        self.drawer.play_toggled.connect(self.play_toggled)
        self.drawer.sought.connect(self.sought)
        self.drawer.speed_chosen.connect(self.speed_chosen)
        # what a recording can't do
        self.side.tool_run_requested.connect(lambda *_: self.refused.emit())
        self.side.tool_result_requested.connect(lambda *_: self.refused.emit())
        self.side.export_times_clicked.connect(self.refused)
        self.side.frames_path_chosen.connect(lambda *_: self.refused.emit())
        self.transcript.edit_requested.connect(lambda *_: self.refused.emit())
