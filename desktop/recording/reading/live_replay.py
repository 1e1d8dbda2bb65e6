"""Plays the conversation that goes on from a time of its timeline on, as far as its sound is recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.recording.folder.reader import Recording, open_recording
from desktop.recording.live_timeline import LiveTimeline
from desktop.recording.reading.player import Player
from desktop.recording.reading.recorded_timeline import read_timeline

NOT_RECORDED = Text(
    "timeline-not-recorded",
    'The sound of this conversation isn\'t recorded. "Record sound" in the menu does that from then on.',
)
CLOSE_S = 2.0


class LiveReplay(QObject):
    """Times are those of the live timeline, in µs. `close` it before the loop ends."""

    moved = Signal(float)
    remarked = Signal(Message)

    def __init__(
        self,
        live: LiveTimeline,
        folder: Callable[[], Path | None],
        parent: QObject | None = None,
        player: Player | None = None,
    ) -> None:
        """`folder` gives the recording of the conversation, once there is one."""
        super().__init__(parent)
        self._live, self._folder = live, folder
        self._later_us = 0.0
        """By how much the recording's zero is later than the timeline's."""
        self._tasks = TaskSet()
        self.player = player or Player(self)
        self.player.moved.connect(lambda t_us: self.moved.emit(t_us + self._later_us))
        self.player.remarked.connect(self.remarked)

    def toggle(self, at_us: float) -> None:
        """Play from there, or pause."""
        if self.player.playing:
            self.player.pause()
            return
        recording = self._recording()
        if recording is None or not recording.has_sound:
            self.remarked.emit(NOT_RECORDED())
        else:
            self._tasks.spawn(self._play(recording, at_us), name="replay")

    async def close(self) -> None:
        """Stop, and wait for what is being read."""
        await self.player.close()
        await self._tasks.close(CLOSE_S)

    def _recording(self) -> Recording | None:
        folder = self._folder()
        try:
            return open_recording(folder) if folder else None
        except OSError:
            return None

    async def _play(self, recording: Recording, at_us: float) -> None:
        recorded = await in_daemon(lambda: read_timeline(recording))
        self._later_us = float(recording.session.monotonic_us - (self._live.zero_us or 0))
        self.player.play(recorded, max(0.0, at_us - self._later_us))
