"""The folder of conversations: list, search, delete, restore, prune. All of it blocks.

Only files with a name made by `journal.new_name` are touched: the folder may have files of the user's.
"""

from __future__ import annotations

import logging
import os
import re
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from desktop.base import file_lock
from desktop.recording import clock_check, journal
from desktop.recording.journal import Ended, StoredConversation

log = logging.getLogger(__name__)

_OURS = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}\.jsonl")
_KEPT = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}(\.frames)?\.jsonl")
DELETED = ".deleted"
"""Added to the name of a deleted file that can still be restored."""
TITLE = 120
"""Characters of the first words that are a conversation's title."""
UNDO_S = 3_600
"""How long a deleted file can be restored, by another window of the program too."""
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """A conversation in a list. `open` while some program writes it."""

    path: Path
    at: datetime
    title: str
    model: str
    lines: int
    cut_short: bool = False
    open: bool = False


def summaries(folder: Path) -> list[ConversationSummary]:
    """All conversations with words, the newest first. Raises OSError if the folder can't be read."""
    return [found for stored in _all(folder) if (found := summary(stored))]


def search(folder: Path, needle: str) -> set[Path]:
    """The conversations with all these words, in lines or tool calls; case doesn't matter."""
    words = needle.casefold().split()
    found = set()
    for stored in _all(folder):
        text = _text(stored)
        if all(word in text for word in words):
            found.add(stored.path)
    return found


def goes_on(stored: StoredConversation) -> bool:
    """Whether a program is still writing it."""
    return stored.cut_short and _is_held(stored.path)


def last_cut_short(folder: Path) -> StoredConversation | None:
    """The newest conversation that no program is writing, if it was cut short."""
    for stored in _all(folder):
        if summary(stored) and not _is_held(stored.path):
            return stored if stored.cut_short else None
    return None


def settle(path: Path) -> None:
    """Mark a conversation as cut short, so that it isn't offered again. Raises OSError."""
    times = path.stat()
    ended = msgspec.json.encode(Ended(at=datetime.now(UTC), cut_short=True))
    with path.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        # The last line may be unfinished.
        file.write(b"\n" + ended + b"\n")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def delete(path: Path) -> bool:
    """Delete a conversation and its frames; False while it goes on. Raises OSError.

    `restore` undoes it until `forget`.
    """
    if file_lock.is_held(path):
        return False
    for each in _with_frames(path):
        if each.exists():
            each.rename(each.with_name(each.name + DELETED))
    return True


def restore(path: Path) -> None:
    """Restore a deleted conversation. Raises OSError."""
    for each in _with_frames(path):
        gone = each.with_name(each.name + DELETED)
        if gone.exists():
            gone.rename(each)


def forget(path: Path) -> None:
    """Remove a deleted conversation for good. Raises OSError."""
    for each in _with_frames(path):
        each.with_name(each.name + DELETED).unlink(missing_ok=True)


def purge(folder: Path, now: float | None = None) -> None:
    """Remove for good what was deleted more than `UNDO_S` ago. Raises OSError."""
    oldest = (time.time() if now is None else now) - UNDO_S
    for path in _listed(folder):
        ours = path.name.endswith(DELETED) and _KEPT.fullmatch(path.name.removesuffix(DELETED))
        if ours and (found := _file_status(path)) and found.st_ctime < oldest:
            path.unlink(missing_ok=True)


def prune(folder: Path, keep_days: int, now: float | None = None) -> int:
    """Remove files older than so many days, none for 0; the number removed. Raises OSError.

    None either while the computer's clock can't be believed.
    """
    found = {path: _file_status(path) for path in _listed(folder) if _KEPT.fullmatch(path.name)}
    written = {path: status.st_mtime for path, status in found.items() if status}
    if keep_days <= 0 or not written:
        return 0
    now = time.time() if now is None else now
    if not clock_check.is_trusted(folder, now, max(written.values())):
        return 0
    old = [path for path, at in written.items() if at < now - keep_days * DAY_S]
    gone = [path for path in old if not file_lock.is_held(path)]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _is_held(path: Path) -> bool:
    try:
        return file_lock.is_held(path)
    except OSError:
        return False


def _file_status(path: Path) -> os.stat_result | None:
    """A file's status; None for what is no file, or is gone."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def _with_frames(path: Path) -> tuple[Path, Path]:
    return path, path.with_name(path.name.removesuffix(journal.SUFFIX) + journal.FRAMES_SUFFIX)


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []


def _files(folder: Path) -> list[Path]:
    """The conversations, newest first: their names sort by time."""
    return sorted((path for path in _listed(folder) if _OURS.fullmatch(path.name)), reverse=True)


def _all(folder: Path) -> Iterator[StoredConversation]:
    for path in _files(folder):
        try:
            yield journal.read(path)
        except OSError as exc:
            log.info("%s can't be read: %s", path.name, exc.strerror)


def summary(stored: StoredConversation) -> ConversationSummary | None:
    """The conversation's summary; None if nobody has said anything."""
    spoken = [line for line in stored.lines if line.speaker in ("user", "assistant")]
    if not spoken:
        return None
    titles = [line.text for line in sorted(spoken, key=lambda line: line.speaker != "user") if line.text]
    is_open = goes_on(stored)
    return ConversationSummary(
        path=stored.path,
        at=stored.began_at,
        title=" ".join(titles[0].split())[:TITLE] if titles else "",
        model=stored.began.model if stored.began else "",
        lines=len(spoken),
        cut_short=not is_open and (stored.ended is None or stored.ended.cut_short),
        open=is_open,
    )


def _text(stored: StoredConversation) -> str:
    texts = [line.text for line in stored.lines]
    for call in stored.calls:
        texts += [call.name, msgspec.json.encode([call.arguments, call.result]).decode()]
    return "\n".join(texts).casefold()
