"""The conversation and its times as files, where the user wants them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.redaction import redact
from desktop.recording import export
from desktop.viewmodels import timing
from desktop.viewmodels.timing import TimingModel
from desktop.viewmodels.transcript import TranscriptModel

SAVED = Text("saved", "Saved as {file}.")
NOT_WRITTEN = Text("not-written", "{file} can't be written ({reason}). Choose another place.")


class ExportController(QObject):
    """Asks for a place beside the window, never in its way, and writes the file without holding it up."""

    said = Signal(bool, Message)
    """Whether a file was written, and the sentence about it."""

    def __init__(self, transcript: TranscriptModel, times: TimingModel, window: QWidget) -> None:
        super().__init__(window)
        self._transcript = transcript
        self._timing = times
        self._window = window
        self._tasks: set[asyncio.Task[None]] = set()

    def export_conversation(self) -> None:
        """Ask where the conversation shall go; the file's ending says as what."""
        dialog = self._dialog(self.tr("Export conversation"), f"conversation {_stamp()}.md")
        filters = {
            ".md": self.tr("Markdown (*.md)"),
            ".txt": self.tr("Plain text (*.txt)"),
            ".json": self.tr("JSON (*.json)"),
            ".srt": self.tr("Subtitles (*.srt)"),
        }
        dialog.setNameFilters([filters[ending] for ending in export.FORMATS])
        by_filter = {words: ending for ending, words in filters.items()}

        def rename(chosen: str) -> None:
            name = Path(next(iter(dialog.selectedFiles()), "conversation"))
            dialog.selectFile(name.with_suffix(by_filter[chosen]).name)

        dialog.filterSelected.connect(rename)
        dialog.fileSelected.connect(lambda path: self.write_conversation(Path(path)))
        dialog.show()

    def export_times(self) -> None:
        """Ask where the times of the turns shall go, as CSV."""
        dialog = self._dialog(self.tr("Export times"), f"times {_stamp()}.csv")
        dialog.setNameFilters([self.tr("CSV (*.csv)")])
        dialog.fileSelected.connect(lambda path: self.write_times(Path(path)))
        dialog.show()

    def write_conversation(self, path: Path) -> None:
        """Write the conversation as what the path's ending says, else as Markdown."""
        if path.suffix.lower() not in export.FORMATS:
            path = path.with_name(path.name + ".md")
        lines = list(self._transcript.lines)
        make = export.FORMATS[path.suffix.lower()]
        self._write(path, lambda: make(lines))

    def write_times(self, path: Path) -> None:
        """Write the times of the turns as CSV."""
        turns = list(self._timing.turns)
        self._write(path, lambda: timing.to_csv(turns))

    def _write(self, path: Path, text: Callable[[], str]) -> None:
        task = asyncio.create_task(self._written(path, text))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _written(self, path: Path, text: Callable[[], str]) -> None:
        try:
            await in_daemon(lambda: _replace(path, text()))
        except OSError as exc:
            self.said.emit(False, NOT_WRITTEN(file=path.name, reason=exc.strerror or str(exc)))
            return
        self.said.emit(True, SAVED(file=path.name))

    def _dialog(self, title: str, name: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.setModal(False)  # the talk key goes on working in the window
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(name)
        dialog.finished.connect(dialog.deleteLater)
        return dialog


def _stamp() -> str:
    return f"{datetime.now():%Y-%m-%d %H-%M}"


def _replace(path: Path, text: str) -> None:
    """All or nothing: a full disk leaves what was there."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(redact(text), encoding="utf-8", newline="")
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
