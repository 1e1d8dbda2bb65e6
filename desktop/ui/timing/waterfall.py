"""A turn as a picture: its times as bars, each a step below the last one, on an axis that all turns share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QColor

from desktop.turn.timing import TO_DONE, Figure, Moment, TurnTiming, p95, total
from desktop.turn.turn_parts import Part, PartName, parts_of
from desktop.ui.common.theme import Tokens

BAR = 4
STEP = 6
THINNEST = 2.0
"""Wide enough that even the shortest time can be seen."""
BEFORE = 0.2
AFTER = 0.14
"""Shares of the width for speech and response: they last seconds, waits milliseconds. Long ones are cut."""
LEAST_TAKE = 16.0
"""Pixels of an aborted take, however short it was: a row with a speck looks broken."""
SHORTEST_MS = 500.0
SMALLEST_STEP_MS = 250.0
MOST_STEPS = 4

PACKET = Figure("press", "first_packet")
SPEECH = Figure("press", "release")
ANSWER = Figure("first_heard", "done")
CUT_ANSWER = Figure("first_heard", "interrupted")
WORDS = Figure("response_started", "done")
"""An answer without sound."""
ABORTED = Figure("press", "done")
"""A take of which nothing was sent: that is all there is of its turn."""
_WAITS = (
    Figure("release", "commit"),
    Figure("commit", "response_started"),
    Figure("response_started", "first_audio"),
    Figure("first_audio", "first_heard"),
)
_LANES: dict[PartName, int] = {
    **dict.fromkeys(("tail", "packet", "socket"), 1),
    "service": 2,
    "model": 3,
    **dict.fromkeys(("prebuffer", "device", "leading_silence"), 4),
}
_SHADES: dict[PartName, float] = {"packet": 0.7, "socket": 0.45, "device": 0.7, "leading_silence": 0.45}
LANES = 2 + len(_WAITS)
HEIGHT = LANES * STEP - (STEP - BAR)

_AFTER_SPEECH: tuple[Moment, ...] = ("release", "commit", "response_started", "first_audio", "first_heard")


@dataclass(frozen=True, slots=True)
class Axis:
    """Time from the release on, in steps of so many ms."""

    step_ms: float
    steps: int

    @property
    def ticks(self) -> list[float]:
        """The times that are marked."""
        return [self.step_ms * i for i in range(self.steps + 1)]

    def place(self, at_ms: float, width: float) -> float:
        """The x of a time in a picture of this width; it may lie outside."""
        return width * (BEFORE + at_ms / (self.step_ms * self.steps) * (1 - BEFORE - AFTER))


@dataclass(frozen=True, slots=True)
class Segment:
    """A bar: its figure, its lane from the top, its ends in px, and whether it is cut.

    `part`: it is a part of that figure's time, or of more.
    """

    figure: Figure
    lane: int
    left: float
    right: float
    cut: bool = False
    part: Part | None = None


def axis_for(turns: Iterable[TurnTiming]) -> Axis:
    """The axis that holds the waits of 95 % of the turns, in round steps."""
    waits = sorted(wait for turn in turns if (wait := _wait(turn)) is not None)
    longest = max(p95(waits) or 0.0, SHORTEST_MS)
    step = SMALLEST_STEP_MS
    while longest > MOST_STEPS * step:
        step *= 2
    return Axis(step, int(-(-longest // step)))


def segments(turn: TurnTiming, axis: Axis, width: float) -> list[Segment]:
    """The bars of a turn in a picture of this width, in the order in which they are painted."""
    if turn.aborted:
        return [_aborted(turn, axis, width)]
    zero = _zero(turn)
    bars = _speech(turn, axis, width)
    answer = CUT_ANSWER if turn.interrupted is not None else ANSWER
    if total(turn) in TO_DONE:
        answer = WORDS
    parts = parts_of(turn)
    if parts and zero is not None:
        bars += [_part_bar(part, zero, axis, width) for part in parts]
    for lane, figure in enumerate((*_WAITS, answer), start=1):
        if parts and figure in _WAITS:
            continue
        begin = turn.at(figure.begin)
        length = figure.of(turn)
        if zero is None or begin is None or length is None:
            continue
        left = axis.place(begin - zero, width)
        right = axis.place(begin - zero + length, width)
        bars.append(_fitted(Segment(figure, lane, left, right), width))
    return bars


def _part_bar(part: Part, zero: float, axis: Axis, width: float) -> Segment:
    """Parts of one lane stand side by side; one of several lanes is in that of its first."""
    lane = _LANES[part.names[0]]
    left, right = axis.place(part.begin - zero, width), axis.place(part.end - zero, width)
    bar = _fitted(Segment(_WAITS[lane - 1], lane, left, right), width)
    return Segment(bar.figure, bar.lane, bar.left, bar.right, bar.cut, part)


def part_colour(part: Part, colours: Tokens) -> QColor:
    """That of its lane, paler with each part in it."""
    made = colour_of(_WAITS[_LANES[part.names[0]] - 1], colours)
    made.setAlphaF(made.alphaF() * _SHADES.get(part.names[0], 1.0))
    return made


def colour_of(figure: Figure, colours: Tokens) -> QColor:
    """Red for an open microphone, amber for waiting, violet for the assistant's speech and its way out."""
    name, alpha = {
        PACKET: (colours.text, 1.0),
        SPEECH: (colours.rec, 1.0),
        _WAITS[1]: (colours.warn, 1.0),
        _WAITS[2]: (colours.warn, 0.6),
        _WAITS[3]: (colours.accent, 0.6),
        ANSWER: (colours.accent, 1.0),
        CUT_ANSWER: (colours.accent, 1.0),
        WORDS: (colours.accent, 1.0),
    }.get(figure, (colours.muted, 1.0))
    made = QColor(name)
    made.setAlphaF(alpha)
    return made


def hit(bars: Sequence[Segment], x: float, y: float) -> Segment | None:
    """The bar under a point of the picture, or the nearest one in its lane within 6 px."""
    lane = min(max(int((y + 1) // STEP), 0), LANES - 1)
    near = [bar for bar in reversed(bars) if bar.lane == lane and bar.left - STEP <= x <= bar.right + STEP]
    inside = [bar for bar in near if bar.left <= x <= bar.right]
    return next(iter(inside or near), None)


def _speech(turn: TurnTiming, axis: Axis, width: float) -> list[Segment]:
    """The take, and at its beginning the time to the first packet, to scale even where the take is cut."""
    if turn.press is None:
        return []
    zero = axis.place(0, width)
    length = SPEECH.of(turn)
    left = 0.0 if length is None else axis.place(-length, width)
    bars = []
    if length is not None:
        bars.append(Segment(SPEECH, 0, max(left, 0.0), max(zero, left + THINNEST), left < 0))
    if (packet := PACKET.of(turn)) is not None:
        begin = max(left, 0.0)
        end = min(begin + axis.place(packet, width) - zero, begin + zero / 2)
        bars.append(Segment(PACKET, 0, begin, max(end, begin + THINNEST)))
    return bars


def _aborted(turn: TurnTiming, axis: Axis, width: float) -> Segment:
    """It ends where others are released."""
    zero = axis.place(0, width)
    left = axis.place(-(ABORTED.of(turn) or 0.0), width)
    return Segment(ABORTED, 0, max(0.0, min(left, zero - LEAST_TAKE)), zero, left < 0)


def _fitted(bar: Segment, width: float) -> Segment:
    left = min(bar.left, width - THINNEST)
    right = min(bar.right, width)
    return Segment(bar.figure, bar.lane, left, max(right, left + THINNEST), bar.right > width)


def _zero(turn: TurnTiming) -> float | None:
    """Where a turn's axis begins: at the release, or at the first moment after it."""
    return next((at for moment in _AFTER_SPEECH if (at := turn.at(moment)) is not None), None)


def _wait(turn: TurnTiming) -> float | None:
    moments: tuple[Moment, ...] = (*_AFTER_SPEECH, "done") if total(turn) in TO_DONE else _AFTER_SPEECH
    known = [at for moment in moments if (at := turn.at(moment)) is not None]
    return max([*known, *(part.end for part in parts_of(turn))]) - known[0] if known else None
