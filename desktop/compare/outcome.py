"""Puts together what came of a plan: the runs, and what must be known to judge them."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from desktop import __version__
from desktop.base.message import Message
from desktop.compare.plan import Plan
from desktop.compare.results import Machine, Outcome, PriceInfo, RunResult, SourceInfo, TargetInfo
from desktop.compare.targets import ModelOf, Target
from desktop.cost.table import prices_of


def outcome_of(
    plan: Plan, runs: Sequence[RunResult], notes: Iterable[Message | str], model_of: ModelOf
) -> Outcome:
    """The outcome of a plan, so far."""
    mine = sum(len(wave) for wave in plan.waves())
    return Outcome(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        program=f"presstalk {__version__}",
        machine=_machine(),
        seed=plan.seed,
        repeats=plan.repeats,
        sessions=plan.sessions,
        realtime=plan.realtime,
        fingerprint=plan.fingerprint,
        shards=[str(plan.shard)] if plan.shard.count > 1 else [],
        jobs=plan.all_jobs,
        sources=_sources(plan),
        notes=list(dict.fromkeys(map(str, notes))),
        targets=[_info(target, model_of) for target in plan.targets],
        runs=sorted(runs, key=lambda run: run.job),
        complete=len({run.job for run in runs if run.whole}) >= mine,
    )


def _info(target: Target, model_of: ModelOf) -> TargetInfo:
    model = model_of(target.model)
    prices = prices_of(model)
    price = None
    if prices.known:
        price = PriceInfo(str(prices.worded()), prices.source, prices.dated)
    return TargetInfo(name=target.name, target=target, label=str(model.name), price=price)


def _sources(plan: Plan) -> list[SourceInfo]:
    takes = {
        id(turn.take): turn.take
        for conversation in plan.conversations
        for turn in conversation.turns
        if turn.take
    }
    return [
        SourceInfo(take.name, take.seconds, take.rate, {str(rate): one for rate, one in take.sha256.items()})
        for take in takes.values()
    ]


def _machine() -> Machine:
    version = ".".join(map(str, sys.version_info[:2]))
    return Machine(f"{platform.system()} {platform.machine()}".strip(), version, os.cpu_count() or 1)
