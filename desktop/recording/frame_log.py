"""Frames as records for a log: audio elided to its length, credentials never in it."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from desktop.base.redaction import redact, redact_all
from desktop.protocol import commands, events
from desktop.realtime.connection import Frame
from desktop.recording.jsonl_writer import JsonlWriter

LONGEST = 256 * 1024
"""Bytes of a frame that are noted; of a longer one only the beginning. To look through 64 MiB for secrets
takes 8 s on the thread that draws the window."""
LONGEST_SECRET = 512


def record(frame: Frame, at_ms: float) -> dict[str, Any]:
    """One frame as a JSON object: `at_ms`, `direction`, `type`, `size` and what it holds."""
    message = frame.message
    content: dict[str, Any] = {}
    match message:
        case events.AudioDelta(audio) | commands.AudioAppend(audio):
            content = {"type": _type(message), "audio_bytes": len(audio)}
        case events.Unknown(kind, raw, problem):
            content = {"type": kind or "?", "raw": raw}
            if problem:
                content["problem"] = problem
        case _:
            content = msgspec.to_builtins(message)
    if frame.size > LONGEST and "audio_bytes" not in content:
        content = {"type": content["type"], **_beginning(content)}
    if frame.direction == "in":
        content = redact_all(content)  # a server may echo what it was sent, the key too
    head = {"at_ms": round(at_ms, 1), "direction": frame.direction, "type": content.pop("type")}
    return {**head, "size": frame.size, **content}


def _beginning(content: dict[str, Any]) -> dict[str, Any]:
    encoded = msgspec.json.encode(content)
    # A secret that is cut in two would not be known as one any more: the end goes after the secrets.
    beginning = redact(encoded[:LONGEST].decode(errors="ignore"))[:-LONGEST_SECRET]
    return {"note": f"{len(encoded):,} bytes; this is their beginning", "beginning": beginning}


def _type(message: events.Event | commands.Command) -> str:
    return str(message.__struct_config__.tag)


class FrameLog:
    """The frames of a session, in a file as they come: nothing is kept in memory, and nobody waits.

    Without a path they are counted only.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        replace: bool = True,
        failed: Callable[[OSError], None] | None = None,
    ) -> None:
        """With `replace` a file of that name is overwritten. `failed` is called in another thread, once."""
        self._began = time.monotonic()
        self._spool = JsonlWriter(path, replace=replace, failed=failed) if path else None
        self.frames = 0

    def add(self, frame: Frame) -> None:
        """One more frame, with the milliseconds since the log began."""
        self.put(record(frame, (time.monotonic() - self._began) * 1_000))

    def put(self, made: dict[str, Any]) -> None:
        """One more frame, as `record` makes it."""
        self.frames += 1
        if self._spool:
            self._spool.put(made, 200 if "audio_bytes" in made else 200 + int(made["size"]))

    def end(self) -> None:
        """No more frames come; what waits is written without waiting for it."""
        if self._spool:
            self._spool.end()

    def wait(self) -> bool:
        """End, and wait until all is written, 2 s at most; whether it is."""
        return self._spool is None or self._spool.close()

    def close(self) -> None:
        """End, and wait until all is written, a few seconds at most. Raises OSError if it can't be."""
        if self._spool is None:
            return
        if not self.frames:
            self._spool.path.write_bytes(b"")
        if not self.wait():
            raise self._spool.error or TimeoutError(errno.ETIMEDOUT, "the disk takes too long")
