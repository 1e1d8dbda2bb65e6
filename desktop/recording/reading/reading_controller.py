"""Reads a recording in the window: the panes' models at the playhead, and the sound that belongs to it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.recording.folder.reader import Recording
from desktop.recording.reading.player import Player
from desktop.recording.reading.reading import Reading
from desktop.recording.reading.recorded_timeline import add_outlines
from desktop.viewmodels import shortcuts
from desktop.viewmodels.dates import moment
from desktop.viewmodels.events_model import EventsModel
from desktop.viewmodels.replayed_models import ReplayedCalls, ReplayedTimes, ReplayedTranscript
from desktop.viewmodels.timeline.timeline import Timeline

MOST_EVENTS = 2_000
"""Frames that are shown, up to the playhead: 20 ms of work where all of them are others."""
SHOW_MS = 40
"""Between two times at which the panes are shown, while the playhead moves."""
LOOK_MS = 100
"""Between two looks at outlines that are still being made."""
CLOSE_S = 2.0

MICROPHONE_CLOSED = Text(
    "reading-microphone-closed",
    "You are reading a recording: the microphone stays closed. {key} leads back to the conversation.",
)
ONLY_IN_SESSION = Text(
    "reading-only-in-session",
    "This is a recording: that is possible in the conversation only. {key} leads back to it.",
)
NO_RECORDING = Text("reading-not-possible", "This recording can't be read ({reason}).")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the window shows of a recording: models that follow the playhead, and its timeline."""

    title: str
    transcript: ReplayedTranscript
    calls: ReplayedCalls
    events: EventsModel
    times: ReplayedTimes
    timeline: Timeline
    length_us: float


class ReadingController(QObject):
    """One recording at a time. `close` it before the loop ends; whatever session runs isn't touched."""

    opened = Signal(object)
    """A `Shown`. What was shown before is over."""
    closed = Signal()
    moved = Signal(float)
    """Where the playhead is now, in µs."""
    outlined = Signal()
    """More of the sound can be seen."""
    playing_changed = Signal(bool)
    remarked = Signal(Message)
    failed = Signal(Message)
    """A recording can't be opened."""

    def __init__(self, parent: QObject | None = None, player: Player | None = None) -> None:
        super().__init__(parent)
        self._reading: Reading | None = None
        self._shown: Shown | None = None
        self._at_us = 0.0
        self._count = 0
        """How many frames had passed at the time that is shown."""
        self._tasks = TaskSet()
        self._opening: asyncio.Task[None] | None = None
        self._due = QTimer(self, singleShot=True, interval=SHOW_MS)
        self._due.timeout.connect(self._show)
        self.player = player or Player(self)
        self.player.moved.connect(self._on_played)
        self.player.playing_changed.connect(self.playing_changed)
        self.player.remarked.connect(self.remarked)

    @property
    def active(self) -> bool:
        """Whether a recording is shown."""
        return self._shown is not None

    def open_for_reading(self, recording: Recording) -> None:
        """Show this recording in the window, as soon as it is read: answered by `opened`."""
        if self._opening:
            self._opening.cancel()
        self._opening = self._tasks.spawn(self._open(recording), name="opening of a recording")

    def leave(self) -> None:
        """Show it no longer."""
        self._end()
        self.closed.emit()

    def refuse_to_talk(self) -> None:
        """The user wants to talk: say why nobody listens."""
        self.player.pause()
        self.remarked.emit(MICROPHONE_CLOSED(key=shortcuts.CANCEL))

    def refuse(self) -> None:
        """The user wants something else that only a session can do."""
        self.remarked.emit(ONLY_IN_SESSION(key=shortcuts.CANCEL))

    def seek(self, t_us: float) -> None:
        """Show it as it was then; what plays goes on from there."""
        if self._reading is None:
            return
        self._at_us = t_us
        if self.player.playing:
            self.player.play(self._reading.recorded, t_us)
        if not self._due.isActive():
            self._due.start()

    def toggle(self) -> None:
        """Play from the playhead, or pause."""
        if self.player.playing:
            self.player.pause()
        elif self._reading is not None:
            self.player.play(self._reading.recorded, self._at_us)

    def show_now(self) -> None:
        """Show the panes as they were at the playhead, at once."""
        self._due.stop()
        self._show()

    async def close(self) -> None:
        """End what is being read and played."""
        self._end()
        await self.player.close()
        await self._tasks.close(CLOSE_S)

    def _end(self) -> None:
        self.player.pause()
        if self._opening:
            self._opening.cancel()
        self._due.stop()
        self._reading = self._shown = None

    async def _open(self, recording: Recording) -> None:
        try:
            reading = await in_daemon(partial(Reading, recording))
        except OSError as exc:
            self.failed.emit(NO_RECORDING(reason=exc.strerror or str(exc)))
            return
        self.player.pause()
        began = recording.session.began
        self._reading, self._at_us, self._count = reading, 0.0, 0
        self._shown = Shown(
            title=moment(began),
            transcript=ReplayedTranscript(),
            calls=ReplayedCalls(),
            events=EventsModel(began.astimezone()),
            times=ReplayedTimes(),
            timeline=reading.recorded.timeline,
            length_us=float(reading.recorded.length_us),
        )
        self.opened.emit(self._shown)
        self._show()
        self._remark(reading)
        await self._look_at_sound(reading)

    async def _look_at_sound(self, reading: Reading) -> None:
        def wanted() -> bool:
            return self._reading is reading

        outlines = asyncio.ensure_future(in_daemon(partial(add_outlines, reading.recorded, wanted)))
        while not outlines.done():
            await asyncio.wait({outlines}, timeout=LOOK_MS / 1_000)
            self.outlined.emit()
        outlines.result()
        await in_daemon(reading.recording.missing)  # counts what of the sound isn't there
        if wanted():
            self._remark(reading)

    def _remark(self, reading: Reading) -> None:
        if missing := reading.missing:
            self.remarked.emit(missing)

    def _on_played(self, t_us: float) -> None:
        self._at_us = t_us
        self.moved.emit(t_us)
        if not self._due.isActive():
            self._due.start()

    def _show(self) -> None:
        reading, shown, t_us = self._reading, self._shown, self._at_us
        if reading is None or shown is None:
            return
        shown.transcript.show_lines(reading.lines_at(t_us))
        shown.calls.show_calls(reading.calls_at(t_us))
        shown.times.show_turns(reading.turns_at(t_us))
        count = reading.events.count_at(t_us)
        if not self._count <= count <= self._count + MOST_EVENTS:
            shown.events.clear()
            self._count = max(0, count - MOST_EVENTS)
        for event in reading.events.between(self._count, count):
            shown.events.add(event)
        shown.events.flush()
        self._count = count
