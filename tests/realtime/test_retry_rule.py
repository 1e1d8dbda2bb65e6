"""Whether a lost session is opened again: a pure rule, the clock is the test's."""

from __future__ import annotations

import pytest

from desktop.base.message import verbatim
from desktop.protocol import endings
from desktop.realtime import messages, retry_rule
from desktop.realtime.errors import (
    AddressError,
    CredentialError,
    DroppedError,
    EndedError,
    RealtimeError,
    RefusedError,
    UnreachableError,
    refused,
)
from desktop.realtime.retry_rule import RetryRule

SAID = verbatim("Said.")
TURN = (1, 1)


def dropped(deliberate: bool = True) -> RealtimeError:
    return DroppedError(SAID, code="1011" if deliberate else "1006", retry=True, deliberate=deliberate)


def rule(patience: float = 300.0) -> RetryRule:
    """A rule that has seen a session."""
    found = RetryRule(lambda: patience)
    found.session_opened(0.0)
    return found


@pytest.mark.parametrize("exc", [dropped(), UnreachableError(SAID, retry=True), refused(503)])
def test_before_the_first_session_nothing_is_tried_again(exc: RealtimeError):
    assert RetryRule(lambda: 300.0).next_s(exc, None, 0.0) is None
    assert str(exc.message) in ("Said.", "The service is having problems. Try again in a minute.")


@pytest.mark.parametrize(
    ("exc", "again"),
    [
        (dropped(), True),
        (dropped(deliberate=False), True),
        (UnreachableError(SAID), True),
        (AddressError(SAID, may_pass=True), True),
        (AddressError(SAID), False),
        (CredentialError(SAID), False),
        (RefusedError(SAID), False),
        (EndedError(endings.BALANCE, "402"), False),
        (EndedError(endings.EXPIRED, "1000"), True),
        (EndedError(endings.IDLE, "1000"), True),
        *((refused(status), True) for status in (403, 404, 405, 408, 409, 421, 425, 429, 500, 503)),
        *((refused(status), False) for status in (400, 401, 402, 422)),
        (refused(403, headers=[("Retry-After", "7200")]), False),
    ],
    ids=repr,
)
def test_what_is_tried_again_after_a_session(exc: RealtimeError, again: bool):
    assert (rule().next_s(exc, None, 1.0) is not None) is again


def test_the_same_end_after_the_same_turn_is_the_last_and_says_so():
    one = rule()
    assert one.next_s(dropped(), TURN, 1.0) is not None
    one.session_opened(2.0)
    last = dropped()
    assert one.next_s(last, TURN, 3.0) is None
    assert last.message == messages.ENDED_TWICE(message=SAID)
    assert str(last) == str(last.message)


@pytest.mark.parametrize(("exc", "turn"), [(dropped(deliberate=False), TURN), (dropped(), None)])
def test_what_is_no_repetition(exc: RealtimeError, turn: tuple[int, int] | None):
    one = rule()
    for _ in range(5):
        assert one.next_s(exc, turn, 1.0) is not None


def test_another_turn_is_tried_anew():
    one = rule()
    assert all(one.next_s(dropped(), (number, number), 1.0) is not None for number in range(5))


def test_a_refusal_in_the_services_words_is_tried_once_more_for_each_session():
    body = b'{"error": "Project disabled."}'
    one = rule()
    assert one.next_s(refused(403, body=body), None, 1.0) is not None
    assert one.next_s(refused(404, body=body), None, 1.0) is not None
    last = refused(403, body=body)
    assert one.next_s(last, None, 1.0) is None
    assert str(last).endswith("It said: Project disabled.")
    one.session_opened(2.0)
    assert one.next_s(refused(403, body=body), None, 3.0) is not None


def test_when_patience_is_over_the_sentence_says_what_helps():
    one = rule(patience=10.0)
    assert one.next_s(dropped(), None, 1.0) is not None
    last = dropped()
    assert one.next_s(last, None, 100.0) is None
    assert str(last.message) == "Said. Connect again to continue."


def test_a_steady_session_begins_with_short_waits_again():
    one = rule()
    for _ in range(4):
        one.next_s(dropped(deliberate=False), None, 1.0)
    assert one.tried == 4
    one.session_opened(10.0)
    wait = one.next_s(dropped(deliberate=False), None, 10.0 + retry_rule.STEADY_S + 0.1)
    assert wait is not None
    assert wait <= 0.2
    assert (one.tried, one.sessions) == (1, 2)
