"""Short sounds for those who want to hear the talk key: at the start and end of a take, and at an error."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from desktop.audio.cues import Cue
from desktop.audio.interfaces import AudioError
from desktop.turn import effects

log = logging.getLogger(__name__)


class CueSpeaker(Protocol):
    """A session, as far as its speaker can sound cues."""

    def cue(self, name: Cue) -> bool:
        """Sound it; False if there is no speaker."""


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


class CuePlayer:
    """Plays on the session's speaker, or by `play_alone`, which blocks and raises AudioError."""

    def __init__(self, play_alone: Callable[[Cue], None]) -> None:
        self._play_alone = play_alone

    def observe(self, notice: effects.Notice, session: CueSpeaker | None) -> None:
        """Play what belongs to this notice. Without a speaker only an error is worth opening one."""
        cue = cue_of(notice)
        if cue and not (session and session.cue(cue)) and cue == "error":
            # Nobody waits for it: a device that hangs must not hold the exit up.
            threading.Thread(target=self._play, args=(cue,), name="cue", daemon=True).start()

    def _play(self, cue: Cue) -> None:
        try:
            self._play_alone(cue)
        except AudioError as exc:
            log.info("no %s cue: %s", cue, exc)
