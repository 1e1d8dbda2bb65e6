"""Asks where a file is to be written, without blocking the window."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.ui.common.work_area import WorkAreaGuard


class SaveDialog(QFileDialog):
    """A file dialog that is not modal, so that the talk key still works. It deletes itself."""

    path_chosen = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(False)
        WorkAreaGuard(self)
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._endings: dict[str, str] = {}
        self.filterSelected.connect(self._on_filter_selected)
        self.fileSelected.connect(lambda path: self.path_chosen.emit(Path(path)))
        self.finished.connect(self.deleteLater)

    def offer(self, name: str, filters: Mapping[str, str]) -> None:
        """Suggest this file name. `filters` holds the words for each ending, such as `.md`."""
        self._endings = {words: ending for ending, words in filters.items()}
        self.setNameFilters(list(filters.values()))
        self.selectFile(name)

    def _on_filter_selected(self, words: str) -> None:
        name = Path(next(iter(self.selectedFiles()), "file"))
        self.selectFile(name.with_suffix(self._endings[words]).name)
