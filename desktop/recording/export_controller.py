"""Writes the conversation, its times and its frames as files, where the user wants them."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Sequence
from copy import copy
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.base.atomic_file import CLOSE_S
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.base.visible_text import visible_line
from desktop.cost.total import Total
from desktop.recording import export_file, trace_export
from desktop.recording.background import Background, SessionUsed
from desktop.recording.trace_export import Conversation
from desktop.viewmodels import spend_report, timing_model
from desktop.viewmodels.event_record import EventRecord
from desktop.viewmodels.events_model import EventsModel
from desktop.viewmodels.spend_report import SpendReport
from desktop.viewmodels.timing_model import TimingModel
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from desktop.viewmodels.transcript_line import now
from desktop.viewmodels.transcript_model import TranscriptModel

log = logging.getLogger(__name__)

SAVED = Text("saved", "Saved as {file}.")
NOT_WRITTEN = Text("not-written", "{file} can't be written ({reason}). Choose another place.")


class ExportController(QObject):
    """Writes each file without holding up the window. `close` before the loop ends."""

    done = Signal(bool, Message)
    """Whether a file was written, and the message about it."""
    frames_done = Signal(str, str)
    """The name of a file with frames, and why it can't be written; empty if it was."""

    def __init__(
        self,
        transcript: TranscriptModel,
        times: TimingModel,
        events: EventsModel,
        calls: ToolCallsModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._transcript = transcript
        self._timing = times
        self._events = events
        self._calls = calls
        self._sessions: list[SessionUsed] = []
        self._spent: Callable[[], Total] = Total
        self._tasks = TaskSet()
        self._conversation = secrets.token_hex(8)
        """Its id in traces."""

    def use_spend(self, spent: Callable[[], Total]) -> None:
        """Ask this for what the conversation has cost."""
        self._spent = spent

    def add_session(self, model: str, voice: str) -> None:
        """A session with this model and voice was opened."""
        self._sessions.append(SessionUsed(now(), model, voice))

    def begin_conversation(self) -> None:
        """Another conversation begins, in sessions of its own."""
        self._conversation = secrets.token_hex(8)
        self._sessions.clear()

    def background(self) -> Background:
        """What belongs to the conversation besides its lines, as it is now."""
        return Background(
            tuple(self._sessions),
            tuple(map(copy, self._calls.calls)),
            tuple(self._transcript.responses),
            tuple(self._timing.turns),
            {number: total.copy() for number, total in self._timing.costs.items()},
            self._spent().copy(),
        )

    def write_conversation(self, path: Path) -> None:
        """Write the conversation in the format of the path's ending, else as Markdown."""
        path = export_file.with_ending(path)
        lines = list(self._transcript.lines)
        background = self.background()
        self._tasks.spawn(
            self._written(path, lambda: export_file.write_conversation(path, lines, background))
        )

    def write_times(self, path: Path) -> None:
        """Write the times of the turns as the path's ending says, else as CSV."""
        turns, ending = list(self._timing.turns), path.suffix.lower()
        zero_ns = time.time_ns() - time.monotonic_ns()
        calls = tuple(map(copy, self._calls.calls))
        conversation = Conversation(self._conversation, turns, calls, zero_ns)

        def write() -> None:
            text = trace_export.shown_as(ending, conversation)
            export_file.write_text(path, timing_model.to_csv(turns) if text is None else text)

        self._tasks.spawn(self._written(path, write))

    def write_spend(self, path: Path, report: SpendReport) -> None:
        """Write what was spent as CSV."""
        text = spend_report.to_csv(report)
        self._tasks.spawn(self._written(path, lambda: export_file.write_text(path, text)))

    def write_frames(self, path: Path) -> None:
        """Write the frames of the events pane as JSON Lines."""
        self._tasks.spawn(self._write_frames(path, self._events.records()))

    async def close(self, within_s: float = CLOSE_S) -> None:
        """Wait for the files that are being written, and begin no more."""
        if not await self._tasks.join(within_s):
            log.warning("the program ends before a file was written")
        self._tasks.cancel()

    async def _write_frames(self, path: Path, frames: Sequence[EventRecord]) -> None:
        try:
            await in_daemon(lambda: export_file.write_frames(path, frames))
        except OSError as exc:
            self.frames_done.emit(visible_line(path.name), exc.strerror or str(exc))
            return
        self.frames_done.emit(visible_line(path.name), "")

    async def _written(self, path: Path, write: Callable[[], None]) -> None:
        try:
            await in_daemon(write)
        except OSError as exc:
            self.done.emit(False, NOT_WRITTEN(file=visible_line(path.name), reason=exc.strerror or str(exc)))
            return
        self.done.emit(True, SAVED(file=visible_line(path.name)))
