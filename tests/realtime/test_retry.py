"""How long the client waits, and how often; the clock is the test's."""

from __future__ import annotations

import math
import random

import pytest

from desktop.realtime import retry
from desktop.realtime.retry import Backoff


def waits(backoff: Backoff, now: float = 0.0) -> list[float]:
    """Every wait until it is enough, each try failing at once."""
    found = []
    while (wait := backoff.next_s(now)) is not None:
        found.append(wait)
        now += wait
    return found


def test_the_waits_double_from_a_fifth_of_a_second_to_ten():
    found = waits(Backoff(lambda: 120.0, random.Random(1)))
    usual = [0.2, 0.4, 0.8, 1.6, 3.2, 6.4] + [10.0] * len(found)
    shares = [wait / longest for wait, longest in zip(found[:-1], usual, strict=False)]
    assert all(0.75 <= share <= 1.0 for share in shares)
    assert len(set(shares)) > 1, "many clients must not come back in the same instant"


@pytest.mark.parametrize("patience", [60.0, 300.0, 1_800.0])
def test_it_is_tried_as_long_as_the_user_wants_and_at_the_very_end_once_more(patience: float):
    assert sum(waits(Backoff(lambda: patience))) == pytest.approx(patience)


def test_for_ever_is_for_ever():
    backoff = Backoff(lambda: math.inf)
    assert all(backoff.next_s(10.0 * hour) is not None for hour in range(10_000))


def test_the_patience_may_change_while_it_is_tried():
    patience = 60.0
    backoff = Backoff(lambda: patience)
    assert backoff.next_s(0.0) is not None
    patience = 1_800.0
    assert backoff.next_s(1_000.0) is not None


def test_the_other_side_may_ask_for_more():
    assert Backoff(lambda: 60.0).next_s(0.0, at_least_s=90.0) == 90.0


def test_sessions_that_end_at_once_are_counted():
    backoff = Backoff(lambda: math.inf)
    assert all(backoff.next_s(0.0, opened=True) is not None for _ in range(retry.TRIES))
    assert backoff.next_s(0.0, opened=True) is None


def test_good_news_begins_with_short_waits_again():
    backoff = Backoff(lambda: 60.0)
    waits(backoff)
    backoff.start_over()
    assert backoff.tried == 0
    assert backoff.next_s(1_000.0) <= 0.2
