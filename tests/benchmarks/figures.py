"""A measured figure, against its goal and against what the machine could do at best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Figure:
    """Median and p99 of the measurements. A goal of None means no goal."""

    name: str
    unit: str
    count: int
    p50: float
    p99: float
    goal_p50: float | None = None
    goal_p99: float | None = None
    floor: float | None = None
    """The median of the least that any program needs for it, measured in the same run; None: not known."""

    @property
    def met(self) -> bool:
        """Whether the goals are met."""
        return self.p50 <= _or_none(self.goal_p50) and self.p99 <= _or_none(self.goal_p99)

    @property
    def ratio(self) -> float | None:
        """The median in floors: what a slow or a busy machine changes least."""
        return self.p50 / self.floor if self.floor else None


def _or_none(goal: float | None) -> float:
    return math.inf if goal is None else goal


def figure(
    name: str,
    values: ArrayLike,
    unit: str,
    goal_p50: float | None = None,
    goal_p99: float | None = None,
    floor: float | None = None,
) -> Figure:
    """The figure of these measurements."""
    array = np.asarray(values, float)
    p50, p99 = (round(float(np.percentile(array, share)), 2) for share in (50, 99))
    return Figure(name, unit, array.size, p50, p99, goal_p50, goal_p99, floor and round(floor, 3))


def missed(figures: Sequence[Figure]) -> list[str]:
    """A line for each figure that misses a goal."""
    return [
        f"MISSED: {one.name}: p50 {one.p50:g}, p99 {one.p99:g} {one.unit}; "
        f"the goal is {_goal(one.goal_p50)} and {_goal(one.goal_p99)}"
        for one in figures
        if not one.met
    ]


def _goal(goal: float | None) -> str:
    return "none" if goal is None else f"{goal:g}"


def table(figures: Sequence[Figure]) -> str:
    """The figures as a table."""
    lines = [f"{'':42} {'n':>5} {'p50':>9} {'p99':>9} {'floors':>7}  {'goal':>12}"]
    for one in figures:
        goals = [f"{goal:g}" for goal in (one.goal_p50, one.goal_p99) if goal is not None]
        goal = " / ".join(goals) + ("" if one.met else "  MISSED")
        ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
        lines.append(
            f"{one.name:42} {one.count:>5} {one.p50:>9.2f} {one.p99:>9.2f} {ratio:>7}  {goal:>12}  {one.unit}"
        )
    return "\n".join(lines)
