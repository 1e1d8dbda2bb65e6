"""What was talked about before: offered after a crash, listed, searched, exported, deleted, kept for so long.

The window's side of `conversation_store`: its work is done in a thread, one task after the other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.base.daemon_thread import in_daemon
from desktop.base.task_set import TaskSet
from desktop.recording import conversation_store, export_file
from desktop.recording.conversation_store import Summary
from desktop.recording.journal import LineRecord, Stored, read
from desktop.viewmodels.history import Entry, HistoryModel, Mark, when
from desktop.viewmodels.transcript import CUT_SHORT, Line, Speaker, ToolCard, TranscriptModel

if TYPE_CHECKING:
    from desktop.ui.dialogs.history_dialog import HistoryDialog

log = logging.getLogger(__name__)

T = TypeVar("T")
CLOSE_S = 2.0
_SPEAKERS: dict[str, Speaker] = {"user": "user", "assistant": "assistant", "tool": "tool"}


class HistoryController(QObject):
    """The conversations in a folder. `folder` may change; it need not be there."""

    cut_short_found = Signal()
    """The last conversation was cut short: answer with `show_last` or `dismiss_last`."""
    opened = Signal(QObject)
    """The dialog was made: its talk key is to be heard."""

    def __init__(
        self,
        transcript: TranscriptModel,
        folder: Callable[[], Path],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._transcript, self._folder, self._window = transcript, folder, window
        self._cut: Stored | None = None
        self._dialog: HistoryDialog | None = None
        self._deleted: Entry | None = None
        self._one_by_one = asyncio.Lock()
        self._tasks = TaskSet()

    # At the start

    async def start(self, keep_days: int) -> None:
        """Remove what was kept for long enough, and look whether the last conversation was cut short."""
        folder = self._folder()

        def look() -> Stored | None:
            conversation_store.prune(folder, keep_days)
            conversation_store.purge(folder)
            return conversation_store.last_cut_short(folder)

        try:
            self._cut = await self._off(look)
        except OSError as exc:
            log.info("the conversations can't be looked at: %s", exc)
            return
        if self._cut:
            self.cut_short_found.emit()

    def show_last(self) -> None:
        """Show the lines of the conversation that was cut short above those of this one."""
        if self._cut:
            words = self.tr("Up to here: the conversation of {0}, which was cut short.")
            end = Line("system")
            end.spoken.add(words.format(when(self._cut.began_at)), 0)
            self._transcript.put_above([*to_lines(self._cut), end])
        self.dismiss_last()

    def dismiss_last(self) -> None:
        """Offer it no more; it stays in the history."""
        cut, self._cut = self._cut, None
        if cut:
            self._tasks.spawn(self._done(lambda: conversation_store.settle(cut.path)))

    # The list

    def open(self) -> None:
        """Open the list, or bring it to the front."""
        if self._dialog is None:
            self._dialog = self._made()
            self.opened.emit(self._dialog)
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()
        self._dialog.field.setFocus()
        self._tasks.spawn(self._list())

    async def close(self) -> None:
        """Begin nothing any more."""
        await self._tasks.close(CLOSE_S)

    def _made(self) -> HistoryDialog:
        from desktop.ui.dialogs.history_dialog import HistoryDialog  # 20 ms of start-up that only this needs

        dialog = HistoryDialog(HistoryModel(self), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.destroyed.connect(self._on_destroyed)
        dialog.search_requested.connect(lambda needle: self._tasks.spawn(self._search(needle)))
        dialog.open_requested.connect(lambda key: self._tasks.spawn(self._show(key)))
        dialog.export_requested.connect(lambda key, path: self._tasks.spawn(self._export(key, path)))
        dialog.delete_requested.connect(self._on_delete_requested)
        dialog.undo_requested.connect(self._on_undo_requested)
        dialog.ended.connect(self._forget)
        return dialog

    def _on_destroyed(self) -> None:
        self._dialog = None

    async def _list(self) -> None:
        folder = self._folder()
        try:
            found = await self._off(lambda: conversation_store.summaries(folder))
        except OSError as exc:
            self._complain(self.tr("The folder of the conversations can't be read ({0})."), exc)
            found = []
        if self._dialog:
            self._dialog.show_entries([to_entry(summary) for summary in found])

    async def _search(self, needle: str) -> None:
        folder = self._folder()
        try:
            found = await self._off(lambda: conversation_store.search(folder, needle))
        except OSError as exc:
            self._complain(self.tr("The folder of the conversations can't be read ({0})."), exc)
            return
        if self._dialog:
            self._dialog.show_found(needle, {str(path) for path in found})

    async def _show(self, key: str) -> None:
        try:
            stored = await self._off(lambda: read(Path(key)))
            goes_on = await self._off(lambda: conversation_store.goes_on(stored))
        except OSError as exc:
            self._complain(self.tr("This conversation can't be read ({0})."), exc)
            return
        if self._dialog:
            self._dialog.show_lines(key, to_lines(stored, over=not goes_on), self._told(stored))

    async def _export(self, key: str, path: Path) -> None:
        path = export_file.with_ending(path)
        try:
            await self._off(lambda: export_file.write_conversation(path, to_lines(read(Path(key)))))
        except OSError as exc:
            self._complain(self.tr("The file can't be written ({0}). Choose another place."), exc)
            return
        if self._dialog:
            self._dialog.say(self.tr("Saved as {0}.").format(path.name))

    # Deleting

    def _on_delete_requested(self, key: str) -> None:
        self._forget()
        self._tasks.spawn(self._delete(key))

    async def _delete(self, key: str) -> None:
        path = Path(key)
        try:
            stored, gone = await self._off(lambda: (read(path), conversation_store.delete(path)))
        except OSError as exc:
            self._complain(self.tr("This conversation can't be deleted ({0})."), exc)
            await self._list()
            return
        summary = conversation_store.summary(stored)
        self._deleted = to_entry(summary) if summary and gone else None
        if self._cut and self._cut.path == path:
            self._cut = None
        if not gone:
            await self._list()

    def _on_undo_requested(self) -> None:
        self._tasks.spawn(self._undo())

    async def _undo(self) -> None:
        async with self._one_by_one:  # it may still be on its way out
            entry, self._deleted = self._deleted, None
        if entry is None:
            return
        try:
            await self._off(lambda: conversation_store.restore(Path(entry.key)))
        except OSError as exc:
            self._complain(self.tr("This conversation can't be brought back ({0})."), exc)
            return
        if self._dialog:
            self._dialog.put_back(entry)
            self._dialog.say(self.tr("It is back."))

    def _forget(self) -> None:
        entry, self._deleted = self._deleted, None
        if entry:
            self._tasks.spawn(self._done(lambda: conversation_store.forget(Path(entry.key))))

    # Work

    def _told(self, stored: Stored) -> str:
        if stored.newer:
            return self.tr("A later version has written this: not all of it may be shown.")
        if stored.damaged or stored.lost:
            return self.tr("Some lines of this conversation could not be kept.")
        return ""

    def _complain(self, words: str, exc: OSError) -> None:
        log.info("%s", exc)
        if self._dialog:
            self._dialog.say(words.format(exc.strerror or exc), problem=True)

    async def _done(self, work: Callable[[], object]) -> None:
        try:
            await self._off(work)
        except OSError as exc:
            log.info("%s", exc)

    async def _off(self, work: Callable[[], T]) -> T:
        async with self._one_by_one:
            return await in_daemon(work)


def to_entry(summary: Summary) -> Entry:
    """A conversation as the list shows it."""
    mark: Mark = "open" if summary.open else "cut short" if summary.cut_short else ""
    return Entry(str(summary.path), summary.at, summary.title, summary.model, summary.lines, mark)


def to_lines(stored: Stored, *, over: bool = True) -> list[Line]:
    """The lines of a conversation as the transcript shows them; `over` unless it goes on."""
    return [_to_line(record, over) for record in stored.lines]


def _to_line(record: LineRecord, over: bool) -> Line:
    cut = CUT_SHORT if record.growing and over else ""
    line = Line(_SPEAKERS.get(record.speaker, "system"), at=record.at, note=cut or record.note)
    line.spoken.add(record.text, 0)
    line.heard, line.sounded_at, line.ended_at = record.heard, record.sounded_at, record.ended_at
    if line.speaker == "tool":
        state = CUT_SHORT if record.state == "running" and over else record.state
        line.tool = ToolCard(record.call_id, state, record.duration_ms or 0.0)
    return line
