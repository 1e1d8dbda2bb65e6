"""Asks where the times of the turns are to be written."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.ui.dialogs.save_dialog import SaveDialog


class SaveTimesDialog(SaveDialog):
    """Offers CSV, the only format there is for times."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export times"))
        self.offer(name, {".csv": self.tr("CSV (*.csv)")})
