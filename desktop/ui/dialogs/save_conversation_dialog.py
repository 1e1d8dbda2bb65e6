"""Asks where a conversation is to be written, and in which format."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget

from desktop.ui.dialogs.save_dialog import SaveDialog


class SaveConversationDialog(SaveDialog):
    """The chosen path's suffix decides the format; `endings` are the suffixes that can be written."""

    def __init__(self, name: str, endings: Iterable[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export conversation"))
        names = {
            ".md": self.tr("Markdown (*.md)"),
            ".txt": self.tr("Plain text (*.txt)"),
            ".json": self.tr("JSON (*.json)"),
            ".srt": self.tr("Subtitles (*.srt)"),
        }
        self.offer(name, {ending: names.get(ending, f"*{ending}") for ending in endings})
