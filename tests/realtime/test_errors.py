"""The message of a refusal, and the wait that it asks for."""

from __future__ import annotations

import email.utils
import time

import pytest

from desktop.base.message import verbatim
from desktop.realtime.errors import LONGEST_WAIT_S, MOST_RETRY_AFTER_S, RealtimeError, refused, retry_after_s
from desktop.realtime.retry import Backoff

NOON = "Mon, 02 Mar 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([], 0),
        ([("retry-after", " 7 ")], 7),
        ([("Retry-After", "3"), ("Retry-After", "5")], 5),
        ([("Retry-After", "soon")], 0),
        ([("Retry-After", "-3")], 0),
        ([("Retry-After", "Mon, 02 Mar 2026 12:00:30 GMT"), ("Date", NOON)], 30),
        ([("Retry-After", NOON)], 0),
        ([("Retry-After", "999999999")], MOST_RETRY_AFTER_S),
        ([("Retry-After", "9" * 5_000)], MOST_RETRY_AFTER_S),
        ([("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"), ("Date", NOON)], MOST_RETRY_AFTER_S),
        ([("Retry-After", "Sat, 01 Jan 0001 00:00:00 GMT"), ("Date", NOON)], 0),
        ([("Retry-After", "NaN")], 0),
        ([("Retry-After", "inf")], 0),
        ([("Retry-After", "1e9")], 0),
    ],
)
def test_how_long_to_wait(headers: list[tuple[str, str]], seconds: float):
    assert retry_after_s(headers) == seconds


def test_a_date_counts_from_this_clock_where_the_answer_has_none():
    until = email.utils.formatdate(time.time() + 60, usegmt=True)
    assert 55 < retry_after_s([("Retry-After", until)]) <= 60


@pytest.mark.parametrize(
    ("status", "retry"), [(400, False), (401, False), (402, False), (403, False), (404, False), (418, False)]
)
def test_what_no_retry_mends(status: int, retry: bool):
    assert refused(status).retry is retry


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_may_be_tried_again_after_its_delay(status: int):
    error = refused(status, headers=[("Retry-After", "9")])
    assert error.retry
    assert Backoff().next_s(0, error.after_s) == 9


def test_a_wait_of_hours_is_reported_and_not_waited():
    error = refused(429, headers=[("Retry-After", "7200")])
    assert not error.retry
    assert "2 hours" in str(error)
    assert refused(429, headers=[("Retry-After", str(int(LONGEST_WAIT_S)))]).retry


def test_no_secret_that_the_service_says_back_stays_in_an_error():
    exc = RealtimeError(verbatim("The key op-0123456789abcdef is wrong."), code="Bearer op-0123456789abcdef")
    assert (str(exc), exc.code) == ("The key op-… is wrong.", "Bearer …")
