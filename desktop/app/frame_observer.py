"""Passes every frame of the socket to those that time, price, show and keep it."""

from __future__ import annotations

import time

from desktop.base.shielded import shielded
from desktop.conversation.spend_controller import SpendController
from desktop.conversation.turn_timer import TurnTimer
from desktop.realtime.connection import Frame
from desktop.recording.folder.recorder import Recorder
from desktop.recording.frame_log import FrameLog, record
from desktop.recording.live_timeline import LiveTimeline
from desktop.recording.whole_frame import whole
from desktop.viewmodels.events_model import EventsModel


class FrameObserver:
    """Called with each frame, both ways, on the loop's thread. Times count from when it was made."""

    def __init__(
        self,
        timer: TurnTimer,
        spend: SpendController,
        events: EventsModel,
        recorder: Recorder,
        frame_log: FrameLog | None,
        timeline: LiveTimeline,
    ) -> None:
        # What one of them can't do, the others still do.
        self._time = shielded(timer.frame, "the turn timer")
        self._price = shielded(spend.frame, "the spend controller")
        self._show = shielded(events.add, "the model of events")
        self._record = shielded(recorder.frame, "the recorder")
        self._place = shielded(timeline.frame, "the timeline")
        self._log = shielded(frame_log.put, "the frame log") if frame_log else None
        self._began = time.monotonic()

    def __call__(self, frame: Frame) -> None:
        """Time it, price it, show it, and keep it where the settings or the command line want that."""
        self._time(frame)
        self._price(frame)
        self._record(frame)
        self._place(frame)
        event = record(frame, (time.monotonic() - self._began) * 1_000)
        self._show(event)
        if self._log:
            self._log(whole(frame, event))
