"""Writes records into a file as they come, one JSON object a line, on a thread of its own.

`put` never waits: a disk that is slow, full or gone holds nobody up. The operating system has a record within
a millisecond, so that it survives however the program ends. Once a second the file is synced to the disk, so
that a power cut costs the last second only. To sync each line would cost 0.1 to 10 ms a line.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from desktop.base.redaction import redact_all
from desktop.recording.record_file import RecordFile
from desktop.recording.record_stream import RecordStream
from desktop.recording.whole_frame import WholeFrame
from desktop.viewmodels.event_record import EventRecord

log = logging.getLogger(__name__)

JsonRecord = Mapping[str, Any] | EventRecord | WholeFrame
"""A JSON object or a whole frame, which lose their secrets in the writing thread, or a frame's record, which
has none."""

MOST_RECORDS = 20_000
MOST_BYTES = 32_000_000
"""What may wait for the disk: an hour of talking. What comes on top is dropped and counted."""
MOST_WRITTEN = 32_000_000
"""Bytes of a file, unless its owner says otherwise: a day of talking. What comes on top is dropped and
counted, so that no service can fill the disk; the file's last record is written all the same."""
AT_ONCE = 500
BYTES_AT_ONCE = 1_000_000
"""Records that are encoded together, and about their size."""
RETRY_S = 2.0
"""Between two attempts while the disk is full or away. Nothing is lost until too much waits."""
END_S = 2.0
"""How long the end of the program waits for the disk."""

_encoder = msgspec.json.Encoder(enc_hook=str)


class _Queue:
    """The records that wait for the disk: `MOST_RECORDS` and `MOST_BYTES` at most. Not thread-safe."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[JsonRecord, int]] = deque()
        self._weight = self._lost = 0
        self._full = False

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, record: JsonRecord, weight: int, *, closed: bool) -> bool:
        """Add a record of about `weight` bytes; False when closed or full: then it is counted as lost."""
        full = self._full and not _is_last(record)
        if closed or full or len(self._waiting) >= MOST_RECORDS or self._weight + weight > MOST_BYTES:
            self._lost += 1
            return False
        self._waiting.append((record, weight))
        self._weight += weight
        return True

    def refuse(self) -> None:
        """The file is full: take nothing more but its last record."""
        self._full = True
        self._lost += 1

    def take(self) -> list[JsonRecord]:
        """The next records, about `AT_ONCE` at most; after the last one, how many were lost."""
        taken: list[JsonRecord] = []
        before = self._weight
        while self._waiting and len(taken) < AT_ONCE and before - self._weight < BYTES_AT_ONCE:
            record, weight = self._waiting.popleft()
            self._weight -= weight
            taken.append(record)
        if self._lost and not self._waiting:
            taken.append({"type": "lost", "count": self._lost})
            self._lost = 0
        return taken


class JsonlWriter:
    """Takes records from any thread. The file is created with the first one, for this user only (0600).

    `failed` is called in the writing thread with what went wrong first, and `recovered` when all that had to
    wait is written after all; then the next thing that goes wrong is told again.
    """

    def __init__(
        self,
        target: Path | RecordStream,
        *,
        failed: Callable[[OSError], None] | None = None,
        recovered: Callable[[], None] | None = None,
        replace: bool = False,
        most_bytes: float = MOST_WRITTEN,
    ) -> None:
        """With `replace` a file of that name is overwritten, else it may not exist."""
        self.path = target if isinstance(target, Path) else Path("-")
        self._file = target if isinstance(target, RecordStream) else RecordFile(target, replace)
        self._failed, self._recovered = failed, recovered
        self._told = False
        """Whether it was said that something goes wrong."""
        self._error: OSError | None = None
        self._room = most_bytes
        """Bytes that may still be written."""
        self._queue = _Queue()
        self._ending = False
        self._complete = True
        """Whether the file has everything, as far as is known."""
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @property
    def error(self) -> OSError | None:
        """What went wrong first, if anything did."""
        return self._error

    @property
    def busy(self) -> bool:
        """Whether something is still to be written after `end`."""
        return self._thread is not None and self._thread.is_alive()

    def put(self, record: JsonRecord, weight: int = 200) -> None:
        """Add a record, which must not change any more; `weight` is about its size in bytes."""
        with self._changed:
            if not self._queue.put(record, weight, closed=self._ending):
                self._complete = False
                return
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name=f"writer of {self.path.name}", daemon=True
                )
                self._thread.start()
            else:
                self._changed.notify()

    def end(self) -> None:
        """Take no more records; what waits is written and the file closed, without waiting for it."""
        with self._changed:
            self._ending = True
            self._changed.notify()

    def close(self, within_s: float | None = END_S) -> bool:
        """End, and wait until all is written; False when it took too long, or some could not be written."""
        self.end()
        if self._thread is not None:
            self._thread.join(within_s)
        return self._complete and not self.busy

    # In the thread

    def _run(self) -> None:
        failing = False
        while True:
            with self._changed:
                if failing:
                    self._changed.wait_for(lambda: self._ending, RETRY_S)
                else:
                    self._changed.wait_for(lambda: self._queue or self._ending, self._file.sync_in_s())
                ending = self._ending
                records = [] if failing and not ending else self._queue.take()
            failing = not self._try_writing(records, sync=not records or self._file.sync_in_s() == 0)
            if not failing:
                self._tell_of_recovery()
            if ending and (failing or not records):
                break
        self._complete &= self._try_writing([], sync=True) and not self._queue
        self._file.close()

    def _try_writing(self, records: list[JsonRecord], *, sync: bool) -> bool:
        try:
            self._file.write(b"".join(self._within_room(records)))
            if sync:
                self._file.sync()
        except OSError as exc:
            self._complete &= not isinstance(exc, FileNotFoundError)  # what was deleted doesn't come back
            self._tell(exc)
            return False
        return True

    def _within_room(self, records: list[JsonRecord]) -> Iterator[bytes]:
        for record in records:
            line = encoded(record)
            self._room -= len(line)
            if self._room >= 0 or _is_last(record):
                yield line
                continue
            self._complete = False
            with self._changed:
                self._queue.refuse()
            self._tell(OSError(errno.EFBIG, os.strerror(errno.EFBIG)))

    def _tell(self, exc: OSError) -> None:
        self._error = self._error or exc
        if not self._told:
            log.info("%s can't be written: %s", self.path.name, exc)
            self._told = True
            if self._failed:
                self._failed(exc)

    def _tell_of_recovery(self) -> None:
        if self._told and self._complete:
            log.info("%s is written again", self.path.name)
            self._told = False
            if self._recovered:
                self._recovered()


def _is_last(record: JsonRecord) -> bool:
    """Whether it ends a file, or says what is missing in it."""
    return isinstance(record, Mapping) and record.get("type") in ("ended", "lost")


def encoded(record: JsonRecord) -> bytes:
    """The record as a line, without secrets; empty for one that can't be JSON."""
    try:
        if not isinstance(record, Mapping):
            return record.line()
        plain = redact_all(record)
        try:
            return _encoder.encode(plain) + b"\n"
        except (TypeError, ValueError):
            # Half of a surrogate pair, or a key that is not a text.
            return json.dumps(plain, ensure_ascii=False, default=str).encode("utf-8", "replace") + b"\n"
    except (TypeError, ValueError, RecursionError) as exc:
        log.info("a record can't be written down: %s", exc)
        return b""
