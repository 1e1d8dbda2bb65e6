"""Where exports go: where the last one went, else Documents."""

from __future__ import annotations

from pathlib import Path

from desktop.settings.store import SettingsStore
from desktop.ui.dialogs.save_dialog import documents


class ExportFolder:
    """Suggests a folder, and remembers what was chosen instead."""

    def __init__(self, store: SettingsStore) -> None:
        self._store = store

    def suggest(self) -> str:
        """The folder of the last export, if it is still there; else Documents, else home."""
        last = self._store.current.export_folder
        return last if last and Path(last).is_dir() else documents()

    def remember(self, file: Path) -> None:
        """Something is exported to this file."""
        self._store.replace(export_folder=str(file.parent))
