"""Plays a recording from a time on: it moves the playhead, and asks for the sound that belongs to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.realtime.recent_sounds import Sound
from desktop.recording.reading.recorded_timeline import RecordedTimeline
from desktop.recording.reading.replay_sound import replay_sound
from desktop.viewmodels.timeline.records import VOICES

PART_US = 60_000_000
"""How much of the recording is played in one piece."""
STEP_MS = 16
START_S = 2.0
"""How long a device may take to begin; without it the recording is played silently."""
EARLY_US = 500_000
"""Sound that ends so much before its time was stopped by somebody."""
WITHOUT_SOUND = Text("replay-without-sound", "The speaker can't be had now: this is played without sound.")


class Player(QObject):
    """One recording at a time. `close` it before the loop ends.

    Whoever connects `sound_ready` plays it on the speaker, and says by `on_sounding` that it began or ended.
    """

    moved = Signal(float)
    """Where it is, in µs."""
    playing_changed = Signal(bool)
    sound_ready = Signal(object)
    """A `Sound` that is to be heard from now on."""
    silence_asked = Signal()
    """What was asked to be heard is to end."""
    remarked = Signal(Message)

    def __init__(self, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self._speed = 1.0
        self._recorded: RecordedTimeline | None = None
        self._at_us = self._end_us = 0.0
        self._began: float | None = None
        """When this part began to be heard; None: it is still to begin."""
        self._sounding = False
        self._tasks = TaskSet()
        self._rendering: asyncio.Task[None] | None = None
        self._timer = QTimer(self, interval=STEP_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)
        self._starting = QTimer(self, singleShot=True, interval=round(START_S * 1_000))
        self._starting.timeout.connect(self._begin_silently)

    @property
    def playing(self) -> bool:
        """Whether it plays, or is about to."""
        return self._recorded is not None

    def play(self, recorded: RecordedTimeline, from_us: float) -> None:
        """Play this from there on."""
        self.pause()
        if from_us >= recorded.length_us:
            from_us = 0.0
        self._recorded = recorded
        self.playing_changed.emit(True)
        self._begin_part(from_us)

    def pause(self) -> None:
        """Stop where it is."""
        if self._recorded is None:
            return
        self._recorded = None
        self._timer.stop()
        self._starting.stop()
        if self._rendering:
            self._rendering.cancel()
        if self._sounding:
            self._sounding = False
            self.silence_asked.emit()
        self.playing_changed.emit(False)

    def set_speed(self, speed: float) -> None:
        """So many times as fast, from now on."""
        at, recorded = self._now_us(), self._recorded
        self._speed = speed
        if recorded is not None:
            self.play(recorded, at)

    def on_sounding(self, sounding: bool) -> None:
        """What `sound_ready` asked for is heard from now on, or no longer."""
        if self._recorded is None or not self._sounding:
            return
        if sounding and self._began is None:
            self._begin_moving()
        elif (
            not sounding
            and self._began is not None
            and self._now_us() < self._end_us - EARLY_US * self._speed
        ):
            self._sounding = False
            self.pause()

    async def close(self) -> None:
        """Stop, and wait for what is being read."""
        self.pause()
        await self._tasks.close(1.0)

    def _begin_part(self, from_us: float) -> None:
        recorded = self._recorded
        assert recorded is not None
        self._timer.stop()
        self._at_us, self._began, self._sounding = from_us, None, False
        self._end_us = min(float(recorded.length_us), from_us + PART_US)
        work = self._render(recorded, from_us, self._end_us, self._speed)
        self._rendering = self._tasks.spawn(work, name="replayed sound")

    async def _render(self, recorded: RecordedTimeline, begin: float, end: float, speed: float) -> None:
        clips = {voice: list(recorded.timeline.clips(voice)) for voice in VOICES}
        sound: Sound | None = await in_daemon(
            partial(replay_sound, recorded.recording, clips, begin, end, speed)
        )
        if self._recorded is not recorded or self._at_us != begin or self._began is not None:
            return
        if sound is None:
            self._begin_moving()
            return
        self._sounding = True
        self._starting.start()
        self.sound_ready.emit(sound)

    def _begin_silently(self) -> None:
        self._sounding = False
        self.remarked.emit(WITHOUT_SOUND())
        self._begin_moving()

    def _begin_moving(self) -> None:
        self._starting.stop()
        self._began = self._clock()
        self._timer.start()

    def _now_us(self) -> float:
        if self._began is None:
            return self._at_us
        return min(self._end_us, self._at_us + (self._clock() - self._began) * 1e6 * self._speed)

    def _on_tick(self) -> None:
        now, recorded = self._now_us(), self._recorded
        if recorded is None:
            return
        self.moved.emit(now)
        if now < self._end_us:
            return
        if self._end_us >= recorded.length_us:
            self.pause()
        else:
            self._begin_part(self._end_us)
