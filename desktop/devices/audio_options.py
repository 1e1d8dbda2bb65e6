"""What the user has chosen for the sound."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AudioOptions:
    """A device is given by its key or name; empty is the system's default."""

    input_device: str = ""
    output_device: str = ""
    volume: float = 1.0
    """Of the speaker, 0 to 1."""
    gain_db: float = 0.0
    """Of the microphone, within the bounds of `audio.input_gain`."""
    cues: bool = False
    """Whether a short sound marks the start and the end of a take."""
