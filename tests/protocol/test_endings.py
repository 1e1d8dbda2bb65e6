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
