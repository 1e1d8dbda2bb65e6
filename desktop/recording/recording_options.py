"""What the user has chosen for the recording of conversations."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordingOptions:
    """The defaults are those of a new installation."""

    folder: str = ""
    """Where conversations are saved; empty: the user's data folder."""
    transcripts: bool = True
    """Conversations are written down as they happen."""
    frames: bool = False
    """The frames are kept beside the transcript; not without it."""
    keep_days: int = 0
    """How long conversations are kept; 0: for ever."""
