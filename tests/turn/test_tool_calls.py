"""What becomes of each tool call, as the turn decides it."""

from __future__ import annotations

import pytest

from desktop.base.message import verbatim
from desktop.protocol import commands as c
from desktop.protocol import events
from desktop.turn import effects as fx
from desktop.turn import inputs
from desktop.turn.effects import DisplayState, Send
from desktop.turn.tool_calls import MOST_TOOLS, TOO_MANY
from desktop.turn.unanswered import SEEMS_ALIVE_MS
from tests.turn.test_turn import LOST, Conversation, only, sent


def decided(effects: list[fx.TurnOutput]) -> list[tuple[str, str]]:
    return [(e.call_id, e.outcome) for e in only(effects, fx.ToolResultDecided)]


def calling(*call_ids: str, over: bool = True) -> Conversation:
    """A conversation in which the model has called these tools."""
    talk = Conversation()
    talk.say()
    talk(events.ResponseStarted(), *(events.ToolCall(call_id, "get_time", {}) for call_id in call_ids))
    if over:
        talk(events.ResponseCompleted())
    return talk


DROPPED = inputs.Dropped(False, LOST)
RESTS = inputs.Dropped(False, verbatim("Nobody spoke."), rests=True)


def test_every_call_is_announced_before_anything_is_decided_about_it():
    talk = calling("t1", over=False)
    call = events.ToolCall("t1", "get_time", {})
    assert only(talk.log, fx.ToolCalled) == [fx.ToolCalled(call)]
    assert talk.log.index(fx.ToolCalled(call)) < talk.log.index(fx.RunTool(call))
    assert talk(call) == [], "the same call again is no other one"
    assert decided(talk.log) == []


@pytest.mark.parametrize("over", [True, False], ids=["after the response", "within it"])
def test_a_result_that_was_sent_is_reported_as_sent(over: bool):
    talk = calling("t1", over=over)
    effects = talk(inputs.ToolDone("t1", 1))
    assert effects[0] == Send(c.ToolResult("t1", 1))
    assert decided(effects) == [("t1", "sent")]


@pytest.mark.parametrize("interruption", [inputs.Press(), inputs.Cancel(), inputs.Say("stop")])
def test_a_result_after_an_interruption_is_sent_anyway(interruption: inputs.Input):
    talk = calling("t1", over=False)
    assert decided(talk(interruption)) == []
    effects = talk(inputs.ToolDone("t1", 1))
    assert sent(effects) == [c.ToolResult("t1", 1)]
    assert decided(effects) == [("t1", "sent")]


@pytest.mark.parametrize("interruption", [inputs.Press(), inputs.Cancel(), inputs.Say("stop")])
def test_the_tools_that_the_model_waits_for_are_told_of_an_interruption_once(interruption: inputs.Input):
    talk = calling("t1", "t2", "t3", over=False)
    talk(inputs.ToolDone("t2", 1), inputs.ToolRunsOn("t3"))
    told = [effect for effect in talk(interruption) if isinstance(effect, fx.InterruptTool)]
    assert told == [fx.InterruptTool("t1")], "what runs on beside the conversation does so"
    again = talk(inputs.Release(), interruption)
    assert not [effect for effect in again if isinstance(effect, fx.InterruptTool)]


@pytest.mark.parametrize(
    ("error", "late"),
    [
        (events.Error("Tool call id t1 not found"), "t1"),
        (events.Error("No such call", "invalid_tool_call_id"), "t2"),
    ],
)
def test_a_result_that_the_service_does_not_wait_for_was_late(error: events.Error, late: str):
    talk = calling("t1", "t2", over=False)
    talk(inputs.Press(), inputs.ToolDone("t1", 1), inputs.ToolDone("t2", 2))
    assert decided(talk(error)) == [(late, "late")], "the one it names, else the last"


def test_a_result_that_was_answered_is_not_late_any_more():
    talk = calling("t1")
    talk(inputs.ToolDone("t1", 1), events.ResponseStarted())
    assert decided(talk(events.Error("Tool call id t1 not found"))) == []


@pytest.mark.parametrize(
    ("message", "late"),
    [
        ("Tool call ID 'call_1' not found", []),
        ("Tool call ID 'call_10' not found", ["call_10"]),
        ("Tool call ID call_12-b not found.", ["call_12-b"]),
        ("Tool call ID call_12.", ["call_12"]),
        ("Tool call ID call_999 not found", ["call_12-b"]),
        ("Nobody waits for this tool call ID", ["call_12-b"]),
    ],
)
def test_only_the_result_that_the_service_names_is_late(message: str, late: list[str]):
    talk = calling("call_1")
    talk(inputs.ToolDone("call_1", 1), events.ResponseStarted())
    later = ["call_12-b", "call_12", "call_10"]
    talk(*(events.ToolCall(call_id, "get_time", {}) for call_id in later))
    talk(*(inputs.ToolDone(call_id, 1) for call_id in reversed(later)))
    assert decided(talk(events.Error(message))) == [(call_id, "late") for call_id in late]


def test_a_result_that_was_refused_is_known_by_its_id():
    talk = calling("t0", over=False)
    talk(inputs.ToolDone("t0", 1))
    talk(*(events.ToolCall(f"busy{number}", "get_time", {}) for number in range(MOST_TOOLS)))
    assert decided(talk(events.ToolCall("one-too-many", "get_time", {}))) == [("one-too-many", "refused")]
    assert decided(talk(events.Error("Tool call ID one-too-many not found"))) == []


def test_ids_are_those_of_this_connection():
    talk = calling("old")
    talk(inputs.ToolDone("old", 1), DROPPED, inputs.Connecting(), inputs.Connected())
    talk(events.ResponseStarted(), events.ToolCall("new", "get_time", {}), inputs.ToolDone("new", 1))
    assert decided(talk(events.Error("Tool call ID new: there is no old one"))) == [("new", "late")]


@pytest.mark.parametrize("drop", [DROPPED, RESTS])
def test_a_call_is_dropped_with_its_connection_and_its_result_is_late(drop: inputs.Dropped):
    talk = calling("t1")
    assert decided(talk(drop)) == [("t1", "dropped")]
    talk(inputs.Connecting(), inputs.Connected())
    assert talk.turn.state is not DisplayState.TOOL
    effects = talk(inputs.ToolDone("t1", 1))
    assert sent(effects) == []
    assert decided(effects) == [("t1", "late")]
    assert talk(inputs.ToolDone("t1", 1)) == []


def test_a_result_that_was_sent_into_a_dead_connection_is_dropped_with_it():
    talk = calling("t1", "t2")
    talk(inputs.ToolDone("t1", 1))
    assert decided(talk(DROPPED, after=SEEMS_ALIVE_MS)) == [("t1", "dropped"), ("t2", "dropped")]
    talk(inputs.Connecting(), inputs.Connected())
    assert decided(talk(events.Error("Tool call id t1 not found"), DROPPED)) == []


@pytest.mark.parametrize("interruption", [[], [inputs.Press()]], ids=["heard", "unwanted"])
@pytest.mark.parametrize("begins", [events.ResponseStarted(), events.TextDelta("It is noon.")])
def test_a_result_that_the_model_has_responded_to_is_not_dropped(
    interruption: list[inputs.Input], begins: events.Event
):
    talk = calling("t1")
    talk(*interruption, inputs.ToolDone("t1", 1), begins)
    assert decided(talk(DROPPED)) == []


@pytest.mark.parametrize("drop", [RESTS, inputs.Dropped(True), inputs.Dropped(True, LOST)])
def test_a_result_is_not_dropped_by_an_end_that_tells_nothing_about_it(drop: inputs.Dropped):
    talk = calling("t1")
    talk(inputs.ToolDone("t1", 1))
    assert decided(talk(drop)) == []


def test_a_result_is_not_dropped_when_the_connection_has_lived_on_for_long():
    talk = calling("t1")
    talk(inputs.ToolDone("t1", 1))
    assert decided(talk(DROPPED, after=SEEMS_ALIVE_MS + 1)) == []


def test_a_result_without_a_connection_is_late_at_once():
    talk = calling("t1")
    talk(DROPPED)
    assert decided(talk(inputs.ToolDone("t1", 1))) == [("t1", "late")]


def test_a_renewed_session_takes_no_result_of_the_old_one():
    talk = calling("t1")
    assert decided(talk(inputs.Renewed())) == [("t1", "dropped")]
    assert decided(talk(inputs.ToolDone("t1", 1))) == [("t1", "late")]


def test_an_id_that_comes_again_on_the_next_connection_is_another_call():
    talk = calling("t1")
    talk(DROPPED, inputs.Connecting(), inputs.Connected(), events.ResponseStarted())
    call = events.ToolCall("t1", "get_time", {})
    assert talk(call)[:2] == [fx.ToolCalled(call), fx.RunTool(call)]
    assert decided(talk(inputs.ToolDone("t1", 1))) == [("t1", "sent")]


def test_an_id_that_comes_again_in_a_cancelled_response_replaces_the_call_before():
    talk = calling("t1")
    talk(DROPPED, inputs.Connecting(), inputs.Connected(), events.ResponseStarted(), inputs.Press())
    assert decided(talk(events.ToolCall("t1", "get_time", {}))) == [("t1", "cancelled")]
    assert talk(inputs.ToolDone("t1", 1)) == []


@pytest.mark.parametrize("message", ["", "The project's balance is used up."])
def test_a_call_ends_with_its_session(message: str):
    talk = calling("t1")
    assert decided(talk(inputs.Dropped(True, message))) == [("t1", "ended")]
    assert talk(inputs.ToolsStopped()) == []
    assert talk(inputs.ToolDone("t1", 1)) == []


def test_a_call_that_was_dropped_and_stopped_stays_dropped():
    talk = calling("t1")
    talk(DROPPED)
    assert decided(talk(inputs.Dropped(True), inputs.ToolsStopped())) == []


def test_tools_that_are_stopped_without_a_word_of_the_link_end_with_the_session():
    talk = calling("t1")
    assert decided(talk(inputs.ToolsStopped())) == [("t1", "ended")]


def test_a_call_of_a_cancelled_response_is_not_run():
    talk = Conversation()
    talk.say()
    talk.answer()
    talk(inputs.Press())
    call = events.ToolCall("t1", "get_time", {})
    assert talk(call) == [fx.ToolCalled(call), fx.ToolResultDecided("t1", "cancelled")]


def test_a_call_of_an_unwanted_response_is_not_run():
    talk = Conversation()
    talk.say()
    talk(inputs.Cancel())
    effects = talk(events.ToolCall("t1", "get_time", {}))
    assert sent(effects) == [c.ResponseCancel()]
    assert decided(effects) == [("t1", "cancelled")]
    assert only(effects, fx.RunTool) == []


def test_a_call_that_trails_after_a_cancelled_response_is_not_run():
    talk = Conversation()
    talk.say()
    talk.answer()
    talk(inputs.Cancel())
    talk(inputs.Tick(), after=2_100)
    effects = talk(events.ToolCall("t1", "get_time", {}), after=100)
    assert decided(effects) == [("t1", "cancelled")]
    assert only(effects, fx.RunTool) == []


def test_dropped_tools_that_still_run_count_to_the_most_that_may():
    talk = calling(*(f"t{number}" for number in range(MOST_TOOLS)))
    talk(DROPPED, inputs.Connecting(), inputs.Connected(), events.ResponseStarted())
    assert decided(talk(events.ToolCall("new", "get_time", {}))) == [("new", "refused")]
    talk(inputs.ToolDone("t0", 1))
    assert decided(talk(events.ToolCall("newer", "get_time", {}))) == []


def test_a_model_in_a_loop_is_told_to_wait_for_its_results():
    talk = Conversation()
    talk.say()
    talk(events.ResponseStarted())
    for number in range(MOST_TOOLS):
        assert only(talk(events.ToolCall(f"t{number}", "get_time", {})), fx.RunTool)
    refused = events.ToolCall("one too many", "get_time", {})
    assert talk(refused) == [
        fx.ToolCalled(refused),
        Send(c.ToolResult("one too many", TOO_MANY)),
        fx.ToolResultDecided("one too many", "refused"),
    ]
    talk(inputs.ToolDone("t0", 1))
    assert only(talk(events.ToolCall("the next", "get_time", {})), fx.RunTool)
