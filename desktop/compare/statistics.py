"""Figures over repeats: n, median, p95, spread; and whether a difference is more than noise. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from desktop.compare.results import Outcome, TurnResult
from desktop.turn.timing import median, p95

LEAST = 3
"""Values on each side before a difference is judged: of two nobody can tell."""
DRAWS = 2_000
SHARE = 0.95
MOST_VALUES = 500
"""That are drawn from: of more, the first. 500 take 8 MB."""

Measure = Literal[
    "key_up_to_audible_ms", "leading_silence_ms", "length_ms", "words_a_minute", "stall_ms", "cost"
]
MEASURES: tuple[Measure, ...] = Measure.__args__  # type: ignore[attr-defined]
Verdict = Literal["first", "within noise", "slower", "faster", "too few"]


class Summary(msgspec.Struct, frozen=True):
    """Of `n` values: their median, 95th percentile (nearest rank), least, most, and interquartile range."""

    n: int
    median: float
    p95: float
    least: float
    most: float
    spread: float


class Difference(msgspec.Struct, frozen=True):
    """Of a target's median wait from that of the fastest, in ms, with its 95 % interval by bootstrap."""

    target: int
    verdict: Verdict
    ms: float | None = None
    low: float | None = None
    high: float | None = None

    def worded(self) -> str:
        """It in plain words."""
        if self.verdict == "first":
            return "the fastest"
        if self.verdict == "too few" or self.ms is None:
            return f"too few answers to tell (it takes {LEAST})"
        interval = f"{self.low:+.0f} to {self.high:+.0f} ms"
        if self.verdict == "within noise":
            return f"no difference beyond the noise ({interval})"
        return f"{self.verdict} by {abs(self.ms):.0f} ms ({interval})"


def summary(values: Iterable[float]) -> Summary | None:
    """Of these values; None if there are none."""
    ordered = sorted(values)
    if not ordered:
        return None
    low, high = np.percentile(ordered, [25, 75])
    return Summary(
        len(ordered),
        median(ordered) or 0.0,
        p95(ordered) or 0.0,
        ordered[0],
        ordered[-1],
        float(high - low),
    )


def summaries(outcome: Outcome, target: int, turn: int = 0) -> dict[str, Summary]:
    """A target's measures over all runs, of one turn (from 1) or of all (0), and those of each part."""
    turns = _turns(outcome, target, turn)
    found: dict[str, Summary | None] = {name: summary(values_of(turns, _READ[name])) for name in MEASURES}
    names = dict.fromkeys(name for one in turns for name in one.parts_ms)
    for name in names:
        found[f"part {name}"] = summary(one.parts_ms[name] for one in turns if name in one.parts_ms)
    return {name: one for name, one in found.items() if one is not None}


def values_of(turns: Iterable[TurnResult], read: Callable[[TurnResult], float | None]) -> list[float]:
    """The values that are known."""
    return [value for turn in turns if (value := read(turn)) is not None]


def waits(outcome: Outcome, target: int, turn: int = 0) -> list[float]:
    """A target's waits in ms, in the order of its runs."""
    return values_of(_turns(outcome, target, turn), _READ["key_up_to_audible_ms"])


def differences(outcome: Outcome, turn: int = 0) -> list[Difference]:
    """Each target against the one with the shortest median wait, in the targets' order."""
    known = {at: found for at in range(len(outcome.targets)) if (found := waits(outcome, at, turn))}
    if not known:
        return []
    first = min(known, key=lambda at: median(sorted(known[at])) or 0.0)
    return [
        Difference(at, "first")
        if at == first
        else difference(at, known[first], known.get(at, []), seed=outcome.seed)
        for at in range(len(outcome.targets))
    ]


def difference(target: int, base: Sequence[float], values: Sequence[float], *, seed: int) -> Difference:
    """Whether these values differ from the base: by the bootstrap interval of the difference of medians."""
    if len(base) < LEAST or len(values) < LEAST:
        return Difference(target, "too few")
    chance = random.Random(seed)
    one, other = _medians(chance, base), _medians(chance, values)
    low, high = np.percentile(other - one, [50 * (1 - SHARE), 100 - 50 * (1 - SHARE)])
    ms = float(np.median(values) - np.median(base))
    verdict: Verdict = "within noise" if low <= 0 <= high else "slower" if ms > 0 else "faster"
    return Difference(target, verdict, ms, float(low), float(high))


def _medians(chance: random.Random, values: Sequence[float]) -> npt.NDArray[np.float64]:
    """The medians of so many draws of the values, each as many as there are, with putting back."""
    kept = np.asarray(values[:MOST_VALUES], dtype=np.float64)
    # numpy.random is megabytes, which the bundle does without.
    drawn = np.frombuffer(chance.randbytes(4 * DRAWS * len(kept)), dtype="<u4") % len(kept)
    return np.asarray(np.median(kept[drawn.reshape(DRAWS, len(kept))], axis=1))


def _turns(outcome: Outcome, target: int, turn: int) -> list[TurnResult]:
    return [one for run in outcome.runs_of(target) for one in run.turns if not turn or one.turn == turn]


def _cost(turn: TurnResult) -> float | None:
    if turn.cost is None or len(turn.cost) != 1:
        return None
    return float(turn.cost[0].amount)


_READ: dict[Measure, Callable[[TurnResult], float | None]] = {
    "key_up_to_audible_ms": lambda turn: turn.key_up_to_audible_ms,
    "leading_silence_ms": lambda turn: turn.leading_silence_ms,
    "length_ms": lambda turn: turn.length_ms,
    "words_a_minute": lambda turn: turn.words_a_minute,
    "stall_ms": lambda turn: turn.stall_ms if turn.length_ms is not None else None,
    "cost": _cost,
}


@dataclass(frozen=True, slots=True)
class Counted:
    """A target's counts over all its runs."""

    turns: int
    answered: int
    errors: int
    stalls: int
    retries: int
    checks: int
    passed: int


def counted(outcome: Outcome, target: int) -> Counted:
    """What can be counted of a target."""
    runs = outcome.runs_of(target)
    turns = [turn for run in runs for turn in run.turns]
    checks = [check for turn in turns for check in turn.checks]
    return Counted(
        turns=len(turns),
        answered=sum(turn.error is None for turn in turns),
        errors=sum(turn.error is not None for turn in turns)
        + sum(run.error is not None and not run.turns for run in runs),
        stalls=sum(turn.stalls for turn in turns),
        retries=sum(run.retries for run in runs),
        checks=len(checks),
        passed=sum(check.passed for check in checks),
    )
