"""Implausible values from the sound system."""

from __future__ import annotations

import logging
import math

import pytest

from desktop.audio import reported_values

NONSENSE = [-1.0, math.nan, math.inf, -math.inf]


@pytest.fixture(autouse=True)
def _nothing_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reported_values, "_logged", set())


@pytest.mark.parametrize("reported", [*NONSENSE, 2.1, 2**32 / 48_000])
def test_an_invalid_latency_is_the_usual_one(reported: float):
    assert reported_values.latency_s(reported) == reported_values.USUAL_LATENCY_S


@pytest.mark.parametrize("reported", [0.0, 0.01, 2.0])
def test_a_latency_is_taken_as_it_is(reported: float):
    assert reported_values.latency_s(reported) == reported


@pytest.mark.parametrize("reported", [*NONSENSE, 0.0, 1.0, 1e9])
def test_an_invalid_rate_is_the_usual_one(reported: float):
    assert reported_values.sample_rate(reported) == reported_values.USUAL_RATE


@pytest.mark.parametrize(("reported", "rate"), [(8_000.0, 8_000), (47_999.9999, 48_000), (768_000, 768_000)])
def test_a_rate_is_taken_to_the_hertz(reported: float, rate: int):
    assert reported_values.sample_rate(reported) == rate


@pytest.mark.parametrize("reported", [-1, -(2**31), math.nan, -math.inf])
def test_channels_that_are_none_are_none(reported: float):
    assert reported_values.channels(reported) == 0


@pytest.mark.parametrize("reported", [257, 2**31 - 1, math.inf])
def test_too_many_channels_are_as_many_as_are_believed(reported: float):
    assert reported_values.channels(reported) == reported_values.MOST_CHANNELS


def test_a_name_is_cut():
    assert reported_values.name("Mic") == "Mic"
    assert len(reported_values.name("M" * 100_000)) == reported_values.LONGEST_NAME


def test_it_is_logged_once(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "desktop.audio.reported_values")
    for _ in range(3):
        reported_values.latency_s(2**32 / 48_000)
    assert [record.getMessage() for record in caplog.records] == [
        "the sound system reports a latency in seconds of 89,478: 0.03 is taken instead"
    ]
