"""The folder of conversations: list, search, delete, restore, prune. All of it blocks.

A conversation is known by the path of its journal, which lies in its recording's folder; of older versions
it is a file of its own.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from desktop.base.message import Message
from desktop.recording import clock_check, conversation_files, journal
from desktop.recording.conversation_files import DELETED, recording_of
from desktop.recording.folder.reader import is_recording, open_recording
from desktop.recording.journal import Ended, StoredConversation

log = logging.getLogger(__name__)

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
    size: int = 0
    """Bytes of all that is kept of it."""
    sound: bool = False
    """Whether its sound was recorded."""


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


def read(path: Path) -> StoredConversation:
    """A conversation; without a line where its recording has no words. Raises OSError."""
    folder = recording_of(path)
    if folder and not path.exists() and is_recording(folder):
        return StoredConversation(path)
    return journal.read(path)


def missing(path: Path) -> Message | None:
    """What of its recording can't be read, in one sentence; None where nothing is missing."""
    folder = recording_of(path)
    if folder is None or not is_recording(folder) or _is_held(path):
        return None
    return open_recording(folder).missing()


def delete(path: Path) -> bool:
    """Delete a conversation with its frames and its sound; False while it goes on. Raises OSError.

    `restore` undoes it until `forget`.
    """
    if conversation_files.is_held(path):
        return False
    for each in conversation_files.parts_of(path):
        if each.exists():
            each.rename(each.with_name(each.name + DELETED))
    return True


def restore(path: Path) -> None:
    """Restore a deleted conversation. Raises OSError."""
    for each in conversation_files.parts_of(path):
        gone = each.with_name(each.name + DELETED)
        if gone.exists():
            gone.rename(each)


def forget(path: Path) -> None:
    """Remove a deleted conversation for good. Raises OSError."""
    parts = conversation_files.parts_of(path)
    conversation_files.remove(each.with_name(each.name + DELETED) for each in parts)


def purge(folder: Path, now: float | None = None) -> None:
    """Remove for good what was deleted more than `UNDO_S` ago. Raises OSError."""
    oldest = (time.time() if now is None else now) - UNDO_S
    conversation_files.remove(conversation_files.deleted_before(folder, oldest))


def prune(folder: Path, keep_days: int, now: float | None = None) -> int:
    """Remove what is older than so many days, nothing for 0; the number removed. Raises OSError.

    Nothing either while the computer's clock can't be believed.
    """
    found = conversation_files.kept(folder)
    if keep_days <= 0 or not found:
        return 0
    now = time.time() if now is None else now
    if not clock_check.is_trusted(folder, now, max(one.written for one in found)):
        return 0
    old = [one.path for one in found if one.written < now - keep_days * DAY_S]
    gone = [path for path in old if not conversation_files.is_in_use(path)]
    conversation_files.remove(gone)
    return len(gone)


def limit(folder: Path, most_bytes: int) -> int:
    """Remove the oldest until no more than this is left, none for 0; the number removed. Raises OSError.

    One that goes on stays, and so does the newest.
    """
    found = sorted(conversation_files.kept(folder), key=lambda one: one.written)
    size, gone = sum(one.size for one in found), 0
    for one in found[:-1]:
        if most_bytes <= 0 or size <= most_bytes:
            break
        if not conversation_files.is_in_use(one.path):
            conversation_files.remove([one.path])
            size -= one.size
            gone += 1
    return gone


def _is_held(path: Path) -> bool:
    try:
        return conversation_files.is_held(path)
    except OSError:
        return False


def _all(folder: Path) -> Iterator[StoredConversation]:
    for path in conversation_files.journals(folder):
        try:
            yield read(path)
        except OSError as exc:
            log.info("%s can't be read: %s", path.name, exc.strerror)


def summary(stored: StoredConversation) -> ConversationSummary | None:
    """The conversation's summary; None if nobody has said anything, and nothing was heard."""
    spoken = [line for line in stored.lines if line.speaker in ("user", "assistant")]
    folder = recording_of(stored.path)
    recording = open_recording(folder) if folder and is_recording(folder) else None
    if not spoken and not (recording and recording.has_sound):
        return None
    titles = [line.text for line in sorted(spoken, key=lambda line: line.speaker != "user") if line.text]
    is_open = goes_on(stored)
    return ConversationSummary(
        path=stored.path,
        at=stored.began_at,
        title=" ".join(titles[0].split())[:TITLE] if titles else "",
        model=stored.began.model if stored.began else recording.model if recording else "",
        lines=len(spoken),
        cut_short=bool(spoken) and not is_open and (stored.ended is None or stored.ended.cut_short),
        open=is_open,
        size=conversation_files.size_of(stored.path),
        sound=recording is not None and recording.has_sound,
    )


def _text(stored: StoredConversation) -> str:
    texts = [line.text for line in stored.lines]
    for call in stored.calls:
        texts += [call.name, msgspec.json.encode([call.arguments, call.result]).decode()]
    return "\n".join(texts).casefold()
