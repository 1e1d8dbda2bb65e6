"""When things happened in each turn, and how long the user waited between them.

The tracker takes moments in milliseconds of any clock that doesn't go back. Moments may come late, twice or
never: one that fits no turn is left out, and a waiting time is only worked out where both of its ends are
known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from desktop.turn.turn_detail import NO_DETAIL, TurnDetail

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
"""The moments that a turn is made of; finer ones are in its `TurnDetail`."""
MOMENTS: tuple[Moment, ...] = Moment.__args__  # type: ignore[attr-defined]
"""In the order in which they come when nothing goes wrong."""

RESPONSE: tuple[Moment, ...] = ("response_started", "first_audio", "first_heard")

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
    detail: TurnDetail = NO_DETAIL

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
        return ended and self.commit is None and not has_response(self)

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


def has_response(turn: TurnTiming) -> bool:
    """Whether anything of a response to it has come."""
    return any(turn.at(moment) is not None for moment in RESPONSE)


def _is_silent(turn: TurnTiming) -> bool:
    """There is a response to it, and no sound has come."""
    answered = turn.response_started is not None and turn.interrupted is None
    return answered and turn.first_audio is None and turn.first_heard is None
