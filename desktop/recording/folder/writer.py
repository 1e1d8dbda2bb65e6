"""Writes a recording's folder as it happens, on one thread of its own.

Nobody waits for it. Words reach the system at once, so that a kill costs no finished line; frames, marks and
sound are gathered for most of a second, which is what a kill costs of them. A disk that is slow, full or gone
costs the recording, never the session: what waits is bounded (`queue`), and what is lost is counted.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from desktop.realtime.connection import Frame
from desktop.recording.folder.folder_files import FolderFiles
from desktop.recording.folder.layout import JOURNAL, SessionInfo
from desktop.recording.folder.queue import RecordingQueue
from desktop.turn.marks import Mark

log = logging.getLogger(__name__)

GATHER_S = 0.9
"""Frames, marks and sound wait so long for others: each time the thread wakes costs as much as 20 frames."""
AT_ONCE = 2_000
RETRY_S = 2.0
"""Between two attempts while the disk is full or away. Nothing is lost until too much waits."""
END_S = 2.0
"""How long the end of the program waits for the disk."""


class RecordingWriter:
    """Takes what happens, from one thread. The folder is made with the first of it, for this user only.

    `failed` is called in the writing thread with what went wrong first, and `recovered` when all that had to
    wait is written after all. `ended` is called there, with the folder, when the files are closed.
    """

    def __init__(
        self,
        folder: Path,
        *,
        failed: Callable[[OSError], None] | None = None,
        recovered: Callable[[], None] | None = None,
        ended: Callable[[Path], None] | None = None,
    ) -> None:
        self.folder = folder
        self._failed, self._recovered, self._ended = failed, recovered, ended
        self._files = FolderFiles(folder)
        self._queue = RecordingQueue()
        self._changed = threading.Condition()
        self._hurried = self._ending = self._told = False
        self._idle = True
        """Whether the thread sleeps until something comes."""
        self._complete = True
        self._error: OSError | None = None
        self._thread: threading.Thread | None = None

    @property
    def error(self) -> OSError | None:
        """What went wrong first, if anything did."""
        return self._error

    @property
    def busy(self) -> bool:
        """Whether something is still to be written after `end`."""
        return self._thread is not None and self._thread.is_alive()

    def frame(self, frame: Frame, t_us: int, sound: bool) -> None:
        """Add a frame that passed then; a few microseconds. `sound`: its sound is recorded."""
        if self._ending or not self._queue.put_frame(frame, t_us, sound):
            self._complete = False
        if self._idle or self._queue.fills:
            self._wake(hurry=self._queue.fills)

    def mark(self, mark: Mark) -> None:
        """Add a mark, whose time counts from the recording's beginning."""
        if self._ending or not self._queue.put_mark(mark):
            self._complete = False
        if self._idle:
            self._wake()

    def session(self, info: SessionInfo) -> None:
        """From now on `session.json` says this."""
        if not self._ending:
            self._queue.put_session(info)
            self._wake(hurry=True)

    def record(self, record: Mapping[str, Any], weight: int = 200) -> None:
        """Add a record of the journal, which must not change any more, of about `weight` bytes."""
        if self._ending or not self._queue.put_record(record, weight):
            self._complete = False
        self._wake(hurry=True)

    def end(self) -> None:
        """Take no more; what waits is written and the files closed, without waiting for it."""
        with self._changed:
            self._ending = True
            self._changed.notify()

    def close(self, within_s: float | None = END_S) -> bool:
        """End, and wait until all is written; False when it took too long, or some could not be written."""
        self.end()
        if self._thread is not None:
            self._thread.join(within_s)
        return self._complete and not self.busy

    def _wake(self, *, hurry: bool = False) -> None:
        if self._thread is None:
            if self._ending:
                return
            self._idle = False
            name = f"writer of {self.folder.name}"
            self._thread = threading.Thread(target=self._run, name=name, daemon=True)
            self._thread.start()
        with self._changed:
            self._hurried |= hurry
            self._changed.notify()

    # In the thread

    def _run(self) -> None:
        failing = False
        while True:
            ending = self._wait(failing)
            failing = not self._try(partial(self._write, ending))
            if not failing:
                self._tell_of_recovery()
            if ending and (failing or not self._queue):
                break
        self._complete &= not failing and self._try(self._files.sync) and not self._queue
        self._files.close()
        if self._ended:
            self._ended(self.folder)

    def _wait(self, failing: bool) -> bool:
        """Wait until there is something to do; whether it is the end."""
        with self._changed:
            if failing:
                self._changed.wait_for(lambda: self._ending, RETRY_S)
                return self._ending
            if not self._queue and not self._ending:
                self._idle = True
                self._changed.wait_for(lambda: self._queue or self._ending, self._files.sync_in_s())
                self._idle = False
            if self._queue and not self._hurried:
                self._changed.wait_for(lambda: self._hurried or self._ending, GATHER_S)
            self._hurried = False
            return self._ending

    def _write(self, ending: bool) -> None:
        """Write what was left over, then what waits. Raises OSError."""
        self._files.flush()
        while True:
            items = self._queue.take(AT_ONCE)
            self._files.add(items)
            if not self._queue:
                self._files.add_lost(self._queue)
            self._files.flush()
            if not items or not ending:
                break
        if self._files.full:
            self._complete = False
            self._tell(OSError(errno.EFBIG, os.strerror(errno.EFBIG)))
        if self._files.sync_in_s() == 0:
            self._files.sync()

    def _try(self, work: Callable[[], None]) -> bool:
        try:
            work()
        except OSError as exc:
            self._complete &= not isinstance(exc, FileNotFoundError)  # what was deleted doesn't come back
            self._tell(exc)
            return False
        return True

    def _tell(self, exc: OSError) -> None:
        self._error = self._error or exc
        if not self._told:
            log.info("the recording %s can't be written: %s", self.folder.name, exc)
            self._told = True
            if self._failed:
                self._failed(exc)

    def _tell_of_recovery(self) -> None:
        if self._told and self._complete:
            log.info("the recording %s is written again", self.folder.name)
            self._told = False
            if self._recovered:
                self._recovered()


class JournalPart:
    """The journal of a recording, for whoever writes one: like a `JsonlWriter`, with the folder's thread.

    It ends with the recording, or before.
    """

    def __init__(self, writer: RecordingWriter) -> None:
        self._writer = writer
        self._over = False
        self.path = writer.folder / JOURNAL

    @property
    def busy(self) -> bool:
        """Whether something may still be written after `end`."""
        return self._writer.busy

    def put(self, record: Mapping[str, Any], weight: int = 200) -> None:
        """Add a record, which must not change any more."""
        if not self._over:
            self._writer.record(record, weight)

    def end(self) -> None:
        """Take no more records."""
        self._over = True

    def close(self, within_s: float | None = END_S) -> bool:
        """End, and wait until the recording that has ended is written."""
        self.end()
        return self._writer.close(within_s)
