"""Asks where a file is to be written, without blocking the window."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.ui.common.work_area import WorkAreaGuard


def documents() -> str:
    """The user's folder of documents; their home, where there is none."""
    place = QStandardPaths.StandardLocation
    found = QStandardPaths.writableLocation(place.DocumentsLocation)
    return found if found and Path(found).is_dir() else QStandardPaths.writableLocation(place.HomeLocation)


class SaveDialog(QFileDialog):
    """A file dialog that is not modal, so that the talk key still works. It deletes itself."""

    path_chosen = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(False)
        WorkAreaGuard(self)
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._endings: dict[str, str] = {}
        self.setDirectory(documents())
        self.filterSelected.connect(self._on_filter_selected)
        self.fileSelected.connect(lambda path: self.path_chosen.emit(Path(path)))
        self.finished.connect(self.deleteLater)

    def offer(self, name: str, filters: Mapping[str, str]) -> None:
        """Suggest this file name; `filters` has the words for each ending, such as `.md`."""
        self._endings = {words: ending for ending, words in filters.items()}
        self.setNameFilters(list(filters.values()))
        self.selectFile(name)

    def start_in(self, folder: str) -> None:
        """Suggest this folder."""
        self.setDirectory(folder)

    def _on_filter_selected(self, words: str) -> None:
        name = Path(next(iter(self.selectedFiles()), "file"))
        self.selectFile(name.with_suffix(self._endings[words]).name)
