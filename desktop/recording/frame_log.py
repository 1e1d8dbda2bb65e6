"""The frames of a session as records, and whole in a file: sound as its length, credentials never."""

from __future__ import annotations

import errno
import math
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from desktop.base import atomic_file
from desktop.protocol import commands, events
from desktop.realtime.connection import Frame
from desktop.recording.jsonl_writer import JsonlWriter
from desktop.recording.record_stream import RecordStream
from desktop.recording.whole_frame import WholeFrame, whole
from desktop.viewmodels.event_record import EventRecord, clean_record


def record(frame: Frame, at_ms: float) -> EventRecord:
    """One frame as the window keeps it; `at_ms` since the log's beginning."""
    message = frame.message
    match message:
        case events.AudioDelta(audio) | commands.AudioAppend(audio):
            kind, content = str(message.__struct_config__.tag), {"audio_bytes": len(audio)}
        case events.Unknown(kind, raw, problem):
            kind, content = kind or "?", {"raw": raw} | ({"problem": problem} if problem else {})
        case _:
            content = msgspec.to_builtins(message)
            kind = content.pop("type")
    return clean_record(round(at_ms, 1), frame.direction, kind, frame.size, content)


class FrameLog:
    """Writes the frames of a session to a file as they come. Nothing is kept in memory, and nobody waits.

    Without a path they are only counted.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        replace: bool = True,
        failed: Callable[[OSError], None] | None = None,
        recovered: Callable[[], None] | None = None,
        stream: int | None = None,
        most_bytes: float = math.inf,
    ) -> None:
        """With `replace` a file of that name is overwritten. `failed` and `recovered` are called in
        another thread, as `JsonlWriter` does.

        `stream` is the number of an open stream, such as standard output, to be written instead of a file.
        A file that the user didn't ask for by name has `most_bytes` at most.
        """
        self._began = time.monotonic()
        self._path = path
        self._writer: JsonlWriter | None = None
        if stream is not None:
            self._writer = JsonlWriter(RecordStream(stream), failed=failed, most_bytes=math.inf)
        elif path:
            self._writer = JsonlWriter(
                path, replace=replace, failed=failed, recovered=recovered, most_bytes=most_bytes
            )
        self.frames = 0

    def add(self, frame: Frame) -> None:
        """Add a frame, with the milliseconds since the log began."""
        self.put(whole(frame, record(frame, (time.monotonic() - self._began) * 1_000)))

    def put(self, kept: EventRecord | WholeFrame) -> None:
        """Add a frame's record, as `record` makes it, or with all of the frame."""
        self.frames += 1
        if self._writer:
            self._writer.put(kept, 200 + kept.weight)

    def end(self) -> None:
        """Take no more frames; what waits is written without waiting for it."""
        if self._writer:
            self._writer.end()

    def wait(self) -> bool:
        """End, and wait until all is written, 2 s at most for a disk; False when it is not."""
        if self._writer is None:
            return True
        return self._writer.close() if self._path else self._writer.close(None)

    def close(self) -> None:
        """End, and wait until all is written. Raises OSError when it is not.

        A disk is waited for 2 s at most; a stream's reader, who may be a person, for any time.
        """
        if self._writer is None:
            return
        if self._path and not self.frames:
            atomic_file.write(self._path, b"")
        if not self.wait():
            raise self._writer.error or TimeoutError(errno.ETIMEDOUT, "the disk takes too long")
