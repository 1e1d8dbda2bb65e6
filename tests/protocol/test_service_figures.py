"""What a service reports is bounded, as what the sound system reports is."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from desktop.protocol import codec, entries, events, limits, service_figures

NO_RATES: list[Any] = [
    1,
    7,
    1_000,
    7_999,
    192_001,
    10**9,
    10**40,
    -24_000,
    24_000.5,
    float("nan"),
    float("inf"),
]


@pytest.fixture(autouse=True)
def logged_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_figures, "_logged", set())


@pytest.mark.parametrize(
    "rate", [*NO_RATES, "fast", "1", "nan", "1e400", True, [24_000], {"hz": 1}, None, 0, ""]
)
def test_no_rate_is_none(rate: Any):
    assert service_figures.sample_rate(rate) == 0


@pytest.mark.parametrize(
    ("rate", "hz"),
    [(8_000, 8_000), (192_000, 192_000), ("24000", 24_000), (16_000.0, 16_000), ("16e3", 16_000)],
)
def test_rates(rate: Any, hz: int):
    assert service_figures.sample_rate(rate) == hz


@pytest.mark.parametrize("rate", NO_RATES)
def test_a_session_and_the_list_of_models_know_the_same_rates(rate: Any):
    started = codec.decode(json.dumps({"type": "session.started", "input_sample_rate": rate}))
    assert isinstance(started, events.SessionStarted)
    assert started.input_sample_rate == 0
    model = entries.model_of({"id": "openai/new", "parameters": {"input_sample_rate": rate}})
    assert model is not None
    assert model.input_rate == 24_000


def test_what_is_left_out_is_logged_once(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, logger=service_figures.__name__)
    for _ in range(3):
        service_figures.sample_rate(10**9)
        service_figures.sample_rate(10**5_000)
    assert [record.message for record in caplog.records] == [
        "the service reports a sample rate in Hz of 1000000000, which is left out"
    ]


@pytest.mark.parametrize(
    ("reported", "kept"),
    [
        (None, None),
        ("many", None),
        ([1], None),
        ({}, {}),
        (
            {"input_tokens": 7, "cost": 0.25, "cached": None},
            {"input_tokens": 7, "cost": 0.25, "cached": None},
        ),
        ({"a": -1, "b": 10**13, "c": 1e300, "d": float("nan"), "e": float("inf"), "f": 0}, {"f": 0}),
        ({"a": 10**5_000, "b": 1}, {"b": 1}),
        ({"by_kind": {"audio": 2, "text": -2}}, {"by_kind": {"audio": 2}}),
        ({"a": {"b": {"c": {"d": {"e": 1}}}}}, {"a": {"b": {"c": {}}}}),
        (
            {"unit": "to\x1bkens", "list": [1, -2, {"b": 2, "c": -1}]},
            {"unit": "to�kens", "list": [1, {"b": 2}]},
        ),
        ({"a": [[[[1]]]]}, {"a": [[[]]]}),
        ({"x" * 10_000: 1}, {"x" * 99 + "…": 1}),
    ],
)
def test_a_usage_has_only_what_can_be_counted(reported: Any, kept: Any):
    assert service_figures.usage(reported) == kept


def test_a_usage_of_a_million_fields_is_cut():
    wide = {str(n): n for n in range(100_000)}
    assert len(service_figures.usage(wide) or {}) == service_figures.MOST_FIELDS
    listed = service_figures.usage({"a": list(range(100_000))}) or {}
    assert len(listed["a"]) == service_figures.MOST_FIELDS - 1
    nested = {str(n): {str(m): m for m in range(100)} for n in range(100)}
    kept = service_figures.usage(nested) or {}
    assert sum(1 + len(inner) for inner in kept.values()) == service_figures.MOST_FIELDS


@pytest.mark.parametrize(
    ("reported", "seconds"),
    [
        (7, 7),
        (0.5, 0.5),
        (10**400, 60),
        (float("inf"), 60),
        (float("nan"), 5),
        (-1, 5),
        (0, 5),
        (True, 5),
        ("9", 5),
        (None, 5),
    ],
)
def test_seconds(reported: Any, seconds: float):
    assert service_figures.seconds(reported, usual=5, most=60) == seconds


@pytest.mark.parametrize("kind", ["error", "session.terminating"])
def test_the_words_of_an_error_are_one_bounded_line(kind: str):
    error = {"message": "Wait.\x1b[2J\n" + "x" * 100_000, "code": "c\u202e" * 50_000}
    event = codec.decode(json.dumps({"type": kind, "error": error}))
    assert isinstance(event, events.Error | events.SessionTerminating)
    assert event.message.startswith("Wait.�[2J xxx")
    assert len(event.message) == limits.MESSAGE
    assert event.code == "c" * len(event.code) or event.code.endswith("…")
    assert len(event.code) <= 100


PRICES = {"input": [4, 6.5], "thresholds": [0, 200_000], "price_per_minute": 0.05, "currency": "USD"}


def test_a_price_list_keeps_its_names_and_figures():
    nested = PRICES | {"audio": {"input": [32]}, "estimated": True}
    assert service_figures.pricing(nested) == nested


@pytest.mark.parametrize(
    "price",
    [-1, float("nan"), float("inf"), 10**40, [1, -1], [1, float("nan")], [[1]], [1] * 21, {"a": {"b": {}}}],
)
def test_what_can_be_no_price_is_left_out(price: Any):
    kept = service_figures.pricing(PRICES | {"output": price})
    assert kept | {"output": {}} == PRICES | {"output": {}}
    assert kept.get("output") in (None, {})


@pytest.mark.parametrize("reported", [None, 7, "free", [], [PRICES]])
def test_what_is_no_price_list_is_empty(reported: Any):
    assert service_figures.pricing(reported) == {}


def test_a_price_list_is_bounded():
    kept = service_figures.pricing({f"kind {number}" + "x" * 999: 1 for number in range(10_000)})
    assert len(kept) == service_figures.MOST_FIELDS
    assert max(map(len, kept)) <= service_figures.LONGEST_NAME


def test_the_prices_of_an_entry_reach_its_model():
    model = entries.model_of({"id": "openai/new", "pricing": PRICES})
    assert model is not None
    assert model.published.pricing == PRICES
    known = {
        model.id: model for model in entries.merged([{"id": "openai/gpt-realtime-2", "pricing": PRICES}])
    }
    assert known["openai/gpt-realtime-2"].published.pricing == PRICES


@pytest.mark.parametrize(
    ("frame", "found"),
    [
        ({"usage": {"input_tokens": 1}}, {"input_tokens": 1}),
        ({"response": {"metadata": {"usage": {"output_tokens": 2}}}}, {"output_tokens": 2}),
        ({"serverContent": {"usageMetadata": {"promptTokenCount": 3}}}, {"promptTokenCount": 3}),
        ({"type": "response.done", "input_tokens": 4, "cached_tokens": None}, {"input_tokens": 4}),
        ({"usage": None, "response": {}}, None),
        ({"tool_arguments": {"usage": {"input_tokens": 10**9}}}, None),
        ({"a": {"b": {"c": {"d": {"e": {"usage": {"input_tokens": 1}}}}}}}, None),
        ([], None),
        ("usage", None),
    ],
)
def test_a_usage_is_found_wherever_the_service_puts_it(frame: object, found: object) -> None:
    assert service_figures.find_usage(frame) == found


@pytest.mark.parametrize("kind", ["session.ended", "session.terminating"])
def test_the_end_of_a_session_may_tell_its_usage(kind: str) -> None:
    frame = b'{"type": "%b", "session": {"usage": {"total_tokens": 9}}}' % kind.encode()
    ended = codec.decode(frame)
    assert isinstance(ended, events.SessionTerminating)
    assert ended.usage == {"total_tokens": 9}
