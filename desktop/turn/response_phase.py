"""What the response region stores: its phase, what follows, and which late frames belong to the past."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class ResponsePhase(Enum):
    """Where the response stands."""

    NONE = "none"
    ASKED = "asked"
    RUNNING = "running"
    EMPTY = "empty"
    UNWANTED = "unwanted"
    CANCELLED = "cancelled"


class NextResponse(Enum):
    """What follows when the present response has ended."""

    NOTHING = "nothing"
    ASK = "ask"
    AWAIT = "await"
    """The server begins by itself."""


@dataclass(slots=True)
class LateFrames:
    """Until when frames may still belong to a response that is over, in milliseconds of the turn's clock."""

    parts_until: float = 0.0
    """Deltas of one that was cancelled."""
    end_until: float = 0.0
    """The end of one that was cancelled."""
    text_until: float = 0.0
    """Text of one that is complete."""
