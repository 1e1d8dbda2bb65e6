"""What has no response yet, as the retries compare it: equal until the user says something new."""

from __future__ import annotations

from desktop.protocol import events
from desktop.turn import inputs
from tests.turn.test_turn import LOST, Conversation

DROPPED = inputs.Dropped(False, LOST, "1011", 1, 0.1)


def test_nothing_was_said():
    assert Conversation().turn.unanswered_turn is None


def test_a_take_stays_the_same_across_connections():
    one = Conversation()
    one(inputs.Press())
    one.speak(400)
    spoken = one.turn.unanswered_turn
    assert spoken is not None
    one(DROPPED)
    one(inputs.Connected())
    one(inputs.Release())
    one.speak(200)
    assert one.turn.unanswered_turn == spoken, "it is the same when it has ended"
    one(DROPPED)
    assert one.turn.unanswered_turn == spoken
    one(inputs.Connected())
    assert one.turn.unanswered_turn == spoken
    one.answer()
    assert one.turn.unanswered_turn is None


def test_another_take_is_another():
    one = Conversation()
    one.say()
    first = one.turn.unanswered_turn
    one(DROPPED)
    one.say()
    assert one.turn.unanswered_turn not in (None, first)


def test_the_same_words_typed_twice_are_two():
    one = Conversation()
    one(inputs.Say("hello"))
    first = one.turn.unanswered_turn
    one.answer()
    one(events.ResponseCompleted())
    one(inputs.Say("hello"))
    assert first is not None
    assert one.turn.unanswered_turn not in (None, first)


def test_a_picture_waits_too():
    one = Conversation()
    one(inputs.Show("data:image/png;base64,", LOST))
    assert one.turn.unanswered_turn is not None


def test_hands_free_each_turn_is_one():
    one = Conversation(inputs.Policy(commits=False, hands_free=True))
    one(events.SpeechStarted())
    one(events.SpeechStopped())
    first = one.turn.unanswered_turn
    assert first is not None
    one(events.SpeechStarted())
    one(events.SpeechStopped())
    assert one.turn.unanswered_turn != first
