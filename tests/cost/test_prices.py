"""Prices of the service's list and of the table."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.cost import prices, table, turn_cost
from desktop.cost.prices import NAMES, UNKNOWN
from desktop.cost.usage import Usage
from desktop.protocol import catalog
from desktop.protocol.catalog import Model
from desktop.protocol.published import Published

TOKENS = {"input": [4.0], "output": [16.0], "cached_input": [0.4], "reasoning": [16.0]}


def test_a_price_per_million_is_picos_per_token() -> None:
    found = prices.read(TOKENS)
    assert found.per_token("input", 10) == (4_000_000, True)
    assert found.per_token("cached_input", 10) == (400_000, True)
    assert found.per_token("output", 10) == (16_000_000, True)


@pytest.mark.parametrize(
    ("thresholds", "edge"),
    [([0, 200_000], 200_000), ([200_000, 1_000_000], 200_000), ([200_000], 200_000)],
    ids=["from", "up to", "between"],
)
def test_a_threshold_belongs_to_the_number_before_it(thresholds: list[int], edge: int) -> None:
    found = prices.read({"input": [1.25, 2.5], "output": [10, 15], "thresholds": thresholds})
    assert found.per_token("input", edge)[0] == 1_250_000
    assert found.per_token("input", edge + 1)[0] == 2_500_000
    assert found.per_token("output", edge + 1)[0] == 15_000_000


@pytest.mark.parametrize(
    "thresholds",
    [None, [5], [10**9, 10**9 + 1], [3, 2], [0, math.nan], ["0", "1"], [-1, 5], "0", [0] * 1_000, {}],
    ids=repr,
)
def test_numbers_whose_thresholds_cant_be_read_are_the_dearest_of_them(thresholds: Any) -> None:
    found = prices.read({"input": [1, 7, 3], "thresholds": thresholds})
    assert found.per_token("input", 0) == (7_000_000, True)


def test_a_price_that_falls_with_the_length_stays_as_it_was() -> None:
    found = prices.read({"input": [2, 1], "thresholds": [0, 100]})
    assert found.per_token("input", 101)[0] == 2_000_000


def test_a_kind_without_a_price_costs_as_the_dearest_known_kind_and_is_marked() -> None:
    assert prices.read({"input": [4], "output": [16]}).per_token("cached_input", 0) == (16_000_000, False)
    assert prices.read({"input": [4], "output": [16]}).per_token("reasoning", 0) == (16_000_000, False)
    assert prices.read({"input": [4], "cached_input": [1]}).per_token("output", 0) == (4_000_000, False)
    assert prices.read({"output": [2], "reasoning": [5]}).per_token("input", 0) == (5_000_000, False)


def test_sound_is_part_of_its_side_where_it_has_no_price_of_its_own() -> None:
    cost = turn_cost.of_usage(Usage(10, 0, 6, 4, 0, 3), prices.read({"input": [4], "output": [16]}))
    assert cost == turn_cost.of_usage(Usage(10, output=4), prices.read({"input": [4], "output": [16]}))
    assert not cost.assumed


@given(st.lists(st.integers(1, 10**9 - 1), min_size=1, max_size=5, unique=True).map(sorted), st.data())
def test_every_threshold_is_exact_at_its_edge(edges: list[int], data: st.DataObject) -> None:
    numbers = list(range(1, len(edges) + 2))
    found = prices.read({"input": numbers, "output": numbers, "thresholds": [0, *edges]})
    at = data.draw(st.integers(0, len(edges) - 1))
    for kind in ("input", "output"):
        assert found.per_token(kind, edges[at]) == (numbers[at] * 1_000_000, True)
        assert found.per_token(kind, edges[at] + 1) == (numbers[at + 1] * 1_000_000, True)


def test_time_and_messages_have_prices() -> None:
    found = prices.read({"price_per_second": 0.001, "price_per_message": "0.004", "currency": "eur"})
    assert (found.per_minute, found.per_message) == (60_000_000_000, 4_000_000_000)
    assert found.currency == "EUR"
    assert found.by_the_minute


@pytest.mark.parametrize(
    "bad", [-1, math.nan, math.inf, "x", True, None, 10**10, [], {}, "9" * 5_000, [[1]], 10**400], ids=repr
)
def test_what_cant_be_a_price_is_unknown(bad: Any) -> None:
    pricing = {name: bad for name in (*NAMES, "price_per_minute", "price_per_second", "price_per_message")}
    assert prices.read(pricing) == UNKNOWN
    assert str(prices.read(pricing).worded()) == "—"


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_names = st.sampled_from([name for names in NAMES.values() for name in names] + ["thresholds", "currency"])


@given(st.dictionaries(_names | st.sampled_from(["price_per_minute", "price_per_second"]), _values) | _values)
def test_any_object_can_be_read(pricing: object) -> None:
    found = prices.read(pricing)
    assert str(found.worded())
    for kind in NAMES:
        assert found.per_token(kind, 10**6)[0] >= 0


def test_the_list_wins_over_the_table() -> None:
    xai = catalog.find("xai/grok-voice-latest")
    assert table.prices_of(xai).source == "table"
    assert table.prices_of(xai).per_minute == 50_000_000_000
    listed = Model(
        id="xai/a", label="a", provider="xai", published=Published(pricing={"price_per_minute": 0.02})
    )
    assert table.prices_of(listed).per_minute == 20_000_000_000
    assert table.prices_of(catalog.find("openai/gpt-realtime-2")) == UNKNOWN


def test_every_price_of_the_table_has_its_source_and_date() -> None:
    for provider, published in table.BY_PROVIDER.items():
        assert published.source
        assert published.dated or provider == "offline"


@pytest.mark.parametrize(
    ("pricing", "words"),
    [
        ({"input": [4], "output": [16.5]}, "$4 in, $16.50 out for a million tokens"),
        (
            {"input": [1.25, 2.5], "output": [10, 15], "thresholds": [0, 200_000]},
            "$2.50 at most in, $15 at most out for a million tokens",
        ),
        (
            {"price_per_minute": 0.05, "price_per_message": 0.004},
            "$0.05 a minute, $0.004 a typed message",
        ),
        ({"price_per_minute": 0.05, "currency": "CHF"}, "0.05 CHF a minute"),
        ({"input": 0, "output": 0}, "free"),
        ({"input": [4]}, "$4 in, — out for a million tokens"),
        ({}, "—"),
    ],
)
def test_prices_have_a_few_words(pricing: dict[str, Any], words: str) -> None:
    assert str(prices.read(pricing).worded()) == words


def test_a_table_price_is_told_with_its_date() -> None:
    assert str(table.prices_of(catalog.find("xai/grok-voice-latest")).worded()) == (
        "$0.05 a minute, $0.004 a typed message (as published on 2026-11-30)"
    )
