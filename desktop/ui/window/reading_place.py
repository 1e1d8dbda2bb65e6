"""Puts a recording in the place of the live conversation, and takes it away again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from desktop.base.message import Message
from desktop.viewmodels.events_model import EventsModel
from desktop.viewmodels.timeline.timeline import Timeline
from desktop.viewmodels.timing_model import TimingModel
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from desktop.viewmodels.transcript_model import TranscriptModel

if TYPE_CHECKING:  # made when the first recording is opened
    from desktop.ui.reading.reading_page import ReadingPage
    from desktop.ui.window.main_window import MainWindow


class ReadingPlace(QObject):
    """The live widgets are only hidden: what happens goes on in them, and they come back as they are then."""

    left = Signal()
    play_toggled = Signal()
    sought = Signal(float)
    speed_chosen = Signal(float)
    refused = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.page: ReadingPage | None = None
        self._hidden: list[QWidget] = []
        self._focus: QWidget | None = None

    def show(
        self,
        title: str,
        transcript: TranscriptModel,
        calls: ToolCallsModel,
        events: EventsModel,
        times: TimingModel,
        timeline: Timeline,
        length_us: float,
    ) -> None:
        """Show these in the place of the conversation, or of another recording."""
        from desktop.ui.reading.reading_page import ReadingPage

        if self.page is None:
            self._focus = QApplication.focusWidget()
            self._hide_live()
        else:
            self._take_away(self.page)
        self.page = page = ReadingPage(title, transcript, calls, events, times)
        page.left.connect(self.left)
        page.play_toggled.connect(self.play_toggled)
        page.sought.connect(self.sought)
        page.speed_chosen.connect(self.speed_chosen)
        page.refused.connect(self.refused)
        self._window.put_in_place(page)
        page.show()
        page.show_timeline(timeline, length_us)

    def hide(self) -> None:
        """Show the conversation again."""
        if self.page is None:
            return
        self._take_away(self.page)
        self.page = None
        for widget in self._hidden:
            widget.show()
        self._hidden.clear()
        focus = self._focus if self._focus is not None and self._focus.isVisible() else None
        (focus or self._window.talk_button).setFocus()
        self._focus = None

    def show_position(self, t_us: float) -> None:
        """Where the playhead is."""
        if self.page is not None:
            self.page.drawer.show_position(t_us)

    def show_playing(self, playing: bool) -> None:
        """Whether it is played."""
        if self.page is not None:
            self.page.drawer.show_playing(playing)

    def show_outlines(self) -> None:
        """More of the sound can be seen."""
        if self.page is not None:
            self.page.drawer.view.viewport().update()

    def say(self, message: Message) -> None:
        """Show a sentence about the recording, or why something isn't done."""
        if self.page is not None:
            self.page.say(message)

    def _hide_live(self) -> None:
        self._hidden = [widget for widget in self._window.live_parts() if not widget.isHidden()]
        for widget in self._hidden:
            widget.hide()

    def _take_away(self, page: QWidget) -> None:
        page.hide()
        page.setParent(None)
        page.deleteLater()
