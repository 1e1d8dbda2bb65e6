"""The window's recorder: what becomes of a recording comes back as signals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.base.message import Message, Text
from desktop.recording.folder.recorder import Recorder, Wanted

CONVERSATION_NOT_WRITTEN = Text(
    "conversation-not-written",
    "This conversation can't be saved ({reason}). It continues anyway.",
)


class FolderRecorder(QObject):
    """Owns the `recorder`, which takes what happens."""

    kept = Signal(str)
    """The file that the frames are written to from now on; empty: to none."""
    failed = Signal(Message)
    """Once for each conversation that can't be written; it goes on."""
    recovered = Signal()
    """What could not be written is written now."""
    _went_wrong = Signal(str)

    def __init__(
        self,
        folder: Callable[[], Path | None],
        wanted: Callable[[], Wanted],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.recorder = Recorder(
            folder,
            wanted,
            kept=lambda path: self.kept.emit(str(path or "")),
            failed=self._on_failed,
            recovered=self.recovered.emit,  # in the writing thread; the signal leads to the GUI's
        )
        self._went_wrong.connect(self._on_went_wrong)

    def _on_failed(self, exc: OSError) -> None:
        # Called in the writing thread; the signal leads to the GUI's.
        self._went_wrong.emit(exc.strerror or str(exc))

    def _on_went_wrong(self, reason: str) -> None:
        self.failed.emit(CONVERSATION_NOT_WRITTEN(reason=reason))
