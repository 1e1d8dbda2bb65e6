"""A tool that takes long: the conversation goes on, and its result is told between two turns."""

from __future__ import annotations

import pytest

from desktop.base.message import verbatim
from desktop.protocol import commands as c
from desktop.protocol import events
from desktop.turn import effects as fx
from desktop.turn import inputs, late_results
from desktop.turn.effects import DisplayState
from desktop.turn.late_results import ASKS, MOST_BYTES, RUNS_ON, as_text, interim_text
from tests.turn.test_tool_calls import decided
from tests.turn.test_turn import Conversation, only, sent

DROPPED = inputs.Dropped(False, verbatim("The connection dropped."))
SPOKEN = (events.ResponseStarted(), events.TextDelta("One moment."))
TOLD = as_text([("get_time", {"ok": 1})])[0]


def calling(*, late: bool, calls: int = 1) -> Conversation:
    """A conversation in which the model has called `get_time` and says nothing more; `late`: its policy."""
    talk = Conversation(policy=inputs.Policy(late_results=late))
    talk.say()
    talk(events.ResponseStarted(), *(events.ToolCall(f"t{n + 1}", "get_time", {}) for n in range(calls)))
    talk(events.ResponseCompleted())
    return talk


def detached(*, late: bool) -> Conversation:
    """The same, after the model has said that it takes longer."""
    talk = calling(late=late)
    talk(inputs.ToolRunsOn("t1"), *SPOKEN, events.ResponseCompleted())
    return talk


def stages(effects: list[fx.TurnOutput]) -> list[str]:
    return [progress.stage for progress in only(effects, fx.ToolProgress)]


@pytest.mark.parametrize("asks", [False, True])
def test_where_the_turn_needs_a_result_the_call_gets_a_word_at_once(asks: bool):
    talk = calling(late=False)
    effects = talk(inputs.ToolRunsOn("t1", asks))
    assert sent(effects) == [c.ToolResult("t1", ASKS if asks else RUNS_ON)]
    assert (stages(effects), decided(effects)) == (["running on"], [])
    assert talk.turn.state is DisplayState.THINKING, "the model says so"
    talk(events.ResponseStarted(), events.ResponseCompleted())
    assert talk.turn.state is not DisplayState.TOOL, "the user can talk on"


@pytest.mark.parametrize("asks", [False, True])
def test_where_it_comes_later_too_the_model_is_told_that_it_runs_on(asks: bool):
    talk = calling(late=True)
    effects = talk(inputs.ToolRunsOn("t1", asks))
    assert sent(effects) == [c.TextInput(interim_text("get_time", asks)), c.ResponseCreate()]


def test_several_that_run_on_are_announced_once():
    talk = calling(late=True, calls=2)
    first, second = talk(inputs.ToolRunsOn("t1")), talk(inputs.ToolRunsOn("t2"))
    assert c.ResponseCreate() not in sent(first)
    assert sent(second)[-1] == c.ResponseCreate()


def test_who_talks_already_is_told_nothing():
    talk = calling(late=True)
    talk(inputs.Press())
    assert sent(talk(inputs.ToolRunsOn("t1"))) == []


@pytest.mark.parametrize("late", [True, False])
def test_the_result_is_told_at_once_where_nobody_speaks(late: bool):
    talk = detached(late=late)
    effects = talk(inputs.ToolDone("t1", {"ok": 1}))
    told = [c.ToolResult("t1", {"ok": 1})] if late else [c.TextInput(TOLD), c.ResponseCreate()]
    assert sent(effects) == told
    assert decided(effects) == [("t1", "sent")]
    assert talk.turn.state is DisplayState.THINKING


@pytest.mark.parametrize("late", [True, False])
def test_it_is_never_told_over_speech(late: bool):
    talk = detached(late=late)
    talk(inputs.Press())
    effects = talk(inputs.ToolDone("t1", {"ok": 1}))
    assert (sent(effects), stages(effects)) == ([], ["waiting"])
    talk(inputs.Captured(400), inputs.Release())
    assert only(talk.log, fx.ToolResultDecided) == []
    talk(inputs.Captured(300), events.ResponseStarted(), events.AudioDelta(b"\0\1" * 100))
    assert only(talk.log, fx.ToolResultDecided) == []
    talk(events.ResponseCompleted())
    assert only(talk.log, fx.ToolResultDecided) == [], "it is still heard"
    effects = talk(inputs.SpeakerDrained())
    assert decided(effects) == [("t1", "sent")]


def test_several_that_wait_are_one_announcement():
    talk = calling(late=False, calls=2)
    talk(inputs.ToolRunsOn("t1"), inputs.ToolRunsOn("t2"), *SPOKEN)
    talk(inputs.ToolDone("t1", 1), inputs.ToolDone("t2", 2))
    effects = talk(events.ResponseCompleted())
    assert sent(effects) == [
        c.TextInput(as_text([("get_time", 1), ("get_time", 2)])[0]),
        c.ResponseCreate(),
    ]
    assert decided(effects) == [("t1", "sent"), ("t2", "sent")]


def test_those_that_go_as_results_go_one_after_the_other():
    talk = calling(late=True, calls=2)
    talk(inputs.ToolRunsOn("t1"), inputs.ToolRunsOn("t2"), *SPOKEN)
    talk(inputs.ToolDone("t1", 1), inputs.ToolDone("t2", 2))
    assert sent(talk(events.ResponseCompleted())) == [c.ToolResult("t1", 1)]
    assert sent(talk(*SPOKEN, events.ResponseCompleted())) == [c.ToolResult("t2", 2)]


def test_a_late_result_that_is_refused_is_told_as_text():
    talk = detached(late=True)
    talk(inputs.ToolDone("t1", {"ok": 1}))
    effects = talk(events.Error("Tool call id t1 not found"))
    assert sent(effects) == [c.TextInput(TOLD), c.ResponseCreate()]


@pytest.mark.parametrize("late", [True, False])
def test_it_outlives_its_connection_and_is_told_on_the_next_one(late: bool):
    talk = detached(late=late)
    effects = talk(DROPPED)
    assert fx.WithdrawCall("t1") in effects, "whoever is asked is not asked any more"
    assert (decided(effects), sent(talk(inputs.ToolDone("t1", {"ok": 1})))) == ([], [])
    effects = talk(inputs.Connecting(), inputs.Connected())
    assert sent(effects) == [c.TextInput(TOLD), c.ResponseCreate()]


def test_a_text_that_a_drop_may_have_lost_is_sent_again():
    talk = detached(late=False)
    talk(inputs.ToolDone("t1", {"ok": 1}))
    effects = talk(DROPPED, inputs.Connecting(), inputs.Connected())
    assert sent(effects) == [c.TextInput(TOLD), c.ResponseCreate()]


@pytest.mark.parametrize("done", [True, False])
def test_a_session_s_end_ends_it(done: bool):
    talk = detached(late=True)
    talk(inputs.Press(), *([inputs.ToolDone("t1", 1)] if done else []), inputs.Cancel())
    talk(inputs.Press(), inputs.Dropped(True))
    assert decided(talk.log)[-1][1] in ("ended", "sent")


def test_a_call_of_the_same_id_takes_the_place_of_one_that_runs_on():
    talk = detached(late=True)
    talk.say()
    effects = talk(events.ResponseStarted(), events.ToolCall("t1", "get_time", {}))
    assert decided(effects) == [("t1", "ended")]


def test_who_waits_for_an_answer_hears_it_first():
    """With a server's VAD nothing shows between the key-up and the response, but that it is due."""
    talk = Conversation(policy=inputs.Policy(commits=False))
    talk.say()
    talk(events.ResponseStarted(), events.ToolCall("t1", "get_time", {}), events.ResponseCompleted())
    talk(inputs.ToolRunsOn("t1"), events.ResponseStarted(), events.ResponseCompleted())
    talk.say()
    assert decided(talk(inputs.ToolDone("t1", 1))) == []


def test_a_text_has_a_bounded_size():
    results = [("one", "x" * MOST_BYTES), ("two", "y")]
    text, count = as_text(results)
    assert count == 1
    assert '"y"' not in text
    assert as_text(results[1:])[1] == 1
    assert late_results.TELL in text


PICTURE = "data:image/jpeg;base64,AAAA"


@pytest.mark.parametrize("sees", [True, False])
def test_the_pictures_of_a_result_go_before_it_to_who_sees(sees: bool):
    talk = Conversation(policy=inputs.Policy(sees=sees))
    talk.say()
    talk(events.ResponseStarted(), events.ToolCall("t1", "get_time", {}), events.ResponseCompleted())
    effects = talk(inputs.ToolDone("t1", {"ok": 1}, (PICTURE,)))
    assert sent(effects) == [*([c.ImageInput(PICTURE)] if sees else []), c.ToolResult("t1", {"ok": 1})]


@pytest.mark.parametrize("late", [True, False])
def test_the_pictures_of_a_late_result_wait_with_it_and_go_once(late: bool):
    talk = Conversation(policy=inputs.Policy(late_results=late, sees=True))
    talk.say()
    talk(events.ResponseStarted(), events.ToolCall("t1", "get_time", {}), events.ResponseCompleted())
    talk(inputs.ToolRunsOn("t1"), *SPOKEN, events.ResponseCompleted(), inputs.Press())
    assert sent(talk(inputs.ToolDone("t1", {"ok": 1}, (PICTURE,)))) == []
    effects = talk(inputs.Cancel())
    told = [c.ToolResult("t1", {"ok": 1})] if late else [c.TextInput(TOLD), c.ResponseCreate()]
    assert sent(effects)[-len(told) - 1 :] == [c.ImageInput(PICTURE), *told]
    if late:
        effects = talk(events.Error("the tool call id t1 is unknown"))
        assert c.ImageInput(PICTURE) not in sent(effects)
