"""What the user has chosen for the recording of conversations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RecordingOptions:
    """The defaults are those of a new installation."""

    folder: str = ""
    """Where conversations are saved; empty: the user's data folder."""
    transcripts: bool = True
    """Conversations are written down as they happen."""
    frames: bool = False
    """The frames are kept beside the transcript; not without it."""
    sound: bool = False
    """The sound of both sides is recorded, and the frames with it."""
    keep_days: int = 0
    """How long conversations are kept; 0: for ever."""
    most_gb: int = 10
    """How much all of them may take, in GB; 0: as much as there is."""
    into: Path | None = None
    """The folder of this run's recording, with its sound; further ones get a number."""
