"""Reads a recording: its session, frames, marks and tracks, as much of them as can be read.

Pure: no Qt, no loop, nothing is changed. A recording may come from anybody: it is bounded, no link in it is
followed, and what is broken is counted, never raised.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from desktop.base.message import Message, Text
from desktop.recording import sane_values
from desktop.recording.folder import bounds
from desktop.recording.folder.frame_line import wire_of
from desktop.recording.folder.layout import (
    FORMAT,
    FRAMES,
    JOURNAL,
    MARKS,
    PACKED,
    RAW,
    SESSION,
    TRACKS,
    FrameLine,
    Lost,
    SessionInfo,
    Track,
)
from desktop.recording.folder.track import SoundTrack, open_track
from desktop.turn.marks import Mark

LONGEST_SESSION = 4_000_000

PARTS_MISSING = Text("recording-parts-missing", "Some of this recording can't be read: {what}.")
FRAMES_MISSING = Text("recording-frames-missing", "{count} frames")
MARKS_MISSING = Text("recording-marks-missing", "{count} marks")
SOUND_MISSING = Text("recording-sound-missing", "{seconds} s of sound")
SESSION_MISSING = Text("recording-session-missing", "how the session was opened")
BOTH_MISSING = Text("recording-both-missing", "{one}, {other}")
LATER_FORMAT = Text(
    "recording-later-format",
    "A later version of the program made this recording: some of it may not be shown.",
)

L = TypeVar("L", FrameLine, Mark)
_session = msgspec.json.Decoder(SessionInfo)
_frame = msgspec.json.Decoder(FrameLine)
_mark = msgspec.json.Decoder(Mark)
_lost = msgspec.json.Decoder(Lost)


@dataclass(slots=True)
class Damage:
    """What could not be read so far: it grows while a recording is read."""

    session: bool = False
    frames: int = 0
    marks: int = 0
    sound_bytes: int = 0
    later: bool = False

    def message(self, rate: int) -> Message | None:
        """It in one sentence; `rate` in Hz is that of the sound. None if nothing is missing."""
        seconds = f"{self.sound_bytes / 2 / max(rate, 1):.1f}"
        parts = [
            part
            for count, part in (
                (self.session, SESSION_MISSING()),
                (self.frames, FRAMES_MISSING(count=self.frames)),
                (self.marks, MARKS_MISSING(count=self.marks)),
                (self.sound_bytes, SOUND_MISSING(seconds=seconds)),
            )
            if count
        ]
        if parts:
            return PARTS_MISSING(what=reduce(lambda one, other: BOTH_MISSING(one=one, other=other), parts))
        return LATER_FORMAT() if self.later else None


@dataclass(slots=True)
class RecordedFrame:
    """A frame of a recording. `wire` is what it was on the wire; None where its sound is missing."""

    line: FrameLine
    wire: bytes | None


@dataclass(slots=True)
class Recording:
    """A recording's folder. `session` is read when it is made; the rest when it is asked for.

    `frames` and `marks` give what can be read, in order; `damage` says what could not, of what was read.
    """

    folder: Path
    session: SessionInfo
    damage: Damage = field(default_factory=Damage)

    @property
    def journal(self) -> Path:
        """The file of the conversation; it may not be there."""
        return self.folder / JOURNAL

    @property
    def input_rate(self) -> int:
        """Of what was sent, in Hz, in the first session; 24,000 where that isn't known."""
        return next((part.input_rate for part in self.session.sessions if part.input_rate), 24_000)

    @property
    def output_rate(self) -> int:
        """Of what was received, likewise."""
        return next((part.output_rate for part in self.session.sessions if part.output_rate), 24_000)

    @property
    def has_sound(self) -> bool:
        """Whether any sound is in it."""
        names = [f"{track}{ending}" for track in TRACKS for ending in (RAW, PACKED)]
        return any(_size(self.folder / name) for name in names)

    @property
    def model(self) -> str:
        """The first session's model, by its id; empty where it isn't known."""
        return next((part.model for part in self.session.sessions if part.model), "")

    def rate(self, track: Track) -> int:
        """Of a track, in Hz."""
        return self.input_rate if track == "sent" else self.output_rate

    def frame_lines(self) -> Iterator[FrameLine]:
        """The frames without their sound."""
        self.damage.frames = 0
        for found in _lines(self.folder / FRAMES, _frame):
            if isinstance(found, int):
                self.damage.frames += found
            elif bounds.holds(found):
                yield found
            else:
                self.damage.frames += 1

    def frames(self) -> Iterator[RecordedFrame]:
        """The frames as they were on the wire."""
        self.damage.sound_bytes = 0
        tracks = {track: self.track(track) for track in TRACKS}
        try:
            for line in self.frame_lines():
                yield self._recorded(line, tracks)
        finally:
            for track in tracks.values():
                track.close()

    def marks(self) -> Iterator[Mark]:
        """The marks, in the order in which they were noticed: not always that of their times."""
        self.damage.marks = 0
        for found in _lines(self.folder / MARKS, _mark):
            if isinstance(found, int):
                self.damage.marks += found
            elif 0 <= found.t <= bounds.LATEST_US:
                yield found
            else:
                self.damage.marks += 1

    def track(self, track: Track) -> SoundTrack:
        """The sound of one side; empty where there is none. Close it."""
        return open_track(self.folder, track)

    def size(self) -> int:
        """Bytes of all of its files."""
        return size_of(self.folder)

    def missing(self) -> Message | None:
        """Read all of it, and say in one sentence what is missing. For an hour's recording a second."""
        for _ in self.frames():
            pass
        for _ in self.marks():
            pass
        return self.damage.message(self.output_rate)

    def _recorded(self, line: FrameLine, tracks: dict[Track, SoundTrack]) -> RecordedFrame:
        sound = b""
        if line.sound is not None:
            sound = tracks[line.sound.track].read(line.sound.offset, line.sound.bytes)
            if len(sound) < line.sound.bytes:
                self.damage.sound_bytes += max(0, line.sound.bytes - len(sound))
                return RecordedFrame(line, None if line.sound.at >= 0 else _wire(line))
        return RecordedFrame(line, _wire(line, sound))


def is_recording(path: Path) -> bool:
    """Whether this is a folder with a recording in it, whole or not. A link to one is none."""
    try:
        if not stat.S_ISDIR(path.lstat().st_mode):
            return False
        return any(stat.S_ISREG((path / name).lstat().st_mode) for name in (SESSION,))
    except OSError:
        return False


def open_recording(folder: Path) -> Recording:
    """A recording's folder. What can't be read of it is in its `damage`. Raises OSError: it is no folder."""
    os.listdir(folder)
    damage = Damage()
    session = SessionInfo(began=sane_values.EARLIEST)
    try:
        with _open(folder / SESSION) as file:
            raw = file.read(LONGEST_SESSION)
        session = _session.decode(raw)
        session = bounds.session(session)
        damage.later = session.format > FORMAT
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        damage.session = True
        session = SessionInfo(began=_began_by_name(folder.name))
    return Recording(folder, session, damage)


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder; what can't be looked at counts as nothing."""
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_file(follow_symlinks=False):
                    total += entry.stat(follow_symlinks=False).st_size
    except OSError:
        return total
    return total


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _began_by_name(name: str) -> datetime:
    try:
        return sane_values.time(datetime.strptime(name[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC))
    except ValueError:
        return sane_values.EARLIEST


def _wire(line: FrameLine, sound: bytes = b"") -> bytes | None:
    try:
        return wire_of(line, sound)
    except ValueError:
        return None


def _lines(path: Path, decoder: msgspec.json.Decoder[L]) -> Iterator[L | int]:
    """The lines of a file, and how many could not be read; an unfinished last line is none."""
    try:
        file = _open(path)
    except OSError:
        return
    with file:
        while raw := file.readline(bounds.LONGEST_LINE):
            if not raw.strip():
                continue
            try:
                yield decoder.decode(raw)
            except (msgspec.MsgspecError, UnicodeError, RecursionError):
                yield _count_lost(raw)


def _count_lost(raw: bytes) -> int:
    try:
        return sane_values.count(_lost.decode(raw).lost)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return 1


def _open(path: Path) -> BinaryIO:
    """A plain file, never through a link. Raises OSError."""
    mode = path.lstat().st_mode
    if not stat.S_ISREG(mode):
        raise OSError("it is no file")
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    return os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb")
