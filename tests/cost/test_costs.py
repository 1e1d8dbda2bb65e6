"""What is spent: usage, turns, sums, budgets. No figure is negative, or falls as usage grows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.cost import prices, turn_cost, usage
from desktop.cost.budget import Budget, Limits
from desktop.cost.days import MOST_DAYS, Days
from desktop.cost.estimate import Estimator
from desktop.cost.ledger import MOST_TURNS, Ledger
from desktop.cost.money import PICOS
from desktop.cost.prices import UNKNOWN
from desktop.cost.turn_cost import Cost
from desktop.cost.usage import Usage

TODAY = date(2026, 11, 30)
COUNTS = st.integers(0, 10**7)
PRICE = st.floats(0, 1_000).map(lambda price: round(price, 4))
STEPS = st.lists(PRICE, min_size=1, max_size=3)
PRICES = st.fixed_dictionaries(
    {"thresholds": st.sampled_from([[0, 1_000, 2_000], [1_000, 2_000], None, [5, 1]])},
    optional=dict.fromkeys(
        ("input", "output", "cached_input", "reasoning", "input_audio", "output_audio"), STEPS
    ),
).map(prices.read)


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    fresh, cached, said, thought = (draw(COUNTS) for _ in range(4))
    return Usage(
        fresh + cached, cached, draw(st.integers(0, fresh)), said + thought, thought, unsplit=draw(COUNTS)
    )


# Usage


@pytest.mark.parametrize(
    ("reported", "read"),
    [
        ({"input_tokens": 10, "output_tokens": 4, "total_tokens": 14}, Usage(10, output=4)),
        (
            {
                "promptTokenCount": 40,
                "promptTokensDetails": [
                    {"modality": "TEXT", "tokenCount": 8},
                    {"modality": "AUDIO", "tokenCount": 32},
                    {"modality": "SMELL", "tokenCount": 9},
                    7,
                ],
                "cacheTokensDetails": [{"modality": "AUDIO", "tokenCount": 99}],
                "responseTokenCount": 25,
                "responseTokensDetails": [{"modality": "AUDIO", "tokenCount": 25}],
                "totalTokenCount": 65,
            },
            Usage(40, input_audio=32, output=25, output_audio=25),
        ),
        (
            {
                "input_tokens": 100,
                "input_token_details": {
                    "audio_tokens": 60,
                    "text_tokens": 40,
                    "cached_tokens": 30,
                    "cached_tokens_details": {"audio_tokens": 10, "text_tokens": 20},
                },
                "output_token_details": {"audio_tokens": 50, "text_tokens": 20, "reasoning_tokens": 5},
                "output_tokens": 75,
            },
            Usage(100, 30, 60, 75, 5, 50),
        ),
        ({"a": {"b": {"inputTokens": 3, "cache_read_tokens": 2}}}, Usage(3, 2)),
        ({"input_audio_tokens": 5, "input_text_tokens": 2}, Usage(7, 0, 5)),
        ({"cached_tokens": 9, "input_tokens": 4}, Usage(9, 9)),
        ({"total_tokens": 12}, Usage(unsplit=12)),
        ({"promptTokenCount": 8, "candidatesTokenCount": 2, "thoughtsTokenCount": 1}, Usage(8, 0, 0, 2, 1)),
        ({"input_tokens": -1, "output_tokens": True, "total_tokens": float("nan")}, None),
        ({"seconds": 4}, None),
        ("input_tokens", None),
        (None, None),
    ],
)
def test_usage_is_read_in_any_nesting(reported: object, read: Usage | None) -> None:
    assert usage.read(reported) == read


_any = st.recursive(
    st.none() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.dictionaries(
        st.sampled_from(["input_tokens", "input_token_details", "audio_tokens", "cached", "total_tokens"]),
        inner,
    ),
    max_leaves=30,
)


@given(_any)
def test_any_usage_can_be_read(reported: object) -> None:
    found = usage.read(reported)
    assert found is None or min(found.input - found.cached, found.input, found.output, found.unsplit) >= 0


# A turn


def test_cached_input_is_part_of_the_input() -> None:
    listed = prices.read({"input": 10, "cached_input": 1, "output": 20})
    cost = turn_cost.of_usage(Usage(1_000, 400, output=100), listed)
    assert cost == Cost((600 * 10 + 400 * 1 + 100 * 20) * PICOS // 10**6)


def test_a_kind_without_a_price_is_marked() -> None:
    assert turn_cost.of_usage(Usage(10, output=1), prices.read({"input": 1})).assumed
    assert turn_cost.of_usage(Usage(unsplit=3), prices.read({"input": 1, "output": 2})) == Cost(
        6_000_000, assumed=True
    )
    assert not turn_cost.of_usage(Usage(10), prices.read({"input": 1})).assumed


def test_without_a_price_nothing_is_known() -> None:
    assert turn_cost.of_usage(Usage(10), UNKNOWN).picos is None
    assert turn_cost.of_usage(Usage(10), prices.read({"price_per_minute": 1})).picos == 0
    assert turn_cost.forecast(Usage(10), prices.read({"price_per_minute": 1})) is None


def test_a_threshold_is_exact() -> None:
    listed = prices.read({"input": [1, 3], "thresholds": [0, 200_000]})
    assert turn_cost.of_usage(Usage(200_000), listed).picos == 200_000 * 1_000_000
    assert turn_cost.of_usage(Usage(200_001), listed).picos == 200_001 * 3_000_000


@given(usages(), PRICES)
def test_a_cost_is_never_negative(used: Usage, listed: prices.Prices) -> None:
    picos = turn_cost.of_usage(used, listed).picos
    assert picos is None or picos >= 0
    assert (picos is None) == (not listed.known)


@given(usages(), PRICES, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
def test_a_cost_grows_with_its_usage(
    used: Usage, listed: prices.Prices, fresh: int, cached: int, said: int, thought: int, unsplit: int
) -> None:
    more = replace(
        used,
        input=used.input + fresh + cached,
        cached=used.cached + cached,
        output=used.output + said + thought,
        reasoning=used.reasoning + thought,
        unsplit=used.unsplit + unsplit,
    )
    before, after = (turn_cost.of_usage(one, listed).picos for one in (used, more))
    assert before is None or (after is not None and after >= before)


@given(st.lists(st.integers(0, 10**6), max_size=20), st.integers(0, 10**12))
def test_open_time_costs_the_same_in_pieces(pieces: list[int], per_minute: int) -> None:
    listed = prices.Prices(per_minute=per_minute)
    charged = passed = 0
    for piece in pieces:
        passed += piece
        step = turn_cost.of_open_ms(passed, listed) - charged
        assert step >= 0
        charged += step
    assert charged == turn_cost.of_open_ms(sum(pieces), listed)


def test_the_forecast_is_the_conversation_so_far_cached_as_before() -> None:
    listed = prices.read({"input": 10, "cached_input": 1, "output": 20})
    cost = turn_cost.forecast(Usage(1_000, 500, output=1_000), listed)
    assert cost == Cost((1_000 * 10 + 1_000 * 1) * PICOS // 10**6, estimated=True)


def test_an_estimate_has_the_context_again() -> None:
    estimator = Estimator("openai")
    estimator.sent(ms=2_000)
    estimator.received(ms=3_000, words=9)
    first = estimator.response_over(None)
    assert first == Usage(20, 0, 20, 72, 0, 60, estimated=True)
    estimator.sent(words=3)
    assert estimator.response_over(None).input == 20 + 72 + 4
    assert estimator.response_over(Usage(500, output=5)) == Usage(500, output=5)
    assert estimator.response_over(None).input == 505


# Sums

COSTS = st.builds(
    Cost,
    st.none() | st.integers(0, 10**15),
    st.sampled_from(["USD", "EUR"]),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["a/b", "c/d"]), COSTS), max_size=30))
def test_the_session_is_the_sum_of_its_turns(added: list[tuple[int, str, Cost]]) -> None:
    ledger = Ledger()
    for turn, model, cost in added:
        ledger.add(turn, model, TODAY, cost)
    for sums in (ledger.turns.values(), ledger.days.models(TODAY).values(), [ledger.days.on(TODAY)]):
        summed: dict[str, int] = {}
        for total in sums:
            for currency, picos in total.amounts.items():
                summed[currency] = summed.get(currency, 0) + picos
        assert summed == ledger.session.amounts
        assert sum(total.unknown for total in sums) == ledger.session.unknown


@given(st.lists(st.tuples(st.integers(0, 500), st.sampled_from(["a/b", "c/d"]), COSTS), max_size=30))
def test_days_come_back_from_a_file(added: list[tuple[int, str, Cost]]) -> None:
    days = Days()
    for ago, model, cost in added:
        days.add(model, TODAY - timedelta(ago), cost)
    again = Days.from_builtins(msgspec.json.decode(msgspec.json.encode(days.to_builtins())))
    assert list(again.by_day()) == list(days.by_day())
    assert dict(again.by_model()) == dict(days.by_model())


@given(
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["a/b", "c/d"]), COSTS, st.booleans()), max_size=30)
)
def test_two_programs_days_add_up(added: list[tuple[int, str, Cost, bool]]) -> None:
    one, other, both = Days(), Days(), Days()
    for ago, model, cost, ours in added:
        for days in (both, one if ours else other):
            days.add(model, TODAY - timedelta(ago), cost)
    one.merge(other)
    assert dict(one.by_day()) == dict(both.by_day())
    assert dict(one.by_model()) == dict(both.by_model())


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {"x": {}},
        {"2026-11-30": 3},
        {"2026-11-30": {"m": {"picos": {"USD": "-4"}}}},
        {"2026-11-30": {"m": {"picos": {"USD": "9" * 99, "": "1", "EUR": 4}, "unknown": "x"}}},
    ],
)
def test_a_spoilt_file_costs_only_what_is_spoilt(raw: Any) -> None:
    assert Days.from_builtins(raw).on(TODAY).amounts == {}


def test_what_is_kept_is_bounded() -> None:
    ledger = Ledger()
    for number in range(MOST_TURNS + 5):
        ledger.add(number, f"m/{number}", TODAY - timedelta(number), Cost(1))
    assert len(ledger.turns) == MOST_TURNS
    assert len(ledger.days) == MOST_DAYS
    assert ledger.session.most.picos == MOST_TURNS + 5


def test_unknown_is_never_nothing() -> None:
    ledger = Ledger()
    ledger.add(1, "m", TODAY, Cost())
    assert not ledger.session.known
    assert ledger.session.money == ()
    ledger.add(2, "m", TODAY, Cost(5))
    assert ledger.session.about


# Budgets


def test_a_budget_is_near_at_eighty_percent_and_reached_at_a_hundred() -> None:
    ledger, budget = Ledger(), Budget()
    limits = Limits(session=100)
    for picos, level in ((79, ""), (1, "near"), (19, "near"), (1, "reached")):
        ledger.add(1, "m", TODAY, Cost(picos))
        assert budget.standing(limits, ledger, TODAY).level == level
    assert budget.standing(Limits(), ledger, TODAY).level == ""


@given(st.integers(1, 10**15), st.integers(0, 2 * 10**15))
def test_a_budgets_edges_are_exact_at_any_size(limit: int, spent: int) -> None:
    ledger, budget = Ledger(), Budget()
    ledger.add(1, "m", TODAY, Cost(spent))
    for limits in (Limits(session=limit), Limits(day=limit)):
        level = budget.standing(limits, ledger, TODAY).level
        assert (level == "reached") == (spent >= limit)
        assert (level == "near") == (spent < limit and Fraction(spent, limit) >= Fraction(80, 100))


@given(st.lists(st.integers(0, 10**14), min_size=1, max_size=20), st.integers(1, 10**14))
def test_a_budget_that_is_reached_stays_so_whatever_is_spent_then(costs: list[int], limit: int) -> None:
    ledger, budget, before = Ledger(), Budget(), 0
    for cost in costs:
        ledger.add(1, "m", TODAY, Cost(cost))
        level = ("", "near", "reached").index(budget.standing(Limits(day=limit), ledger, TODAY).level)
        assert level >= before
        before = level


def test_whoever_goes_on_is_asked_again_in_the_next_session_and_on_the_next_day() -> None:
    ledger, budget = Ledger(), Budget()
    ledger.add(1, "m", TODAY, Cost(100))
    limits = Limits(session=100, day=100)
    budget.go_on(TODAY)
    assert budget.standing(limits, ledger, TODAY).level == ""
    budget.begin_session()
    assert budget.standing(limits, ledger, TODAY).of == "session"
    ledger.begin_session()
    tomorrow = TODAY + timedelta(1)
    ledger.add(2, "m", tomorrow, Cost(100))
    budget.go_on(TODAY)
    assert budget.standing(limits, ledger, tomorrow).of == "day"
