"""Which moment has which sound, for those who want to hear what the talk key does."""

from __future__ import annotations

from collections.abc import Callable

from desktop.audio.cues import Cue
from desktop.realtime.session import Session
from desktop.turn import effects


def cue_of(notice: effects.Notice) -> Cue | None:
    """The sound of this moment: a take begins, a take ends, something fails."""
    match notice:
        case effects.TakeStarted():
            return "start"
        case effects.TakeEnded():
            return "stop"
        case effects.Note("error"):
            return "error"
        case _:
            return None


def sound(notice: effects.Notice, session: Session | None, alone: Callable[[Cue], None]) -> None:
    """Sound what belongs to this notice, on the session's speaker; an error without one, `alone`."""
    cue = cue_of(notice)
    if cue and not (session and session.cue(cue)) and cue == "error":
        alone(cue)
