"""Keeps the frames of a session on disk, if the user wants that: the window has only the newest 20,000."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.base.message import Message, Text
from desktop.recording.frame_log import FrameLog
from desktop.recording.whole_frame import WholeFrame
from desktop.viewmodels.event_record import EventRecord

EVENTS_NOT_KEPT = Text("events-not-kept", "The events can't be saved ({reason}). The session continues.")

MOST_BYTES = 256_000_000
"""Of a session's file: a day of talking has a tenth of it."""


class FrameRecorder(QObject):
    """Writes one file for each session, from its first frame on."""

    kept = Signal(str)
    """The file that the frames are written to from now on; empty: to none."""
    failed = Signal(Message)
    """The session goes on."""
    recovered = Signal()
    """What could not be written is written now."""
    _went_wrong = Signal(str)

    def __init__(self, path: Callable[[], Path | None], parent: QObject | None = None) -> None:
        """`path` gives the file for a session's frames; while it gives None, none are kept."""
        super().__init__(parent)
        self._path = path
        self._log: FrameLog | None = None
        self._ended: FrameLog | None = None
        self._went_wrong.connect(self._on_went_wrong)

    def put(self, frame: EventRecord | WholeFrame) -> None:
        """Add a frame's record, or with all of the frame. What the disk doesn't take in time is counted."""
        if self._log is None:
            path = self._path()
            if path is None:
                return
            self._log = FrameLog(
                path,
                replace=False,
                failed=self._on_failed,
                recovered=self.recovered.emit,
                most_bytes=MOST_BYTES,
            )
            self.kept.emit(str(path))
        self._log.put(frame)

    def end(self) -> None:
        """The session is over."""
        if self._log:
            self._log.end()
            self._ended, self._log = self._log, None
            self.kept.emit("")

    def wait(self) -> None:
        """Wait until what has ended is written, 2 s at most. Not on the GUI's thread."""
        if self._ended:
            self._ended.wait()

    def _on_failed(self, exc: OSError) -> None:
        # Called in the writing thread; the signal leads to the GUI's.
        self._went_wrong.emit(exc.strerror or str(exc))

    def _on_went_wrong(self, reason: str) -> None:
        self.failed.emit(EVENTS_NOT_KEPT(reason=reason))
