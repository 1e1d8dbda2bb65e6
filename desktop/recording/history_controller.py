"""Earlier conversations: offered after a crash, listed, searched, exported, deleted, and removed when old.

The window's side of `conversation_store`: its work is done in a thread, one task after the other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.base.atomic_file import CLOSE_S
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.base.visible_text import visible_line
from desktop.recording import conversation_store, export_file
from desktop.recording.background import Background, SessionUsed
from desktop.recording.conversation_files import recording_of
from desktop.recording.conversation_store import ConversationSummary
from desktop.recording.export_controller import SAVED
from desktop.recording.folder.packing import pack_aside, unpacked
from desktop.recording.journal import StoredConversation
from desktop.recording.stored_lines import calls_of_stored, to_lines
from desktop.viewmodels.dates import moment
from desktop.viewmodels.history_model import HistoryEntry, HistoryMark
from desktop.viewmodels.response_end import ResponseEnd
from desktop.viewmodels.transcript_line import Line
from desktop.viewmodels.transcript_model import TranscriptModel
from desktop.viewmodels.wording import worded

log = logging.getLogger(__name__)

T = TypeVar("T")
UP_TO_HERE = Text("up-to-here", "Up to here: the conversation from {date}, which was cut short.")
FOLDER_NOT_READ = Text("folder-not-read", "The conversations folder can't be read ({reason}).")
CONVERSATION_NOT_READ = Text("conversation-not-read", "This conversation can't be read ({reason}).")
EXPORT_NOT_WRITTEN = Text("export-not-written", "The file can't be written ({reason}). Choose another place.")
CONVERSATION_NOT_DELETED = Text("conversation-not-deleted", "This conversation can't be deleted ({reason}).")
CONVERSATION_NOT_RESTORED = Text(
    "conversation-not-restored", "This conversation can't be restored ({reason})."
)
CONVERSATION_RESTORED = Text("conversation-restored", "Restored.")
FROM_LATER_VERSION = Text("from-later-version", "A later version wrote this: some of it may not be shown.")
LINES_LOST = Text("lines-lost", "Some lines of this conversation could not be saved.")

GB = 1_000_000_000
CANCEL_S = 2.0
"""How long to wait for tasks that were cancelled."""


class HistoryController(QObject):
    """The conversations in a folder. `folder` may change; it need not be there. `close` before the loop ends.

    What is asked for by a slot comes back as a signal, as soon as the files allow.
    """

    cut_short_found = Signal()
    """The last conversation was cut short: answer with `show_last` or `dismiss_last`."""
    cut_short_gone = Signal()
    """That conversation was deleted in the history: there is nothing to offer any more."""
    listed = Signal(object)
    """A list with the `HistoryEntry` of every conversation there is."""
    found = Signal(str, object)
    """What was searched for, and the set of the keys of the conversations that contain it."""
    conversation_read = Signal(str, object, object)
    """A conversation's key, the list of its lines and a message about them, or None."""
    remarked = Signal(str, Message)
    """A conversation's key, and what of its recording can't be read."""
    restored = Signal(object)
    """The `HistoryEntry` of a deleted conversation: it is back."""
    notified = Signal(Message)
    """Something was done."""
    failed = Signal(Message)
    """Something could not be done, and why."""

    def __init__(
        self, transcript: TranscriptModel, folder: Callable[[], Path], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._transcript, self._folder = transcript, folder
        self._cut: StoredConversation | None = None
        self._deleted: HistoryEntry | None = None
        self._one_by_one = asyncio.Lock()
        self._tasks = TaskSet()
        self._exports = TaskSet()

    # At the start

    async def start(self, keep_days: int, most_gb: int = 0) -> None:
        """Remove conversations older than `keep_days`, and the oldest beyond `most_gb`; see whether the last
        one was cut short. 0 is no limit.
        """
        folder = self._folder()

        def look() -> StoredConversation | None:
            return conversation_store.last_cut_short(folder)

        # One that fails, on a full disk for instance, must not keep the others from being done.
        await self._done(lambda: conversation_store.prune(folder, keep_days))
        await self._done(lambda: conversation_store.purge(folder))
        await self._done(lambda: conversation_store.limit(folder, most_gb * GB))
        await self._done(lambda: pack_aside(*unpacked(folder)))
        try:
            self._cut = await self._in_thread(look)
        except OSError as exc:
            log.info("the conversations can't be looked at: %s", exc)
            return
        if self._cut:
            self.cut_short_found.emit()

    def show_last(self) -> None:
        """Show the lines of the conversation that was cut short above those of this one."""
        if self._cut:
            message = UP_TO_HERE(date=moment(self._cut.began_at))
            end = Line("system", message=message)
            end.spoken.add(worded(message), 0)
            self._transcript.put_above([*to_lines(self._cut), end])
        self.dismiss_last()

    def dismiss_last(self) -> None:
        """Don't offer it again; it stays in the history."""
        cut, self._cut = self._cut, None
        if cut:
            self._tasks.spawn(self._done(lambda: conversation_store.settle(cut.path)))

    # The list

    def list_conversations(self) -> None:
        """Ask for all of them: answered by `listed`."""
        self._tasks.spawn(self._list())

    def search(self, needle: str) -> None:
        """Ask which contain these words: answered by `found`."""
        self._tasks.spawn(self._search(needle))

    def read_conversation(self, key: str) -> None:
        """Ask for the lines of one: answered by `conversation_read`."""
        self._tasks.spawn(self._read(key))

    def export_conversation(self, key: str, path: Path) -> None:
        """Write one as a file, in the format of the path's ending, else as Markdown."""
        self._exports.spawn(self._export(key, path), name="export")

    async def close(self) -> None:
        """Begin nothing more, and wait for the files that are being written."""
        await self._tasks.close(CANCEL_S)
        if not await self._exports.join(CLOSE_S):
            log.warning("the program ends before a file was written")
        self._exports.cancel()

    async def _list(self) -> None:
        folder = self._folder()
        try:
            found = await self._in_thread(lambda: conversation_store.summaries(folder))
        except OSError as exc:
            self._report_failure(FOLDER_NOT_READ, exc)
            found = []
        self.listed.emit([to_entry(summary) for summary in found])

    async def _search(self, needle: str) -> None:
        folder = self._folder()
        try:
            found = await self._in_thread(lambda: conversation_store.search(folder, needle))
        except OSError as exc:
            self._report_failure(FOLDER_NOT_READ, exc)
            return
        self.found.emit(needle, {str(path) for path in found})

    async def _read(self, key: str) -> None:
        try:
            stored = await self._in_thread(lambda: conversation_store.read(Path(key)))
            goes_on = await self._in_thread(lambda: conversation_store.goes_on(stored))
        except OSError as exc:
            self._report_failure(CONVERSATION_NOT_READ, exc)
            return
        # The words first: an hour's recording takes a second to look through.
        self.conversation_read.emit(key, to_lines(stored, over=not goes_on), self._remark(stored))
        missing = await self._in_thread(lambda: conversation_store.missing(Path(key)))
        if missing:
            self.remarked.emit(key, missing)

    async def _export(self, key: str, path: Path) -> None:
        path = export_file.with_ending(path)
        try:
            await self._in_thread(
                lambda: export_file.write_conversation(path, *document(conversation_store.read(Path(key))))
            )
        except OSError as exc:
            self._report_failure(EXPORT_NOT_WRITTEN, exc)
            return
        self.notified.emit(SAVED(file=visible_line(path.name)))

    # Deleting

    def delete(self, key: str) -> None:
        """Delete one. `undo` brings it back, until another is deleted or `forget_deleted` is called."""
        self.forget_deleted()
        self._tasks.spawn(self._delete(key))

    async def _delete(self, key: str) -> None:
        path = Path(key)
        try:
            stored, gone = await self._in_thread(
                lambda: (conversation_store.read(path), conversation_store.delete(path))
            )
        except OSError as exc:
            self._report_failure(CONVERSATION_NOT_DELETED, exc)
            await self._list()
            return
        summary = conversation_store.summary(stored)
        self._deleted = to_entry(summary) if summary and gone else None
        if self._cut and self._cut.path == path:
            self._cut = None
            self.cut_short_gone.emit()
        if not gone:
            await self._list()

    def undo(self) -> None:
        """Bring back what was deleted last: answered by `restored`."""
        self._tasks.spawn(self._undo())

    async def _undo(self) -> None:
        async with self._one_by_one:  # it may be deleted just now
            entry, self._deleted = self._deleted, None
        if entry is None:
            return
        try:
            await self._in_thread(lambda: conversation_store.restore(Path(entry.key)))
        except OSError as exc:
            self._report_failure(CONVERSATION_NOT_RESTORED, exc)
            return
        self.restored.emit(entry)
        self.notified.emit(CONVERSATION_RESTORED())

    def forget_deleted(self) -> None:
        """Remove for good what was deleted last."""
        entry, self._deleted = self._deleted, None
        if entry:
            self._tasks.spawn(self._done(lambda: conversation_store.forget(Path(entry.key))))

    # Work

    def _remark(self, stored: StoredConversation) -> Message | None:
        if stored.from_later_version:
            return FROM_LATER_VERSION()
        if stored.damaged or stored.lost:
            return LINES_LOST()
        return None

    def _report_failure(self, text: Text, exc: OSError) -> None:
        log.info("%s", exc)
        self.failed.emit(text(reason=exc.strerror or str(exc)))

    async def _done(self, work: Callable[[], object]) -> None:
        try:
            await self._in_thread(work)
        except OSError as exc:
            log.info("%s", exc)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        async with self._one_by_one:
            return await in_daemon(work)


def to_entry(summary: ConversationSummary) -> HistoryEntry:
    """A conversation as the list shows it."""
    mark: HistoryMark = "open" if summary.open else "cut short" if summary.cut_short else ""
    return HistoryEntry(
        str(summary.path),
        summary.at,
        summary.title,
        summary.model,
        summary.lines,
        mark,
        summary.size,
        recorded=recording_of(summary.path) is not None,
    )


def document(stored: StoredConversation) -> tuple[list[Line], Background]:
    """A conversation as it is exported."""
    began = stored.began
    sessions = (SessionUsed(began.at, began.model, began.voice),) if began and began.model else ()
    responses = (ResponseEnd(one.at, one.response, one.outcome, one.usage) for one in stored.responses)
    return to_lines(stored), Background(sessions, calls_of_stored(stored), tuple(responses))
