"""The conversation and its times as files, where the user wants them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.recording import export, export_file
from desktop.viewmodels import timing
from desktop.viewmodels.timing import TimingModel
from desktop.viewmodels.transcript import TranscriptModel

CLOSE_S = 2.0

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
        self._tasks = TaskSet()

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
        path = export_file.with_ending(path)
        lines = list(self._transcript.lines)
        self._tasks.spawn(self._written(path, lambda: export_file.write_conversation(path, lines)))

    def write_times(self, path: Path) -> None:
        """Write the times of the turns as CSV."""
        turns = list(self._timing.turns)
        self._tasks.spawn(self._written(path, lambda: export_file.write_text(path, timing.to_csv(turns))))

    async def close(self) -> None:
        """Wait until what was asked for is written, 2 s at most."""
        await self._tasks.join(CLOSE_S)

    async def _written(self, path: Path, write: Callable[[], None]) -> None:
        try:
            await in_daemon(write)
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
