"""Shows a recording that was opened from a shared zip."""

from __future__ import annotations

from pathlib import Path

from desktop.app.dialogs import Dialogs
from desktop.recording.folder.layout import JOURNAL


def show(dialogs: Dialogs, folder: str) -> None:
    """Show the recording in this folder: in the history, which lists it, with its words beside.

    The one place that decides how a recording is opened for reading.
    """
    dialogs.open_history(str(Path(folder) / JOURNAL))
