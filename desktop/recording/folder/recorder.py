"""Records conversations into folders, one each: what happens is put in, and nobody waits."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from desktop import __version__
from desktop.base.redaction import redact, redact_all
from desktop.protocol import commands
from desktop.realtime.connection import Frame
from desktop.recording.folder.layout import FORMAT, FRAMES, RAW, TRACKS, SessionInfo, SessionPart
from desktop.recording.folder.packing import pack_aside
from desktop.recording.folder.writer import END_S, JournalPart, RecordingWriter
from desktop.turn.marks import Mark

MOST_EARLY = 500
"""Marks that wait for a folder: it is made with the first words, or the first frame that is to be kept."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is recorded besides the words and the marks. Sound has its frames with it."""

    frames: bool = False
    sound: bool = False


NOTHING = Wanted()


class Recorder:
    """Writes one folder for each conversation, from its first words or frames to `end`. One thread's.

    Times are seconds of `time.monotonic` where they come in, and microseconds since the first of them where
    they are written.

    Args:
        folder: gives a new conversation's folder; while it gives None, nothing is kept.
        wanted: what is recorded; asked at the beginning, and by `use_options`.
        kept: called with the file of the frames when it begins, and with None at its end.
        failed, recovered: called in the writing thread, as `RecordingWriter` does.
        packs: pack the sound at the end, in a process of its own.
    """

    def __init__(
        self,
        folder: Callable[[], Path | None],
        wanted: Callable[[], Wanted],
        *,
        kept: Callable[[Path | None], None] = lambda path: None,
        failed: Callable[[OSError], None] | None = None,
        recovered: Callable[[], None] | None = None,
        packs: bool = True,
    ) -> None:
        self._folder, self._wanted, self._packs = folder, wanted, packs
        self._now_wanted = NOTHING
        self._writer: RecordingWriter | None = None
        self._ended: RecordingWriter | None = None
        self._zero_us = 0
        self._info = SessionInfo(began=datetime.now(UTC))
        self._early: deque[Mark] = deque(maxlen=MOST_EARLY)
        self._kept, self._failed, self._recovered = kept, failed, recovered
        self.use_options()

    @property
    def path(self) -> Path | None:
        """The folder of the current conversation, once there is one."""
        return self._writer.folder if self._writer else None

    def use_options(self) -> None:
        """What is wanted may have changed: it holds from the next frame on."""
        wanted = self._wanted()
        self._now_wanted = wanted if wanted.frames or wanted.sound else NOTHING
        if self._writer and self._now_wanted.sound and not self._info.sound:
            self._tell(sound=True)

    def frame(self, frame: Frame) -> None:
        """Add a frame, if frames are kept."""
        if isinstance(frame.message, commands.SessionStart):
            self._note_config(frame.message)
        wanted = self._now_wanted
        if wanted is NOTHING:
            return
        at_us = int((frame.at or time.monotonic()) * 1e6)
        writer = self._writer or self._begin(at_us)
        if writer:
            writer.frame(frame, max(0, at_us - self._zero_us), wanted.sound)

    def mark(self, mark: Mark) -> None:
        """Add a mark, whose time is that of `time.monotonic` in microseconds."""
        if self._writer:
            self._writer.mark(self._since_zero(mark))
        else:
            self._early.append(mark)

    def session(self, part: SessionPart) -> None:
        """A session is open; its `t` is the time of `time.monotonic` in microseconds."""
        self._tell(sessions=(*self._info.sessions, part))

    def open_journal(self) -> JournalPart | None:
        """The journal of the current conversation; None if it isn't to be kept."""
        writer = self._writer or self._begin(round(time.monotonic() * 1e6))
        return JournalPart(writer) if writer else None

    def end(self) -> None:
        """The conversation is over."""
        writer, self._writer = self._writer, None
        if writer:
            self._info = structs.replace(
                self._info, ended_us=max(0, round(time.monotonic() * 1e6) - self._zero_us)
            )
            writer.session(self._info)
            writer.end()
            self._ended = writer
            self._kept(None)
        self._info = SessionInfo(began=datetime.now(UTC))
        self._early.clear()

    def wait(self, within_s: float = END_S) -> bool:
        """Wait until what has ended is written, so long at most; False if some is missing. It blocks."""
        return self._ended is None or self._ended.close(within_s)

    @property
    def error(self) -> OSError | None:
        """What went wrong first with what has ended, if anything did."""
        return self._ended.error if self._ended else None

    def _begin(self, at_us: int) -> RecordingWriter | None:
        folder = self._folder()
        if folder is None:
            return None
        first = min([at_us, *(mark.t for mark in self._early), *(part.t for part in self._info.sessions)])
        self._zero_us = first
        now_us = round(time.monotonic() * 1e6)
        began = datetime.fromtimestamp(time.time() - (now_us - first) / 1e6, UTC)
        with_sound = self._now_wanted.sound
        self._writer = writer = RecordingWriter(
            folder,
            failed=self._failed,
            recovered=self._recovered,
            ended=self._after,
        )
        sessions = tuple(structs.replace(part, t=max(0, part.t - first)) for part in self._info.sessions)
        self._info = structs.replace(
            self._info,
            format=FORMAT,
            program=f"presstalk {__version__}",
            began=began,
            monotonic_us=first,
            sound=with_sound,
            sessions=sessions,
        )
        writer.session(self._info)
        for mark in self._early:
            writer.mark(self._since_zero(mark))
        self._early.clear()
        if self._now_wanted.frames or with_sound:
            self._kept(folder / FRAMES)
        return writer

    def _since_zero(self, mark: Mark) -> Mark:
        # A tool's name is the model's or a server's word: it may echo a key.
        text = redact(mark.text) if mark.text else ""
        return structs.replace(mark, t=max(0, mark.t - self._zero_us), text=text)

    def _note_config(self, start: commands.SessionStart) -> None:
        if not self._info.config and isinstance(start.config, commands.Config):
            config: Mapping[str, Any] = redact_all(msgspec.to_builtins(start.config))
            self._tell(config=dict(config))

    def _tell(self, **changes: Any) -> None:
        """Write down what is known of the session, or keep it until there is a folder."""
        if self._writer and "sessions" in changes:
            *before, last = changes["sessions"]
            changes["sessions"] = (*before, structs.replace(last, t=max(0, last.t - self._zero_us)))
        self._info = structs.replace(self._info, **changes)
        if self._writer:
            self._writer.session(self._info)

    def _after(self, folder: Path) -> None:
        """In the writing thread: all is written."""
        if self._packs and any((folder / f"{track}{RAW}").exists() for track in TRACKS):
            pack_aside(folder)
