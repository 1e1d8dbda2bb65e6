"""Asks where the times of the turns are to be written."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.ui.dialogs.save_dialog import SaveDialog


class SaveTimesDialog(SaveDialog):
    """Offers a table, and traces for other programs."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export times"))
        self.offer(
            name,
            {
                ".csv": self.tr("CSV (*.csv)"),
                ".jsonl": self.tr("OpenTelemetry, OTLP lines (*.jsonl)"),
                ".json": self.tr("Trace for Perfetto and Chrome (*.json)"),
            },
        )
