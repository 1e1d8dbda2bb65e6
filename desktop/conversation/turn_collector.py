"""Collects one turn from the notices of a session."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from desktop.base.message import Message
from desktop.realtime.session_events import SessionOpened, ToolEnded
from desktop.tools.runner import ToolOutcome
from desktop.turn import effects
from desktop.turn.effects import DisplayState, ResponseOutcome
from desktop.turn.joined_words import JoinedWords
from desktop.turn.response import EMPTY_MS
from desktop.turn.response_notes import CUT_OFF, NO_ANSWER, STALLED
from desktop.turn.timing import TurnTiming

TOO_SHORT = "The file contains less than {0:g} ms of sound: too little to send."
NOTHING = "The service gave no answer. Ask again."
INTERRUPTED = "The answer was interrupted by what the service took for speech. Ask again."
INCOMPLETE = "The answer is not complete. Ask again."
TRANSCRIPT_S = 3.0
"""How long to wait for the user's transcript after the response is complete."""
PIECES_S = 0.3
"""How long after a transcript another part of it may follow."""
GOES_ON_S = EMPTY_MS / 1_000 + 1.0
"""How long to wait after an empty answer: a tool call may follow, or else the reason comes."""
FOLLOWS_S = 0.3
"""How long to wait after an answer with words: a tool call may come right behind its end."""
_UNANSWERED = (CUT_OFF, NO_ANSWER, STALLED)
_BUSY = (
    DisplayState.LISTENING,
    DisplayState.THINKING,
    DisplayState.SENDING,
    DisplayState.TOOL,
    DisplayState.SPEAKING,
)


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
    timing: TurnTiming | None = None


class TurnCollector:
    """Collects the turn, and knows when it is over; `observe` takes the notices."""

    def __init__(
        self, expects_transcript: bool, min_ms: float, words: Callable[[Message], str] = str
    ) -> None:
        """`min_ms` is the shortest take that is sent; `words` says a message in the asker's words."""
        self.turn = CompletedTurn()
        self.opened = asyncio.Event()
        self.answered = asyncio.Event()
        self.transcribed = asyncio.Event()
        self.transcribed_at = 0.0
        """When the last transcript came, in seconds of the monotonic clock."""
        self.went_on = asyncio.Event()
        """Something happened after `answered`, which is cleared then."""
        self._min_ms = min_ms
        self._words = words
        self._began = False
        self._sounded = False
        self._outcome: ResponseOutcome = "complete"
        self._said = JoinedWords()
        self._response = 0
        if not expects_transcript:
            self.transcribed.set()

    @property
    def says_nothing(self) -> bool:
        """Whether nothing has come of the answer, not even a reason."""
        turn = self.turn
        return not (turn.assistant.strip() or turn.problems or turn.calls or self._sounded)

    def finish(self) -> CompletedTurn:
        """The turn as it is now. One without an answer, or with a part of one, has a problem that says so."""
        turn = self.turn
        turn.assistant = turn.assistant.strip()
        if turn.problems:
            return turn
        if self._outcome == "interrupted":
            turn.problems.append(INTERRUPTED)
        elif not turn.assistant and not turn.pcm:
            turn.problems.append(NOTHING)
        elif not turn.complete:
            turn.problems.append(INCOMPLETE)
        return turn

    def observe(self, notice: effects.Notice) -> None:
        """One notice of the session."""
        turn = self.turn
        match notice:
            case SessionOpened():
                self.opened.set()
            case effects.UserText(_, text):
                turn.user = self._said.add(text)
                self.transcribed.set()
                self.transcribed_at = time.monotonic()
            case effects.ResponseText(number, delta):
                self._add_text(number, delta)
            case effects.ResponseEnded(_, outcome):
                self._outcome = outcome
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
                turn.problems.append(self._words(message))
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

    def _add_text(self, response: int, delta: str) -> None:
        words = self.turn.assistant
        if response != self._response and words.strip():
            words = f"{words.rstrip()} "
            delta = delta.lstrip()
        self._response = response
        self.turn.assistant = words + delta

    def _on_state(self, state: DisplayState) -> None:
        if state in _BUSY:
            self._began = True
            self._sounded |= state is DisplayState.SPEAKING
            if self.answered.is_set():
                self.answered.clear()
                self.went_on.set()
        elif self._began and state is DisplayState.READY:
            self.answered.set()


async def turn_over(collector: TurnCollector) -> None:
    """Wait for the end of the answer, and for the transcript of what was said."""
    await _answer_over(collector)
    try:
        async with asyncio.timeout(TRANSCRIPT_S):
            await _transcript_whole(collector)
    except TimeoutError:
        if not collector.transcribed.is_set():
            collector.turn.problems.append("The service sent no transcript of what was said.")


async def _answer_over(collector: TurnCollector) -> None:
    while True:
        await collector.answered.wait()
        collector.went_on.clear()
        if not collector.answered.is_set():
            continue  # it went on before this task came to run
        try:
            async with asyncio.timeout(GOES_ON_S if collector.says_nothing else FOLLOWS_S):
                await collector.went_on.wait()
        except TimeoutError:
            return


async def _transcript_whole(collector: TurnCollector) -> None:
    await collector.transcribed.wait()
    # Quiet ends it, not news.
    while (left_s := collector.transcribed_at + PIECES_S - time.monotonic()) > 0:  # noqa: ASYNC110
        await asyncio.sleep(left_s)
