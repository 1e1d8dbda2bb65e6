"""How far a comparison is: a line for each run, with time and money so far and in all."""

from __future__ import annotations

import time
from collections.abc import Callable

from desktop.base.terminal import one_line
from desktop.compare.plan import Plan
from desktop.compare.results import RunResult
from desktop.compare.run_events import Noted, RunEnded, RunEvent
from desktop.compare.spent import Spent

WIDEST = 60


class Progress:
    """Words what a runner tells. `done` runs were there before; `clock` gives seconds that only go on."""

    def __init__(
        self, plan: Plan, spent: Spent, done: int = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._plan, self._spent, self._clock = plan, spent, clock
        self._count = sum(len(wave) for wave in plan.waves())
        self._before = self._done = done
        self._began = clock()

    def line(self, event: RunEvent) -> str:
        """A line about it; empty where there is nothing to say."""
        match event:
            case Noted(message):
                return str(message)
            case RunEnded(job, run, True):
                self._done += 1
                name = one_line(self._plan.targets[job.target].name, WIDEST)
                again = f", repeat {job.repeat}" if self._plan.repeats > 1 else ""
                where = f", {one_line(run.conversation, WIDEST)}" if run.conversation else ""
                return (
                    f"[{self._done} of {self._count}] {name}{where}{again}: {_worded(run)}; {self._so_far()}"
                )
            case _:
                return ""

    def _so_far(self) -> str:
        share = self._done / self._count if self._count else 1.0
        words = f"{self._spent.worded()} so far"
        here = self._done - self._before
        if self._done >= self._count or not here:
            return words
        left_s = (self._clock() - self._began) / here * (self._count - self._done)
        return f"{words}, {self._spent.worded(share)} in all, about {_time(left_s)} left"


def _worded(run: RunResult) -> str:
    error = run.error or next((turn.error for turn in run.turns if turn.error), None)
    if error:
        return f"error: {one_line(error, 200)}"
    failed = sum(not check.passed for turn in run.turns for check in turn.checks)
    waits = [turn.key_up_to_audible_ms for turn in run.turns if turn.key_up_to_audible_ms is not None]
    words = ", ".join(f"{ms:.0f} ms" for ms in waits[:5]) + (" …" if len(waits) > 5 else "") or "no sound"
    return f"{words}, {failed} expectations failed" if failed else words


def _time(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"
