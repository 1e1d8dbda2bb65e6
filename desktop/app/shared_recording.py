"""Shows a recording that was opened from a shared zip."""

from __future__ import annotations

from pathlib import Path

from desktop.app import reading_connections
from desktop.app.build import Parts
from desktop.recording.folder.layout import JOURNAL


def show(parts: Parts, folder: str) -> None:
    """Read the recording in this folder in the window; the history lists it too.

    The one place that decides how a recording is opened for reading.
    """
    reading_connections.open_conversation(parts, str(Path(folder) / JOURNAL))
