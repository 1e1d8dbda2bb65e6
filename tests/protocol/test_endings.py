"""Why sessions end, and what helps."""

from __future__ import annotations

import pytest

from desktop.protocol import endings
from desktop.protocol.endings import ending, reason


@pytest.mark.parametrize(
    ("code", "message", "known"),
    [
        ("idle_timeout", "", endings.IDLE),
        ("", "Session closed: idle for 5 minutes", endings.IDLE),
        ("session_error", "Closed for inactivity.", endings.IDLE),
        ("max_duration", "balance", endings.EXPIRED),
        ("session_expired", "Your session hit the maximum duration of 60 minutes.", endings.EXPIRED),
        ("402", "", endings.BALANCE),
        ("", "Insufficient balance", endings.BALANCE),
        ("concurrency_limit", "", endings.BUSY),
        ("", "Too many sessions for this project", endings.BUSY),
        ("401", "", endings.KEY),
        ("403", "", endings.FORBIDDEN),
        ("model_not_found", "", endings.NO_MODEL),
    ],
)
def test_a_known_reason(code: str, message: str, known: endings.Ending):
    assert reason(code, message) == ending(code, message) == known


@pytest.mark.parametrize(
    ("code", "text", "known"),
    [
        (1011, "You exceeded your current quota, please check your plan and billing details.", endings.QUOTA),
        (1011, "insufficient_quota", endings.BALANCE),
        (1011, " Resource_Exhausted ", endings.RATE),
        (1007, "User location is not supported for the API use.", endings.PLACE),
        (1007, "Request contains an invalid argument.", endings.REQUEST),
        (1008, "API key not valid. Please pass a valid API key.", endings.KEY),
        (1001, "Session closed: idle", endings.IDLE),
        (1000, "The session has expired", endings.EXPIRED),
        (3000, "", endings.KEY),
        (3003, "bye", endings.FORBIDDEN),
        (4401, "", endings.KEY),
        (4404, "", endings.NO_MODEL),
        (4429, "", endings.BUSY),
        (4429, "slow down: rate limit", endings.RATE),
        (4500, "", None),
        (4001, "", None),
        (401, "", None),
        (1011, "Internal error encountered.", None),
        (1012, "Load balancer is draining", None),
        (1013, "Overloaded, try again later", None),
        (1007, "fidelity", None),
        (1000, "x" * 1_000_000 + " quota", None),
    ],
)
def test_the_reason_of_a_close_frame(code: int, text: str, known: endings.Ending | None):
    assert endings.of_close(code, text) == known


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("Maintenance", "Maintenance. Connect again to continue."),
        ("Bye!", "Bye! Connect again to continue."),
        ("", "The service ended the session. Connect again to continue."),
    ],
)
def test_an_unknown_reason_is_reported_as_the_service_told_it(message: str, sentence: str):
    assert reason("planned", message) is None
    found = ending("planned", message)
    assert (str(found.message), found.action, found.follows) == (sentence, "reconnect", "stop")


def test_each_end_offers_one_thing_or_continues_on_its_own():
    for known in endings.CODES.values():
        assert known.action or known.follows != "stop"
        assert str(known.message).endswith(".")
