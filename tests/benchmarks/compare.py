"""Comparisons by the real clock: planted delays come back, many at once harm nobody, and memory stays."""

from __future__ import annotations

import asyncio
import resource
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from desktop.compare.plan import Conversation, Plan, PlannedTurn
from desktop.compare.results import TurnResult
from tests.benchmarks.figures import Figure, figure
from tests.compare.services import TAKE, Planted, Stage, runner_of

PLANTED = ((200, 0), (600, 300), (1_500, 0))
REPEATS = 20
AT_ONCE = 8
TURNS = 1_000
GOAL_MS, GOAL_SUM_MS, GOAL_AT_ONCE_MS, GOAL_MB = 10, 1, 5, 60


def measure() -> Iterator[Figure]:
    """The figures of comparisons, one by one."""
    yield from asyncio.run(_planted())
    yield from asyncio.run(_at_once())
    yield asyncio.run(_memory())


async def _planted() -> list[Figure]:
    """How far what was found is from what was planted, and the parts from their sum."""
    off: list[float] = []
    sums: list[float] = []
    async with AsyncExitStack() as stack:
        stage = Stage(stack)
        for answer_ms, silence_ms in PLANTED:
            await stage.add(Planted(answer_ms, silence_ms))
        for target, turn in await _run(stage.plan(repeats=REPEATS)):
            answer_ms, silence_ms = PLANTED[target]
            parts = turn.parts_ms
            off.append(abs(parts["service"] + parts["model"] - answer_ms))
            off.append(abs((turn.leading_silence_ms or 0.0) - silence_ms))
            sums.append(abs(sum(parts.values()) - (turn.key_up_to_audible_ms or 0.0)))
    return [
        figure("a planted part, three targets at once", off, "ms off", GOAL_MS, None),
        figure("the sum of the parts", sums, "ms off", GOAL_SUM_MS, None),
    ]


async def _at_once() -> list[Figure]:
    """What seven others add to the wait for one."""
    async with AsyncExitStack() as stack:
        stage = Stage(stack)
        for _ in range(AT_ONCE):
            await stage.add(Planted(300))
        together = stage.plan(repeats=REPEATS, sessions=AT_ONCE)
        alone = stage.plan(repeats=REPEATS, targets=together.targets[:1])
        one = [turn.key_up_to_audible_ms or 0.0 for _, turn in await _run(alone)]
        all_of_them = [turn.key_up_to_audible_ms or 0.0 for _, turn in await _run(together)]
    base = sorted(one)[len(one) // 2]
    added = [wait - base for wait in all_of_them]
    return [figure("eight targets at once, added to each", added, "ms", GOAL_AT_ONCE_MS, None)]


async def _memory() -> Figure:
    """What a thousand turns leave in memory: a conversation with each of eight targets."""
    async with AsyncExitStack() as stack:
        stage = Stage(stack)
        for _ in range(AT_ONCE):
            await stage.add(Planted(0))
        turns = tuple(PlannedTurn(f"turn {number}", TAKE) for number in range(TURNS // AT_ONCE))
        await _run(stage.plan(conversations=(Conversation("", turns[:10]),), timeout_s=20.0))
        before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        await _run(stage.plan(conversations=(Conversation("", turns),), timeout_s=20.0))
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1_000
    return figure("memory of a thousand turns", [grown_mb], "MB", GOAL_MB, None)


async def _run(plan: Plan) -> list[tuple[int, TurnResult]]:
    with tempfile.TemporaryDirectory() as name:
        runner = runner_of(plan, Path(name), [])
        await runner.run()
    for run in runner.runs:
        assert run.error is None, run.error
    return [(run.target, turn) for run in runner.runs for turn in run.turns]
