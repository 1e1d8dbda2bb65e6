"""Passes every frame of the socket to those that time, show and keep it."""

from __future__ import annotations

import time

from desktop.conversation.turn_timer import TurnTimer
from desktop.realtime.connection import Frame
from desktop.recording.frame_log import FrameLog, record
from desktop.recording.frame_recorder import FrameRecorder
from desktop.viewmodels.events_model import EventsModel


class FrameObserver:
    """Called with each frame, both ways, on the loop's thread. Times count from when it was made."""

    def __init__(
        self, timer: TurnTimer, events: EventsModel, recorder: FrameRecorder, frame_log: FrameLog | None
    ) -> None:
        self._timer = timer
        self._events = events
        self._recorder = recorder
        self._frame_log = frame_log
        self._began = time.monotonic()

    def __call__(self, frame: Frame) -> None:
        """Time it, show it, and keep it where the settings or the command line want that."""
        self._timer.frame(frame)
        event = record(frame, (time.monotonic() - self._began) * 1_000)
        self._events.add(event)
        self._recorder.put(event)
        if self._frame_log:
            self._frame_log.put(event)
