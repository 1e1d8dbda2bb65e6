"""A turn as the command line collects it."""

from __future__ import annotations

import pytest

from desktop.base.message import verbatim
from desktop.conversation.turn_collector import TurnCollector
from desktop.turn import effects
from desktop.turn.response import CUT_OFF, NO_ANSWER, STALLED

COMPLETE = [effects.ResponseBegan(1), effects.ResponseEnded(1, "complete")]
AGAIN = [effects.ResponseBegan(2), effects.ResponseEnded(2, "complete")]


def test_too_little_sound_is_reported_with_the_shortest_that_is_sent():
    collector = TurnCollector(expects_transcript=True, min_ms=250)
    collector.observe(effects.TakeEnded(1, "short"))
    assert collector.turn.problems == ["The file contains less than 250 ms of sound: too little to send."]
    assert collector.answered.is_set()


@pytest.mark.parametrize(
    ("outcome", "complete", "problems"),
    [
        ("complete", True, []),
        ("failed", False, ["The answer is not complete. Ask again."]),
        ("incomplete", False, ["The answer is not complete. Ask again."]),
        ("cancelled", False, ["The answer is not complete. Ask again."]),
        (
            "interrupted",
            False,
            ["The answer was interrupted by what the service took for speech. Ask again."],
        ),
    ],
)
def test_a_turn_that_is_not_whole_says_so(
    outcome: effects.ResponseOutcome, complete: bool, problems: list[str]
):
    collector = TurnCollector(expects_transcript=False, min_ms=100)
    for notice in (
        effects.ResponseBegan(1),
        effects.ResponseText(1, " Half a", 0),
        effects.ResponseEnded(1, outcome),
    ):
        collector.observe(notice)
    turn = collector.finish()
    assert (turn.assistant, turn.complete, turn.problems) == ("Half a", complete, problems)


def test_an_answer_after_an_interrupted_one_makes_up_for_it():
    collector = TurnCollector(expects_transcript=False, min_ms=100)
    for number, outcome in ((1, "interrupted"), (2, "complete")):
        collector.observe(effects.ResponseBegan(number))
        collector.observe(effects.ResponseText(number, f" Answer {number}. ", 0))
        collector.observe(effects.ResponseEnded(number, outcome))
    turn = collector.finish()
    assert (turn.assistant, turn.complete, turn.problems) == ("Answer 1. Answer 2.", True, [])


@pytest.mark.parametrize(
    ("notices", "complete"),
    [
        ([], False),
        (COMPLETE, True),
        ([effects.ResponseBegan(1)], False),
        ([effects.ResponseBegan(1), effects.ResponseEnded(1, "dropped")], False),
        ([effects.ResponseBegan(1), effects.ResponseEnded(1, "stalled")], False),
        ([effects.ResponseBegan(1), effects.ResponseEnded(1, "interrupted")], False),
        ([effects.ResponseBegan(1), effects.ResponseEnded(1, "dropped"), *AGAIN], True),
        ([*COMPLETE, effects.ResponseBegan(2)], False),
        ([*COMPLETE, effects.ResponseBegan(2), effects.ResponseEnded(2, "stalled")], False),
        ([*COMPLETE, effects.ToolResultDecided("c", "sent")], True),
        ([*COMPLETE, effects.ToolResultDecided("c", "refused")], True),
        ([*COMPLETE, effects.ToolResultDecided("c", "dropped")], False),
        ([*COMPLETE, effects.ToolResultDecided("c", "ended")], False),
        ([*COMPLETE, effects.ToolResultDecided("c", "sent"), effects.ToolResultDecided("c", "late")], False),
        ([*COMPLETE, effects.ToolResultDecided("c", "dropped"), *AGAIN], True),
        ([*COMPLETE, effects.Note("warning", CUT_OFF())], False),
        ([*COMPLETE, effects.Note("error", NO_ANSWER())], False),
        ([*COMPLETE, effects.Note("error", STALLED())], False),
        ([*COMPLETE, effects.Note("error", verbatim("The transcript was lost."))], True),
    ],
)
def test_a_turn_is_complete_when_its_last_response_is(notices: list[effects.Notice], complete: bool):
    collector = TurnCollector(expects_transcript=False, min_ms=100)
    for notice in notices:
        collector.observe(notice)
    assert collector.turn.complete is complete


def test_why_a_session_ended_is_said_once():
    collector = TurnCollector(expects_transcript=False, min_ms=100)
    collector.observe(effects.Note("error", verbatim("The balance is used up.")))
    collector.fail("The balance is used up.")
    collector.fail("The key is no longer accepted.")
    assert collector.turn.problems == ["The balance is used up.", "The key is no longer accepted."]
