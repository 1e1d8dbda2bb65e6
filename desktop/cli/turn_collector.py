"""Collects one turn from the notices of a session."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from desktop.realtime.session_events import SessionOpened, ToolEnded
from desktop.tools.runner import ToolOutcome
from desktop.turn import effects
from desktop.turn.effects import DisplayState
from desktop.turn.response import CUT_OFF, NO_ANSWER, STALLED

TOO_SHORT = "The file contains less than {0:g} ms of sound: too little to send."
_UNANSWERED = (CUT_OFF, NO_ANSWER, STALLED)
_BUSY = (DisplayState.LISTENING, DisplayState.THINKING, DisplayState.SENDING, DisplayState.SPEAKING)


@dataclass
class CompletedTurn:
    """One turn, both sides. `problems` are sentences for the user; `complete`: the whole response came."""

    user: str = ""
    assistant: str = ""
    calls: list[ToolOutcome] = field(default_factory=list)
    pcm: bytes = b""
    rate: int = 24_000
    problems: list[str] = field(default_factory=list)
    complete: bool = False


class TurnCollector:
    """Collects the turn, and knows when it is over; `observe` takes the notices."""

    def __init__(self, expects_transcript: bool, min_ms: float) -> None:
        """`min_ms` is the shortest take that is sent."""
        self.turn = CompletedTurn()
        self.opened = asyncio.Event()
        self.answered = asyncio.Event()
        self.transcribed = asyncio.Event()
        self._min_ms = min_ms
        self._began = False
        if not expects_transcript:
            self.transcribed.set()

    def observe(self, notice: effects.Notice) -> None:
        """One notice of the session."""
        turn = self.turn
        match notice:
            case SessionOpened():
                self.opened.set()
            case effects.UserText(_, text):
                turn.user = f"{turn.user} {text}".strip()
                self.transcribed.set()
            case effects.ResponseText(_, delta):
                turn.assistant += delta
            case effects.ResponseEnded(_, outcome):
                turn.assistant = turn.assistant.rstrip() + " "
                turn.complete = outcome == "complete"
            case effects.ResponseBegan():
                turn.complete = False
            case effects.ToolResultDecided(_, result) if result not in ("sent", "refused"):
                turn.complete = False  # the model can't answer with it, unless another answer follows
            case effects.StateChanged(state):
                self._on_state(state)
            case effects.TakeEnded(_, "short"):
                turn.problems.append(TOO_SHORT.format(self._min_ms))
                self.answered.set()
                self.transcribed.set()
            case effects.Note(kind, message) if kind != "hint":  # hints are for people holding a key
                turn.problems.append(str(message))
                if message.text in _UNANSWERED:
                    turn.complete = False
            case ToolEnded(outcome):
                turn.calls.append(outcome)
            case _:
                pass

    def fail(self, problem: str) -> None:
        """The session has ended before its time, for this reason."""
        if problem not in self.turn.problems:  # the session may have noted it already
            self.turn.problems.append(problem)

    def ring(self, label: str) -> None:
        """A timer rings; by then the turn is usually over."""
        self.turn.problems.append(f"Timer: {label}")

    def _on_state(self, state: DisplayState) -> None:
        if state in _BUSY:
            self._began = True
        elif self._began and state is DisplayState.READY:
            self.turn.assistant = self.turn.assistant.strip()
            self.answered.set()
