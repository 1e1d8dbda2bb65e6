"""What the wait between the end of the speech and the first audible sound is made of: parts that add up.

    tail · resample + packet · socket · service · model · prebuffer · device · leading silence

Each part begins where the one before it ends, so their sum is the wait, whatever is known of it. A boundary
that isn't known makes one part of two; one that lies before the last boundary makes a part of no length.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from desktop.turn.timing import TurnTiming, median, p95

PartName = Literal[
    "tail",
    "packet",
    "socket",
    "service",
    "model",
    "prebuffer",
    "device",
    "leading_silence",
]
PART_NAMES: tuple[PartName, ...] = PartName.__args__  # type: ignore[attr-defined]
"""In the order in which they come."""
Side = Literal["client", "service"]
SIDES: dict[PartName, Side] = {
    "tail": "client",
    "packet": "client",
    "socket": "client",
    "service": "service",
    "model": "service",
    "prebuffer": "client",
    "device": "client",
    "leading_silence": "service",
}
"""Whose time it is. The silence before the speech is in the sound that the service sent."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the wait, in ms of the turn's clock; with more names than one where a boundary is missing."""

    names: tuple[PartName, ...]
    begin: float
    end: float

    @property
    def ms(self) -> float:
        """Its length."""
        return self.end - self.begin

    @property
    def side(self) -> Side | None:
        """Whose time it is; None where it is partly the one's and partly the other's."""
        sides = {SIDES[name] for name in self.names}
        return sides.pop() if len(sides) == 1 else None


@dataclass(frozen=True, slots=True)
class Interruption:
    """How fast a reply fell silent, in ms from the key-down; None for what isn't known."""

    to_silence: float | None = None
    """To the last sample that left the device."""
    to_cancel: float | None = None
    """To the request to stop on the wire."""
    to_last_delta: float | None = None
    """To the last sound that came from the service."""


def parts_of(turn: TurnTiming) -> tuple[Part, ...]:
    """The parts of a turn's wait, empty where it has no beginning or no end."""
    way = turn.detail.way
    begin = turn.release if turn.release is not None else turn.commit
    ends: tuple[tuple[PartName, float | None], ...] = (
        ("tail", way.captured),
        ("packet", way.gate_shut),
        ("socket", turn.commit),
        ("service", turn.response_started),
        ("model", turn.first_audio),
        ("prebuffer", way.handed),
        ("device", turn.first_heard),
        ("leading_silence", way.audible),
    )
    if begin is None or way.audible is None:
        return ()
    if turn.release is None or way.by_server:
        ends = ends[3:]  # it was typed, or the server says when the speech was over
    found: list[Part] = []
    names: list[PartName] = []
    for name, end in ends:
        names.append(name)
        if end is None:
            continue
        at = found[-1].end if found else begin
        found.append(Part(tuple(names), at, min(max(at, end), max(at, way.audible))))
        names = []
    return tuple(found)


def wait_of(turn: TurnTiming) -> float | None:
    """From the end of the speech to the first audible sample, in ms: the sum of the parts."""
    parts = parts_of(turn)
    return parts[-1].end - parts[0].begin if parts else None


def share_of(turn: TurnTiming, side: Side) -> float | None:
    """How much of the wait is surely this side's, in ms."""
    parts = parts_of(turn)
    return sum(part.ms for part in parts if part.side == side) if parts else None


def interruption_of(turn: TurnTiming) -> Interruption | None:
    """How the turn's reply was interrupted; None where it wasn't."""
    if turn.interrupted is None:
        return None
    stop = turn.detail.stop
    begin = turn.interrupted if stop.key_down is None else stop.key_down
    values = (
        None if at is None else max(0.0, at - begin)
        for at in (stop.last_audible, stop.cancel, stop.last_delta)
    )
    return Interruption(*values)


@dataclass(frozen=True, slots=True)
class PartSummary:
    """A part over many turns, in ms."""

    count: int
    median: float
    p95: float


Row = PartName | Literal["wait", "client", "service_share", "interruption"]
ROWS: tuple[Row, ...] = (*PART_NAMES, "wait", "client", "service_share", "interruption")


def summarise_parts(turns: Iterable[TurnTiming]) -> dict[str, dict[Row, PartSummary]]:
    """n, median and p95 of each part that stands alone, by the model's id; under "" for all of them."""
    values: dict[str, dict[Row, list[float]]] = defaultdict(lambda: defaultdict(list))
    for turn in turns:
        for row, ms in _values(turn):
            for model in {"", turn.detail.model}:
                values[model][row].append(ms)
    return {
        model: {row: _summary(sorted(rows[row])) for row in ROWS if rows.get(row)}
        for model, rows in values.items()
    }


def _values(turn: TurnTiming) -> list[tuple[Row, float]]:
    found: list[tuple[Row, float]] = [
        (part.names[0], part.ms) for part in parts_of(turn) if len(part.names) == 1
    ]
    stopped = interruption_of(turn)
    rest: tuple[tuple[Row, float | None], ...] = (
        ("wait", wait_of(turn)),
        ("client", share_of(turn, "client")),
        ("service_share", share_of(turn, "service")),
        ("interruption", stopped.to_silence if stopped else None),
    )
    return [*found, *((row, ms) for row, ms in rest if ms is not None)]


def _summary(ordered: Sequence[float]) -> PartSummary:
    return PartSummary(len(ordered), median(ordered) or 0.0, p95(ordered) or 0.0)
