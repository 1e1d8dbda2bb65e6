"""The timeline over the window's full width, with its buttons: play, step, zoom."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.common import accessible
from desktop.ui.common.icon_button import IconButton
from desktop.ui.common.picker import Picker
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GRID
from desktop.ui.timeline.timeline_view import ZOOM, TimelineView
from desktop.viewmodels import numbers, shortcuts
from desktop.viewmodels.timeline.mark_words import clock_words, mark_line
from desktop.viewmodels.timeline.timeline import Timeline

SPEEDS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
FOLLOW_MS = 66
"""Between two looks at a timeline that grows, while it can be seen."""
LOW = 600
"""Below this height of the window it is low."""


class TimelineDrawer(QFrame):
    """A `TimelineView` and its buttons. It plays nothing: its owner does, and tells it where that is."""

    play_toggled = Signal()
    sought = Signal(float)
    mark_chosen = Signal(object)
    speed_chosen = Signal(float)
    due = Signal()
    """It is about to look at what has come."""
    close_asked = Signal()

    def __init__(self, parent: QWidget | None = None, *, live: bool) -> None:
        """`live`: it belongs to the session that runs, and can be closed."""
        super().__init__(parent)
        self.setProperty("role", "card")
        self.view = TimelineView()
        self.play = IconButton("play", self.tr("Play from here"), keys=shortcuts.TALK)
        self._earlier = IconButton("back", self.tr("One step back"), keys=shortcuts.STEP_BACK)
        self._later = IconButton("forward", self.tr("One step on"), keys=shortcuts.STEP_ON)
        self._by, self._speeds = Picker(), Picker()
        self._clock, self._words = PlainLabel(), PlainLabel()
        self._zooms = (
            (
                IconButton("farther", self.tr("Farther"), keys=shortcuts.FARTHER),
                lambda: self.view.zoom(1 / ZOOM),
            ),
            (IconButton("closer", self.tr("Closer"), keys=shortcuts.CLOSER), lambda: self.view.zoom(ZOOM)),
            (IconButton("whole", self.tr("All of it"), keys=shortcuts.WHOLE), self.view.show_all),
        )
        self._close = IconButton("close", self.tr("Close the timeline"), keys=shortcuts.TIMELINE)
        self._close.setVisible(live)
        self._following = QTimer(self, interval=FOLLOW_MS)
        self._live = live
        self._seen: object = None
        self._fill()
        self._lay_out()
        self._connect_signals()
        self.show_position(None)

    def show_timeline(self, timeline: Timeline, length_us: float = 0.0) -> None:
        """Show this one."""
        self.view.show_timeline(timeline, length_us)
        self.show_position(None if self._live else 0.0)

    def show_position(self, t_us: float | None) -> None:
        """Show where is played or read, in µs."""
        self.view.show_playhead(t_us, follow=t_us is not None)
        at = "" if t_us is None else f"{clock_words(t_us, exact=True)} / "
        self._clock.setText(f"{at}{clock_words(self.view.length_us)}")

    def show_playing(self, playing: bool) -> None:
        """Whether it is played now."""
        self.play.show_as(
            "pause" if playing else "play", self.tr("Pause") if playing else self.tr("Play from here")
        )

    @property
    def words(self) -> str:
        """The sentence beside the buttons."""
        return self._words.text()

    def say(self, words: str) -> None:
        """Show a sentence beside the buttons; empty: none."""
        if words != self._words.text():
            self._words.setText(words)
            self._words.setAccessibleName(words)
            accessible.announce(self._words, words)

    def _fill(self) -> None:
        for words, by in (
            (self.tr("by mark"), "mark"),
            (self.tr("by turn"), "turn"),
            (self.tr("by frame"), "frame"),
        ):
            self._by.addItem(words, by)
        accessible.name_control(self._by, self.tr("Step"))
        for speed in SPEEDS:
            self._speeds.addItem(f"{numbers.short(speed)}\u00d7", speed)
        self._speeds.setCurrentIndex(SPEEDS.index(1.0))
        accessible.name_control(self._speeds, self.tr("Speed"))
        self._words.setProperty("role", "muted")
        self._words.setWordWrap(True)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        for part in (self.play, self._clock, self._speeds, self._earlier, self._later, self._by):
            row.addWidget(part)
        row.addWidget(self._words, 1)
        for button, _ in self._zooms:
            row.addWidget(button)
        row.addWidget(self._close)
        page = QVBoxLayout(self)
        page.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        page.setSpacing(GRID // 2)
        page.addLayout(row)
        page.addWidget(self.view)

    def _connect_signals(self) -> None:
        # view
        self.view.play_toggled.connect(self.play_toggled)
        self.view.sought.connect(self._on_sought)
        self.view.mark_chosen.connect(self._on_mark_chosen)
        # buttons
        self.play.clicked.connect(self.play_toggled)
        self._earlier.clicked.connect(lambda: self.view.step(self._by.currentData(), False))
        self._later.clicked.connect(lambda: self.view.step(self._by.currentData(), True))
        for button, do in self._zooms:
            button.clicked.connect(do)
        self._speeds.activated.connect(lambda: self.speed_chosen.emit(self._speeds.currentData()))
        self._close.clicked.connect(self.close_asked)
        self._following.timeout.connect(self._on_due)

    def _on_sought(self, t_us: float) -> None:
        self.show_position(t_us)
        self.say("")
        self.sought.emit(t_us)

    def _on_mark_chosen(self, mark: object) -> None:
        self.say(mark_line(mark))  # type: ignore[arg-type]
        self.mark_chosen.emit(mark)

    def _on_due(self) -> None:
        if self.isVisible() and not self.window().isMinimized():
            self.due.emit()
            if self._seen != self.view.seen():
                self.view.follow()
                self._seen = self.view.seen()
            if self.view.playhead_us is None:
                self.show_position(None)
        else:
            self._following.stop()

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._live:
            self.close_asked.emit()
        else:
            event.ignore()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._live:
            self.due.emit()
            self.view.follow()
            self._following.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.view.show_low(self.window().height() < LOW)
