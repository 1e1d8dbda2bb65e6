"""What waits for the disk while a recording is written: bounded, and the session is never held up."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from desktop.realtime.connection import Frame
from desktop.recording.folder.layout import SessionInfo
from desktop.turn.marks import Mark

MOST_FRAME_BYTES = 4_000_000
"""Frames and their sound that may wait: half a minute of both voices. What comes on top is counted."""
MOST_JOURNAL_BYTES = 32_000_000
"""Words that may wait: an hour of talking."""
MOST_MARKS = 20_000
HURRY = 4
"""From a quarter of the bound on they don't wait for others any more."""

TimedFrame = tuple[Frame, int, bool]
"""A frame, when it passed in µs, and whether its sound is to be recorded."""
Item = TimedFrame | Mark | SessionInfo | Mapping[str, Any]
"""The last is a record of the journal."""


class RecordingQueue:
    """One thread puts, another takes: neither waits, since each has counters of its own."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Item, int]] = deque()
        self._frame_bytes = self._journal_bytes = self._marks = 0
        self._taken_frame_bytes = self._taken_journal_bytes = self._taken_marks = 0
        self.lost_frames = self.lost_marks = self.lost_records = 0
        """In all."""

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def fills(self) -> bool:
        """Whether so much waits that it should be written soon."""
        return HURRY * (self._frame_bytes - self._taken_frame_bytes) > MOST_FRAME_BYTES

    def put_frame(self, frame: Frame, t_us: int, sound: bool) -> bool:
        """Add a frame; False if there is no room for it: then it is counted."""
        weight = 2 * frame.size + 300  # its wire and its sound
        if self._frame_bytes - self._taken_frame_bytes + weight > MOST_FRAME_BYTES:
            self.lost_frames += 1
            return False
        self._frame_bytes += weight
        self._waiting.append(((frame, t_us, sound), weight))
        return True

    def put_mark(self, mark: Mark) -> bool:
        """Add a mark; False if there is no room for it."""
        if self._marks - self._taken_marks >= MOST_MARKS:
            self.lost_marks += 1
            return False
        self._marks += 1
        self._waiting.append((mark, 1))
        return True

    def put_record(self, record: Mapping[str, Any], weight: int) -> bool:
        """Add a record of the journal; False if there is no room for it."""
        if self._journal_bytes - self._taken_journal_bytes + weight > MOST_JOURNAL_BYTES:
            self.lost_records += 1
            return False
        self._journal_bytes += weight
        self._waiting.append((record, weight))
        return True

    def put_session(self, info: SessionInfo) -> None:
        """Add what `session.json` is to say from now on."""
        self._waiting.append((info, 0))

    def take(self, most: int) -> list[Item]:
        """The next ones, so many at most."""
        taken: list[Item] = []
        while self._waiting and len(taken) < most:
            item, weight = self._waiting.popleft()
            if isinstance(item, tuple):
                self._taken_frame_bytes += weight
            elif isinstance(item, Mark):
                self._taken_marks += weight
            else:
                self._taken_journal_bytes += weight
            taken.append(item)
        return taken
