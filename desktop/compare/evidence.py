"""What the recordings of a comparison's runs hold: the sound of an answer, and the frames."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal, Protocol

from desktop.compare.results import RunResult, TurnResult
from desktop.recording.folder.reader import is_recording, open_recording

MOST_SOUND_S = 120
"""Of an answer's sound; what is longer is cut."""
MOST_LINES = 400
"""Of a run's frames."""


@dataclass(slots=True)
class FrameRow:
    """A frame, or a row of frames of sound. `ms` since the recording began; `bytes` of all of them."""

    ms: float
    direction: Literal["in", "out"]
    type: str
    count: int
    bytes: int


class Evidence(Protocol):
    """Where a report's sound and frames come from."""

    def sound(self, run: RunResult, turn: TurnResult) -> bytes:
        """An answer's sound, PCM16 mono at `turn.sound.rate`; empty where there is none."""

    def frames(self, run: RunResult) -> list[FrameRow]:
        """A run's frames; empty where they aren't recorded."""


class NoEvidence:
    """There are no recordings, as where reports are merged."""

    def sound(self, run: RunResult, turn: TurnResult) -> bytes:
        """Nothing."""
        return b""

    def frames(self, run: RunResult) -> list[FrameRow]:
        """None."""
        return []


class Recordings:
    """The recordings in a comparison's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def sound(self, run: RunResult, turn: TurnResult) -> bytes:
        """An answer's sound."""
        place = turn.sound
        folder = self._of(run)
        if place is None or folder is None:
            return b""
        most = MOST_SOUND_S * 2 * max(1, place.rate)
        with closing(open_recording(folder).track("received")) as track:
            return track.read(place.offset, min(place.bytes, most)) if place.offset >= 0 else b""

    def frames(self, run: RunResult) -> list[FrameRow]:
        """A run's frames; sound that came in one go is one row."""
        folder = self._of(run)
        return list(islice(_rows(folder), MOST_LINES)) if folder else []

    def _of(self, run: RunResult) -> Path | None:
        # A merged or foreign report may name any folder: only one right below is looked at.
        name = run.recording
        if not name or "/" in name or "\\" in name or name in (".", ".."):
            return None
        folder = self._folder / name
        return folder if is_recording(folder) else None


def _rows(folder: Path) -> Iterator[FrameRow]:
    row: FrameRow | None = None
    for line in open_recording(folder).frame_lines():
        size = line.sound.bytes if line.sound else line.size
        if row and line.sound and (row.type, row.direction) == (line.type, line.direction):
            row.count += 1
            row.bytes += size
            continue
        if row:
            yield row
        row = FrameRow(line.t / 1_000, line.direction, line.type, 1, size)
    if row:
        yield row
