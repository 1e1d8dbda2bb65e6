"""When things happened in each turn, and how long the user waited between them.

The tracker takes moments in milliseconds of any clock that doesn't go back. Moments may come late, twice or
never: one that fits no turn is left out, and a waiting time is only worked out where both of its ends are
known.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

Moment = Literal[
    "press",
    "first_packet",
    "release",
    "commit",
    "response_started",
    "first_audio",
    "first_heard",
    "interrupted",
    "done",
]
MOMENTS: tuple[Moment, ...] = Moment.__args__  # type: ignore[attr-defined]
"""In the order in which they come when nothing goes wrong."""

_RESPONSE: tuple[Moment, ...] = ("response_started", "first_audio", "first_heard")

LONGEST_TAIL_MS = 1_000.0
"""A press this soon after a release, with nothing committed yet, goes on with the same take."""
KEPT = 1_000
"""Turns that are remembered: some hours of talk. The oldest is forgotten first."""


@dataclass(frozen=True, slots=True)
class TurnTiming:
    """The moments of one turn in ms, None for those that didn't come. Turns are numbered from 1."""

    number: int
    press: float | None = None
    first_packet: float | None = None
    release: float | None = None
    commit: float | None = None
    response_started: float | None = None
    first_audio: float | None = None
    first_heard: float | None = None
    interrupted: float | None = None
    done: float | None = None

    def at(self, moment: Moment) -> float | None:
        """One moment by its name."""
        value: float | None = getattr(self, moment)
        return value

    def with_moment(self, moment: Moment, at: float) -> TurnTiming:
        """This turn with one more moment."""
        values: dict[str, Any] = {moment: at}
        return replace(self, **values)

    @property
    def aborted(self) -> bool:
        """Its take was discarded or too short: nothing was sent."""
        ended = self.press is not None and self.done is not None
        return ended and self.commit is None and not _has_response(self)

    @property
    def start(self) -> float | None:
        """The earliest moment of the turn."""
        return min((at for at in map(self.at, MOMENTS) if at is not None), default=None)


@dataclass(frozen=True, slots=True)
class Figure:
    """A waiting time: from one moment of a turn to another."""

    begin: Moment
    end: Moment

    @property
    def key(self) -> str:
        """A name for tables: `release_to_heard`."""
        return f"{self.begin}_to_{self.end}"

    def of(self, turn: TurnTiming) -> float | None:
        """The time in ms; None where an end is missing, or they came the other way round."""
        begin, end = turn.at(self.begin), turn.at(self.end)
        return end - begin if begin is not None and end is not None and end >= begin else None


RELEASE_TO_HEARD = Figure("release", "first_heard")
"""How long the user waits after speaking."""
SENT_TO_HEARD = Figure("commit", "first_heard")
"""How long they wait after typing, or hands-free: then no key is let go."""
SENT_TO_DONE = Figure("commit", "done")
"""The same where the answer is words alone: nothing can be heard of it."""
RELEASE_TO_DONE = Figure("release", "done")
"""Likewise, after speaking."""
TO_DONE = (SENT_TO_DONE, RELEASE_TO_DONE)
FIGURES = (
    Figure("press", "first_packet"),
    Figure("release", "commit"),
    Figure("commit", "response_started"),
    Figure("response_started", "first_audio"),
    Figure("first_audio", "first_heard"),
    RELEASE_TO_HEARD,
)


def total(turn: TurnTiming) -> Figure:
    """How long the user waited in this turn: from the key's release, or from the sending where no key was.

    It ends with the first sound, or with the end of an answer that has none.
    """
    by_key = turn.press is not None or turn.release is not None
    if turn.done is not None and _is_silent(turn):
        return RELEASE_TO_DONE if by_key else SENT_TO_DONE
    return RELEASE_TO_HEARD if by_key else SENT_TO_HEARD


@dataclass(frozen=True, slots=True)
class FigureSummary:
    """A figure over many turns, in ms; None if no turn has it."""

    median: float | None = None
    p95: float | None = None


def summarise(turns: Iterable[TurnTiming]) -> dict[Figure, FigureSummary]:
    """Median and 95th percentile (nearest rank) of each figure; of the other totals where they are it."""
    known = list(turns)
    summaries: dict[Figure, FigureSummary] = {}
    for figure in (*FIGURES, SENT_TO_HEARD, *TO_DONE):
        fitting = (turn for turn in known if figure in FIGURES or total(turn) is figure)
        values = sorted(value for turn in fitting if (value := figure.of(turn)) is not None)
        summaries[figure] = FigureSummary(median(values), p95(values))
    return summaries


def median(ordered: Sequence[float]) -> float | None:
    """The middle of values in rising order, None if there are none."""
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def p95(ordered: Sequence[float]) -> float | None:
    """The smallest of the values, in rising order, that 95 % of them don't exceed."""
    return ordered[-(-95 * len(ordered) // 100) - 1] if ordered else None


class TimingTracker:
    """Groups moments into turns. Each method returns the turn that it changed, or None."""

    def __init__(self) -> None:
        self._turns: deque[TurnTiming] = deque(maxlen=KEPT)
        self._count = 0
        self._kept = 0
        """The number of the last turn whose take was sent and is to be sent again."""

    @property
    def turns(self) -> Sequence[TurnTiming]:
        """The turns, oldest first."""
        return tuple(self._turns)

    def begin_conversation(self) -> Sequence[TurnTiming]:
        """Forget the turns, but for those that are still to be sent: they become the first."""
        waiting = [turn for turn in self._turns if _is_open(turn) or turn.number == self._kept]
        self._turns.clear()
        self._turns.extend(replace(turn, number=number) for number, turn in enumerate(waiting, 1))
        self._count, self._kept = len(self._turns), 0
        return self.turns

    def keep(self) -> None:
        """The last take has no response and will be sent again."""
        last = self._last
        self._kept = last.number if last and not _has_response(last) else 0

    def press(self, at: float) -> TurnTiming | None:
        """The user begins to speak, or goes on in the tail of the last take."""
        last = self._last
        if last is None or not _is_open(last):
            return self._begin("press", at)
        if last.release is None:
            return None
        if at - last.release > LONGEST_TAIL_MS:
            return self._begin("press", at)
        return self._put(replace(last, release=None))

    def packet(self, at: float) -> TurnTiming | None:
        """Sound of the take was handed to the socket; the first counts."""
        return self._of_take("first_packet", at)

    def release(self, at: float) -> TurnTiming | None:
        """The user has let go of the key."""
        return self._of_take("release", at)

    def thrown_away(self, at: float) -> TurnTiming | None:
        """The take was too short or was discarded: its turn is dropped."""
        last = self._last
        return self._put(last.with_moment("done", at)) if last and _is_open(last) else None

    def commit(self, at: float) -> TurnTiming | None:
        """The take was committed; without one, a turn without a key begins here: typed, or hands-free."""
        last = self._last
        if last and last.commit is None and last.done is None and _before_response(last, at):
            return self._put(last.with_moment("commit", at))
        if last and last.commit is not None and last.done is None and not _has_response(last):
            return None
        return self._begin("commit", at)

    def response_started(self, at: float) -> TurnTiming | None:
        """A response begins. A further one in the same turn (after a tool) changes nothing."""
        turn = self._responding
        last = self._last
        if last and _is_open(last) and last.release is not None and (turn is None or _has_response(turn)):
            turn = last
        return self._set_first(turn, "response_started", at)

    def first_audio(self, at: float) -> TurnTiming | None:
        """Sound of the response has come; the first counts."""
        return self._set_first(self._responding, "first_audio", at)

    def first_heard(self, at: float) -> TurnTiming | None:
        """Sound of the response has left the speaker; the first counts."""
        return self._set_first(self._responding, "first_heard", at)

    def interrupted(self, at: float) -> TurnTiming | None:
        """The response was cut short. A new take may have begun before."""
        turn = self._responding
        return self._put(turn.with_moment("interrupted", at)) if turn and turn.interrupted is None else None

    def done(self, at: float) -> TurnTiming | None:
        """The response is over; the last of several in a turn counts."""
        turn = self._responding
        if turn is None or (turn.done is not None and turn.done >= at):
            return None
        return self._put(turn.with_moment("done", at))

    @property
    def responding(self) -> int:
        """The number of the newest turn that the service is responding to; 0 before the first."""
        turn = self._responding
        return turn.number if turn else 0

    @property
    def _last(self) -> TurnTiming | None:
        return self._turns[-1] if self._turns else None

    @property
    def _responding(self) -> TurnTiming | None:
        """The newest turn that the service is responding to."""
        sent = (turn for turn in reversed(self._turns) if turn.commit is not None or _has_response(turn))
        return next(sent, None)

    def _begin(self, moment: Moment, at: float) -> TurnTiming:
        self._count += 1
        turn = TurnTiming(self._count).with_moment(moment, at)
        self._turns.append(turn)
        return turn

    def _of_take(self, moment: Moment, at: float) -> TurnTiming | None:
        last = self._last
        fits = last and last.press is not None and last.at(moment) is None and _before_response(last, at)
        return self._put(last.with_moment(moment, at)) if last and fits else None

    def _set_first(self, turn: TurnTiming | None, moment: Moment, at: float) -> TurnTiming | None:
        if turn is None or turn.at(moment) is not None:
            return None
        if turn.interrupted is not None and at > turn.interrupted:
            return None
        return self._put(turn.with_moment(moment, at))

    def _put(self, turn: TurnTiming) -> TurnTiming:
        self._turns[turn.number - self._turns[0].number] = turn
        return turn


def _has_response(turn: TurnTiming) -> bool:
    return any(turn.at(moment) is not None for moment in _RESPONSE)


def _is_silent(turn: TurnTiming) -> bool:
    """There is a response to it, and no sound has come."""
    answered = turn.response_started is not None and turn.interrupted is None
    return answered and turn.first_audio is None and turn.first_heard is None


def _is_open(turn: TurnTiming) -> bool:
    """Its take may still go on."""
    return turn.press is not None and turn.commit is None and turn.done is None and not _has_response(turn)


def _before_response(turn: TurnTiming, at: float) -> bool:
    """Neither the turn's response nor its end came before this."""
    return all(later is None or at <= later for later in map(turn.at, (*_RESPONSE, "interrupted", "done")))
