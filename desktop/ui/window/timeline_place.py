"""The timeline's drawer below the conversation: made when it is opened first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.viewmodels.timeline.timeline import Timeline

if TYPE_CHECKING:  # made when it is opened first
    from desktop.ui.timeline.timeline_drawer import TimelineDrawer
    from desktop.ui.window.main_window import MainWindow


class TimelinePlace(QObject):
    """Opens and closes the drawer of the session that runs."""

    opened = Signal()
    """It is about to be seen: answer with `show_timeline`."""
    toggled = Signal(bool)
    due = Signal()
    """It is about to look at what has come."""
    play_toggled = Signal()
    sought = Signal(float)
    speed_chosen = Signal(float)
    mark_chosen = Signal(object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.drawer: TimelineDrawer | None = None

    @property
    def is_open(self) -> bool:
        """Whether the drawer is there."""
        return self.drawer is not None and not self.drawer.isHidden()

    def toggle(self) -> None:
        """Open or close it; while a recording is read that has its own."""
        if self._window.reading.page is not None:
            self.toggled.emit(self.is_open)
            return
        if self.is_open and self.drawer is not None:
            had_focus = self.drawer.isAncestorOf(self._window.focusWidget() or self.drawer)
            self.drawer.hide()
            if had_focus:
                self._window.talk_button.setFocus()
        else:
            drawer = self._made()
            self.opened.emit()
            drawer.show()
            drawer.view.setFocus()
        self.toggled.emit(self.is_open)

    def show_timeline(self, timeline: Timeline) -> None:
        """Show this one, if another is shown."""
        if self.drawer is not None and self.drawer.view.timeline is not timeline:
            self.drawer.show_timeline(timeline)

    def show_position(self, t_us: float | None) -> None:
        """Where is played."""
        if self.drawer is not None:
            self.drawer.show_position(t_us)

    def show_playing(self, playing: bool) -> None:
        """Whether it is played."""
        if self.drawer is not None:
            self.drawer.show_playing(playing)

    def say(self, words: str) -> None:
        """Show a sentence beside its buttons."""
        if self.drawer is not None:
            self.drawer.say(words)

    def _made(self) -> TimelineDrawer:
        from desktop.ui.timeline.timeline_drawer import TimelineDrawer

        if self.drawer is None:
            self.drawer = drawer = TimelineDrawer(live=True)
            drawer.hide()
            drawer.due.connect(self.due)
            drawer.play_toggled.connect(self.play_toggled)
            drawer.sought.connect(self.sought)
            drawer.speed_chosen.connect(self.speed_chosen)
            drawer.mark_chosen.connect(self.mark_chosen)
            drawer.close_asked.connect(self.toggle)
            self._window.put_drawer(drawer)
        return self.drawer
