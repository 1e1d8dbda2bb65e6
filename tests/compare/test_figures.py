"""Stalls, statistics, costs, and the jobs of a plan."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.compare.measures import stalls
from desktop.compare.plan import Conversation, Plan, PlannedTurn, Shard
from desktop.compare.results import Amount, RunResult, TurnResult, amounts
from desktop.compare.spent import Spent
from desktop.compare.statistics import counted, difference, differences, summaries, summary
from desktop.compare.targets import Target
from desktop.conversation.answered import Arrival
from desktop.cost.total import Total
from desktop.cost.turn_cost import Cost
from tests.compare.outcomes import outcome_of, turn


def test_a_stall_is_sound_that_came_too_late():
    steady = [Arrival(at, 100.0) for at in range(0, 1_000, 100)]
    assert stalls(steady) == (0, 0.0)
    # 100 ms of sound play from 0 to 100; the next comes at 350.
    assert stalls([Arrival(0, 100), Arrival(350, 100), Arrival(450, 100)]) == (1, 250.0)
    # Too little to begin again with: it goes on when there is enough.
    assert stalls([Arrival(0, 100), Arrival(300, 20), Arrival(320, 100)]) == (1, 220.0)
    assert stalls([Arrival(0, 100), Arrival(105, 100)]) == (0, 0.0), "less than a block isn't heard"
    assert stalls([Arrival(0, 100, 1), Arrival(5_000, 100, 2)]) == (0, 0.0), "another reply is no stall"
    assert stalls([]) == (0, 0.0)


def test_a_summary_has_n_median_p95_and_spread():
    found = summary([5, 1, 2, 3, 4])
    assert found
    assert (found.n, found.median, found.p95, found.least, found.most, found.spread) == (5, 3, 5, 1, 5, 2)
    assert summary([]) is None


def test_a_difference_within_the_noise_is_said_to_be_one():
    chance = np.random.default_rng(4)
    base = list(chance.normal(800, 60, 20))
    same = list(chance.normal(805, 60, 20))
    slower = list(chance.normal(1_100, 60, 20))
    assert difference(1, base, same, seed=1).verdict == "within noise"
    judged = difference(1, base, slower, seed=1)
    assert judged.verdict == "slower"
    assert judged.low is not None
    assert judged.high is not None
    assert 200 < judged.low < 300 < judged.high < 400
    assert judged == difference(1, base, slower, seed=1), "a seed gives the same interval"
    assert difference(1, base, [1_000, 1_001], seed=1).verdict == "too few"
    assert "noise" in difference(1, base, same, seed=1).worded()
    assert "slower by" in judged.worded()


@given(st.integers(0, 2**32 - 1))
def test_the_same_values_never_differ(seed: int):
    values = [float(value) for value in np.random.default_rng(seed).integers(100, 2_000, 8)]
    assert difference(1, values, values, seed=3).verdict == "within noise"


def test_targets_are_compared_with_the_fastest():
    outcome = outcome_of({0: [700, 710, 690], 1: [300, 310, 305], 2: [305, 300, 309], 3: []})
    assert [one.verdict for one in differences(outcome)] == ["slower", "first", "within noise", "too few"]
    found = summaries(outcome, 0)
    assert (found["key_up_to_audible_ms"].median, found["key_up_to_audible_ms"].n) == (700, 3)
    assert found["part model"].n == 3
    assert counted(outcome, 3).turns == 0


def test_a_cost_that_is_partly_unknown_is_unknown():
    total = Total()
    assert amounts(total) is None
    total.add(Cost(12 * 10**10))
    assert amounts(total) == [Amount("0.12", "USD", False)]
    total.add(Cost(None))
    assert amounts(total) is None


def test_what_is_spent_adds_up_and_is_foretold():
    spent = Spent(Decimal("1"))
    assert spent.worded() == "—"
    spent.add([Amount("0.25", "USD")])
    assert (spent.worded(), spent.worded(0.25), spent.used_up) == ("$0.25", "≈ $1.00", False)
    spent.add([Amount("0.75", "USD", True)])
    assert spent.used_up
    spent.add(None)
    assert spent.worded() == "≈ $1.00"


def plan(shard: Shard | None = None, targets: int = 3, conversations: int = 2, repeats: int = 4) -> Plan:
    return Plan(
        tuple(Target(model=f"a/{number}") for number in range(targets)),
        tuple(Conversation(f"c{number}", (PlannedTurn("t", text="hi"),)) for number in range(conversations)),
        repeats=repeats,
        shard=shard or Shard(),
    )


@pytest.mark.parametrize("count", [1, 2, 3, 5, 24, 30])
def test_shards_have_every_job_once(count: int):
    jobs = [
        job.number
        for number in range(1, count + 1)
        for wave in plan(Shard(number, count)).waves()
        for job in wave
    ]
    assert sorted(jobs) == list(range(1, 25)) == list(range(1, plan().all_jobs + 1))


def test_a_wave_is_one_conversation_with_all_targets_in_any_order():
    waves = plan(repeats=30).waves()
    assert all(len({(job.conversation, job.repeat) for job in wave}) == 1 for wave in waves)
    assert len(Counter(wave[0].target for wave in waves)) == 3
    assert plan().waves() == plan().waves()


def test_what_is_done_is_not_done_again_and_parts_belong_together():
    assert [job.number for wave in plan().waves(range(1, 24)) for job in wave] == [24]
    assert plan(Shard(1, 2)).fingerprint == plan(Shard(2, 2)).fingerprint
    assert plan().fingerprint != plan(repeats=5).fingerprint


def test_a_run_passes_if_all_of_it_does():
    good = turn(1, 300.0)
    assert RunResult(target=0, repeat=1, turns=[good]).passed
    assert not RunResult(target=0, repeat=1).passed
    assert not RunResult(target=0, repeat=1, turns=[TurnResult(turn=1, kind="typed", error="No.")]).passed
