"""The waits for a response count from when what it depends on was sent, not from the release."""

from __future__ import annotations

import pytest

from desktop.base.message import verbatim
from desktop.protocol import commands as c
from desktop.protocol import events
from desktop.turn import effects as fx
from desktop.turn import inputs
from desktop.turn.effects import DisplayState
from desktop.turn.response import NO_ANSWER_NOTE
from desktop.turn.unanswered import SEEMS_ALIVE_MS
from tests.turn.test_turn import Conversation, only, sent

SECOND = 1_000.0


def upload(talk: Conversation, seconds: int) -> list[fx.TurnOutput]:
    """That many seconds of sound wait, and one of them goes out each second."""
    out = []
    for left in range(seconds, 0, -1):
        out += talk(inputs.Unsent(left * SECOND), inputs.Tick(), after=SECOND)
    return out + talk(inputs.Unsent(None), inputs.Tick())


def test_a_long_upload_is_no_missing_answer() -> None:
    talk = Conversation()
    talk.say()
    out = upload(talk, 60)
    assert only(out, fx.Note) == []
    assert talk.turn.state is DisplayState.THINKING
    assert only(talk(inputs.Tick(), after=19_000), fx.Note) == []
    assert NO_ANSWER_NOTE in talk(inputs.Tick(), after=1_000), "the wait begins when all was sent"


def test_what_is_left_is_told_second_by_second_and_once_each() -> None:
    talk = Conversation()
    talk.say()
    told = only([*talk(inputs.Unsent(2_500.0)), *talk(inputs.Unsent(2_100.0))], fx.SendingProgress)
    assert told == [fx.SendingProgress(3)]
    assert talk.turn.state is DisplayState.SENDING
    assert only(talk(inputs.Unsent(900.0)), fx.SendingProgress) == [fx.SendingProgress(1)]
    assert only(talk(inputs.Unsent(None)), fx.SendingProgress) == [fx.SendingProgress(0)]
    assert talk(inputs.Unsent(None)) == []


def test_what_is_sent_at_once_is_not_shown() -> None:
    talk = Conversation()
    talk.say()
    assert talk(inputs.Unsent(1_400.0), inputs.Unsent(None)) == []
    assert talk.turn.state is DisplayState.THINKING


def test_a_take_that_is_uploaded_for_minutes_is_kept_when_the_connection_drops() -> None:
    talk = Conversation()
    talk.say()
    upload(talk, round(2 * SEEMS_ALIVE_MS / SECOND))
    dropped = talk(inputs.Dropped(final=False, message=verbatim("The connection dropped.")))
    assert only(dropped, fx.TakeEnded) == [fx.TakeEnded(1, "kept")]
    assert fx.ResendTake(1) in talk(inputs.Connecting(), inputs.Connected())


@pytest.mark.parametrize("begin", [[], [events.ResponseStarted()]])
def test_a_response_that_is_not_wanted_is_waited_for_as_long(begin: list[events.Event]) -> None:
    talk = Conversation()
    talk.say()
    talk(*begin)
    talk(inputs.Press())
    talk.speak(1_000)
    talk(inputs.Release())
    talk.speak(200)
    during = upload(talk, 60)
    assert c.ResponseCreate() not in sent(during), "the next one is asked for when the old one is over"
    assert c.ResponseCreate() in sent(talk(inputs.Tick(), after=20_000))
