"""Makes shared zips for the window: first what one would hold, then the file. All of it in a thread."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.base.atomic_file import CLOSE_S
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.base.visible_text import visible_line
from desktop.recording.export_controller import NOT_WRITTEN
from desktop.recording.share import bundle
from desktop.recording.share.bundle import Bundle
from desktop.recording.share.identity import this_identity
from desktop.recording.share.redactor import KINDS
from desktop.viewmodels.share_preview import SharePreview

log = logging.getLogger(__name__)

SHARED = Text("shared", "Saved as {file}. Look through its report before you hand it on.")
NOT_SHARED = Text("not-shared", "This recording can't be read ({reason}).")


class ShareController(QObject):
    """One recording at a time, known by the path of its journal. `close` before the loop ends."""

    prepared = Signal(SharePreview)
    written = Signal(Message)
    failed = Signal(Message)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked = 0
        """How often something was asked: only what was asked last is answered."""
        self._made: Bundle | None = None
        self._tasks = TaskSet()
        self._writing = TaskSet()

    def prepare(self, key: str, sound: bool) -> None:
        """Look what the zip would hold: answered by `prepared`. What was asked before isn't answered."""
        self.forget()
        self._tasks.spawn(self._prepare(key, sound, self._asked), name="share")

    def write(self, path: Path) -> None:
        """Write what was prepared last: answered by `written`."""
        if self._made:
            self._writing.spawn(self._write(self._made, bundle.with_ending(path)), name="share")

    def forget(self) -> None:
        """The user is done with it: what was prepared isn't kept any longer."""
        self._asked, self._made = self._asked + 1, None

    async def close(self) -> None:
        """Begin nothing more, and wait for the file that is being written."""
        self._tasks.cancel()
        if not await self._writing.join(CLOSE_S):
            log.warning("the program ends before a file was written")
        self._writing.cancel()

    async def _prepare(self, key: str, sound: bool, asked: int) -> None:
        try:
            made = await in_daemon(lambda: bundle.prepare(Path(key).parent, this_identity(), sound=sound))
        except OSError as exc:
            if asked == self._asked:
                self.failed.emit(NOT_SHARED(reason=exc.strerror or str(exc)))
            return
        if asked == self._asked:
            self._made = made
            self.prepared.emit(preview_of(made))

    async def _write(self, made: Bundle, path: Path) -> None:
        file = visible_line(path.name)
        try:
            await in_daemon(lambda: bundle.write(made, path))
        except OSError as exc:
            self.failed.emit(NOT_WRITTEN(file=file, reason=exc.strerror or str(exc)))
            return
        self.written.emit(SHARED(file=file))


def preview_of(made: Bundle) -> SharePreview:
    """A bundle as the window shows it."""
    return SharePreview(
        made.name,
        tuple((part.name, part.size) for part in made.parts),
        tuple((kind, count) for kind in KINDS if (count := made.redacted.get(kind, 0))),
        sound=made.sound,
        has_sound=made.has_sound,
        damaged=made.damaged,
    )
