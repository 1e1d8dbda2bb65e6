"""The open files of a recording that is being written. Used by one thread."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from desktop.base import atomic_file
from desktop.recording.folder import frame_line
from desktop.recording.folder.layout import (
    FRAMES,
    JOURNAL,
    MARKS,
    PEAKS,
    RAW,
    SESSION,
    TRACKS,
    SessionInfo,
    Track,
)
from desktop.recording.folder.outline_part import OutlinePart
from desktop.recording.folder.queue import Item, RecordingQueue
from desktop.recording.jsonl_writer import encoded
from desktop.recording.record_file import SYNC_S, RecordFile
from desktop.turn.marks import Mark

MOST_SOUND = 1_200_000_000
"""Bytes of sound, of both tracks: over three hours. What comes on top is not recorded, and that is said."""
MOST_BYTES = {JOURNAL: 32_000_000, FRAMES: 256_000_000, MARKS: 64_000_000}
"""Of the other files: a day of talking has a tenth. A journal's last record is written all the same."""
SOUND_SYNC_S = 5.0
"""Between two syncs of frames, marks and sound: a power cut costs that much of them, a kill none."""

_encoder = msgspec.json.Encoder()


class FolderFiles:
    """Puts each item into its file: first what was left over by the last attempt."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._claimed = False
        self._session = b""
        self._files = {
            # Sound before the frames that refer to it, and both before the words.
            **{
                f"{track}{RAW}": RecordFile(folder / f"{track}{RAW}", False, SOUND_SYNC_S) for track in TRACKS
            },
            FRAMES: RecordFile(folder / FRAMES, False, SOUND_SYNC_S),
            MARKS: RecordFile(folder / MARKS, False, SOUND_SYNC_S),
            **{
                f"{track}{PEAKS}": RecordFile(folder / f"{track}{PEAKS}", False, SOUND_SYNC_S)
                for track in TRACKS
            },
            JOURNAL: RecordFile(folder / JOURNAL, False, SYNC_S),
        }
        self._outlines = {track: OutlinePart() for track in TRACKS}
        self._pending: dict[str, list[bytes]] = {name: [] for name in self._files}
        self._sizes = dict.fromkeys(self._files, 0)
        self._lost = {JOURNAL: 0, FRAMES: 0, MARKS: 0}
        self._sound_wanted = False
        self.full = False
        """Whether a file, or the sound, has become as long as it may be."""

    def add(self, items: Sequence[Item]) -> None:
        """Take these; `flush` writes them."""
        for item in items:
            match item:
                case (frame, t_us, sound):
                    self._sound_wanted = sound
                    self._append(FRAMES, frame_line.line_of(frame, t_us, self._place))
                case Mark():
                    self._append(MARKS, _encoder.encode(item) + b"\n")
                case SessionInfo():
                    self._session = msgspec.json.format(_encoder.encode(item)) + b"\n"
                case Mapping():
                    last = item.get("type") in ("ended", "lost")
                    self._append(JOURNAL, encoded(item), last=last)

    def add_lost(self, queue: RecordingQueue) -> None:
        """Write down how many the queue had no room for since the last time."""
        now = {JOURNAL: queue.lost_records, FRAMES: queue.lost_frames, MARKS: queue.lost_marks}
        for name, count in now.items():
            if new := count - self._lost[name]:
                record = {"type": "lost", "count": new} if name == JOURNAL else {"lost": new}
                self._append(name, _encoder.encode(record) + b"\n", last=True)
        self._lost = now

    def flush(self) -> None:
        """Hand everything to the system. Raises OSError; what was not written is written the next time."""
        for track, outline in self._outlines.items():
            if data := outline.take():
                self._pending[f"{track}{PEAKS}"].append(data)
        waiting = self._session or any(self._pending.values())
        if waiting and not self._claimed:
            self._claim()
        failed: OSError | None = None
        for name, file in self._files.items():
            data = b"".join(self._pending[name])
            self._pending[name].clear()
            try:
                file.write(data)
            except OSError as exc:
                failed = failed or exc
        if failed:
            raise failed
        if self._session:
            atomic_file.write(self._folder / SESSION, self._session, private=True)
            self._session = b""

    def sync_in_s(self) -> float | None:
        """Seconds until a file has to be synced; None when everything is on the disk."""
        due = [left for file in self._files.values() if (left := file.sync_in_s()) is not None]
        return min(due, default=None)

    def sync(self) -> None:
        """Sync them to the disk. Raises OSError, also when somebody has deleted one."""
        for file in self._files.values():
            file.sync()

    def close(self) -> None:
        """Close those that are open."""
        for file in self._files.values():
            file.close()

    def _claim(self) -> None:
        """Make the folder, and `session.json` in it: whose it is. Raises OSError, also if it is another's."""
        atomic_file.make_folder(self._folder.parent)
        try:
            self._folder.mkdir(mode=0o700)
        except FileExistsError:
            if is_anothers(self._folder) or any(self._folder.iterdir()):
                words = "the folder isn't empty, or isn't yours alone"
                raise FileExistsError(errno.EEXIST, words, str(self._folder)) from None
        os.close(os.open(self._folder / SESSION, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        self._claimed = True

    def _append(self, name: str, line: bytes, *, last: bool = False) -> None:
        self._sizes[name] += len(line)
        if self._sizes[name] > MOST_BYTES[name] and not last:
            self.full = True
        else:
            self._pending[name].append(line)

    def _place(self, track: Track, audio: bytes) -> int | None:
        if not self._sound_wanted:
            return None
        name = f"{track}{RAW}"
        offset = self._sizes[name]
        if sum(self._sizes[f"{each}{RAW}"] for each in TRACKS) + len(audio) > MOST_SOUND:
            self.full = True
            return None
        self._sizes[name] += len(audio)
        self._pending[name].append(audio)
        self._outlines[track].add(audio)
        return offset


def is_anothers(folder: Path) -> bool:
    """Whether somebody else has made this folder, or the link in its place, or all may write in it.

    Raises OSError where there is none.
    """
    if not hasattr(os, "getuid"):
        return False
    link, aim = folder.lstat(), folder.stat()
    return {link.st_uid, aim.st_uid} != {os.getuid()} or bool(aim.st_mode & stat.S_IWOTH)
