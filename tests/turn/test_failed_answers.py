"""Responses that the service ends before they are whole: what is told, once, and what is not asked again."""

from __future__ import annotations

import pytest

from desktop.protocol import commands as c
from desktop.protocol import events
from desktop.protocol.events import ResponseCompleted
from desktop.turn import effects as fx
from desktop.turn import inputs
from desktop.turn.effects import DisplayState
from desktop.turn.response import CANCELLED_MS, EMPTY_MS, LATE_TEXT_MS
from tests.turn.test_turn import LOST, Conversation, only, sent

QUOTA = ResponseCompleted(None, "failed", "", "insufficient_quota", "You exceeded your current quota.")
BARE = ResponseCompleted(None, "failed")
TOO_LONG = ResponseCompleted(None, "incomplete", "max_output_tokens")
CANCELLED = ResponseCompleted(None, "cancelled")
SAME_ERROR = events.Error("You exceeded your current quota.", "insufficient_quota")
SERVER_ERROR = events.Error("The server had an error.", "server_error")


def asked() -> Conversation:
    talk = Conversation()
    talk.say()
    return talk


def ends(effects: list[fx.TurnOutput]) -> list[str]:
    return [end.outcome for end in only(effects, fx.ResponseEnded)]


def notes(effects: list[fx.TurnOutput]) -> list[fx.Note]:
    return only(effects, fx.Note)


@pytest.mark.parametrize(
    ("end", "outcome", "kind", "code", "action"),
    [
        (QUOTA, "failed", "error", "insufficient_quota", "top_up"),
        (BARE, "failed", "error", "", ""),
        (TOO_LONG, "incomplete", "warning", "max_output_tokens", ""),
        (CANCELLED, "cancelled", "warning", "", ""),
    ],
)
def test_half_an_answer_is_said_to_be_one(
    end: ResponseCompleted, outcome: str, kind: str, code: str, action: str
):
    talk = asked()
    talk.answer()
    effects = talk(end)
    assert ends(effects) == [outcome]
    assert [(note.kind, note.code, note.action) for note in notes(effects)] == [(kind, code, action)]
    assert fx.CompleteAudio(1) in effects, "what has come is played to its end"
    talk(inputs.SpeakerDrained())
    assert talk.turn.state is DisplayState.READY


@pytest.mark.parametrize("end", [QUOTA, TOO_LONG, CANCELLED])
def test_an_answer_of_sound_alone_has_no_line_and_its_reason_stays(end: ResponseCompleted):
    talk = asked()
    talk(events.ResponseStarted(), events.AudioDelta(b"\1\0" * 480))
    assert [note.kind for note in notes(talk(end))] == ["error"]


@pytest.mark.parametrize("end", [QUOTA, BARE, TOO_LONG, CANCELLED])
@pytest.mark.parametrize("begun", [True, False])
def test_no_answer_at_all_stays_in_the_transcript(end: ResponseCompleted, begun: bool):
    talk = asked()
    if begun:
        talk(events.ResponseStarted())
    effects = talk(end)
    assert len(ends(effects)) == 1
    assert [note.kind for note in notes(effects)] == ["error"]
    assert talk.turn.state is DisplayState.READY
    assert not talk.turn.has_deadline


@pytest.mark.parametrize("begun", [True, False])
def test_a_failed_answer_is_not_asked_for_again(begun: bool):
    talk = asked()
    if begun:
        talk(events.ResponseStarted())
    talk(QUOTA)
    assert talk.sent.count(c.ResponseCreate()) == 1
    talk(inputs.Dropped(final=False, message=LOST))
    assert talk(inputs.Connected()) == [fx.StateChanged(DisplayState.READY)]
    talk(inputs.Tick(), after=60_000)
    assert talk.sent.count(c.ResponseCreate()) == 1


def test_the_next_question_is_asked():
    talk = asked()
    talk(QUOTA)
    talk.say()
    assert talk.sent.count(c.ResponseCreate()) == 2
    talk.answer()
    assert ends(talk(ResponseCompleted())) == ["complete"]


def test_what_follows_a_tools_result_may_fail():
    talk = asked()
    talk(events.ResponseStarted(), events.ToolCall("t1", "get_time"), ResponseCompleted())
    talk(inputs.ToolDone("t1", 1))
    assert [note.code for note in notes(talk(QUOTA))] == ["insufficient_quota"]
    assert talk.turn.state is DisplayState.READY


# Once


@pytest.mark.parametrize("begun", [True, False])
@pytest.mark.parametrize("end", [QUOTA, BARE, ResponseCompleted(None, "failed", "", "insufficient_quota")])
def test_an_error_before_the_end_is_not_told_again(begun: bool, end: ResponseCompleted):
    talk = asked()
    if begun:
        talk(events.ResponseStarted())
    effects = talk(SAME_ERROR, end)
    assert [note.code for note in notes(effects)] == ["insufficient_quota"]


def test_a_response_that_begins_after_the_error_and_fails_is_told_once():
    effects = asked()(SERVER_ERROR, events.ResponseStarted(), BARE)
    assert [note.code for note in notes(effects)] == ["server_error"]


def test_the_same_error_after_the_end_is_not_told_again():
    talk = asked()
    effects = talk(events.ResponseStarted(), QUOTA, SAME_ERROR)
    assert len(notes(effects)) == 1
    assert len(notes(talk(SERVER_ERROR))) == 1, "another error is"


def test_another_reason_than_the_errors_is_told():
    effects = asked()(events.ResponseStarted(), SERVER_ERROR, QUOTA)
    assert [note.code for note in notes(effects)] == ["server_error", "insufficient_quota"]


def test_an_error_aside_is_not_the_reason():
    effects = asked()(events.ResponseStarted(), events.Error("No voice.", "speech_failed"), BARE)
    assert [note.code for note in notes(effects)] == ["speech_failed", ""]


def test_the_same_failure_of_the_next_answer_is_told_again():
    talk = asked()
    talk(QUOTA)
    talk.say()
    assert len(notes(talk(QUOTA))) == 1


def test_two_errors_that_say_the_same_are_two():
    assert len(notes(Conversation()(SERVER_ERROR, SERVER_ERROR))) == 2


def test_an_end_that_comes_twice_is_told_once():
    talk = asked()
    talk.answer()
    assert len(notes(talk(QUOTA, QUOTA))) == 1
    assert notes(talk(CANCELLED)) == []


def test_an_end_that_takes_back_the_one_before_marks_the_line():
    talk = asked()
    talk.answer()
    talk(ResponseCompleted())
    effects = talk(QUOTA, after=LATE_TEXT_MS - 1)
    assert (ends(effects), len(notes(effects))) == (["failed"], 1)
    talk.say()
    talk.answer()
    talk(ResponseCompleted())
    assert ends(talk(QUOTA, after=LATE_TEXT_MS)) == [], "too late to belong to it"


def test_a_failure_that_comes_after_it_was_given_up_is_told():
    talk = asked()
    talk(inputs.Tick(), after=20_000)
    assert [note.code for note in notes(talk(QUOTA))] == ["insufficient_quota"]


# Cancelled by us


def test_the_end_of_what_we_cancelled_is_silent():
    talk = asked()
    talk.answer()
    assert ends(talk(inputs.Press())) == ["interrupted"]
    assert notes(talk(CANCELLED)) == []
    assert ends(talk(CANCELLED)) == []


@pytest.mark.parametrize("end", [CANCELLED, QUOTA, TOO_LONG])
def test_how_a_response_ends_that_nobody_wants_is_no_news(end: ResponseCompleted):
    talk = asked()
    talk.answer()
    talk(inputs.Cancel())
    effects = talk(end)
    assert (ends(effects), notes(effects)) == ([], [])
    assert talk.turn.state is DisplayState.READY


def test_a_late_end_of_what_we_cancelled_is_not_the_next_ones():
    talk = asked()
    talk.answer()
    talk(inputs.Press())
    talk.speak(400)
    talk(inputs.Release())
    talk.speak(200)
    talk(inputs.Tick(), after=CANCELLED_MS)
    assert talk.sent.count(c.ResponseCreate()) == 2
    effects = talk(CANCELLED)
    assert (ends(effects), notes(effects)) == ([], [])
    assert talk.turn.state is DisplayState.THINKING, "the next one is still expected"
    talk.answer()
    assert ends(talk(ResponseCompleted())) == ["complete"]


def test_a_response_that_the_server_stopped_because_it_heard_the_user_is_interrupted():
    talk = asked()
    talk.answer()
    effects = talk(ResponseCompleted(None, "cancelled", "turn_detected"))
    assert (ends(effects), notes(effects)) == (["interrupted"], [])
    assert fx.StopPlayback() in effects


def test_a_response_that_stalled_and_was_cancelled_is_told_once():
    talk = asked()
    talk(events.ResponseStarted(), events.TextDelta("And then"))
    assert [note.code for note in notes(talk(inputs.Tick(), after=30_000))] == ["response_stalled"]
    assert notes(talk(CANCELLED)) == []


# Empty


@pytest.mark.parametrize("begun", [True, False])
def test_an_empty_answer_is_said_to_be_empty(begun: bool):
    talk = asked()
    if begun:
        talk(events.ResponseStarted())
    assert notes(talk(ResponseCompleted())) == []
    assert notes(talk(inputs.Tick(), after=EMPTY_MS - 1)) == []
    assert [note.code for note in notes(talk(inputs.Tick(), after=1))] == ["empty_response"]
    assert talk.turn.state is DisplayState.READY
    assert not talk.turn.has_deadline
    talk(inputs.Dropped(final=False, message=LOST))
    assert sent(talk(inputs.Connected())) == []


def test_a_tool_call_after_an_empty_answer_is_the_answer_going_on():
    talk = asked()
    talk(events.ResponseStarted(), ResponseCompleted())
    assert talk.turn.state is DisplayState.THINKING
    assert talk.turn.activity == "busy"
    call = events.ToolCall("t1", "get_time")
    assert fx.RunTool(call) in talk(call, after=EMPTY_MS - 1)
    assert talk.turn.state is DisplayState.TOOL
    assert sent(talk(inputs.ToolDone("t1", 1))) == [c.ToolResult("t1", 1)]
    talk.answer()
    assert ends(talk(ResponseCompleted())) == ["complete"]
    talk(inputs.Tick(), after=60_000)
    assert notes(talk.log) == []


def test_a_tool_call_after_an_end_without_a_beginning_runs_too():
    talk = asked()
    talk(ResponseCompleted())
    call = events.ToolCall("t1", "get_time")
    assert fx.RunTool(call) in talk(call)
    assert talk.turn.state is DisplayState.TOOL


def test_the_failure_after_an_empty_end_is_the_reason():
    talk = asked()
    talk(events.ResponseStarted(), ResponseCompleted())
    assert [note.code for note in notes(talk(QUOTA))] == ["insufficient_quota"]
    assert notes(talk(inputs.Tick(), after=60_000)) == []


def test_an_error_after_an_empty_end_is_the_reason():
    talk = asked()
    talk(events.ResponseStarted(), ResponseCompleted())
    assert [note.code for note in notes(talk(SERVER_ERROR))] == ["server_error"]
    assert notes(talk(inputs.Tick(), after=60_000)) == []


def test_after_an_empty_answer_the_next_is_asked_at_once():
    talk = asked()
    talk(events.ResponseStarted(), ResponseCompleted())
    assert c.ResponseCreate() in sent(talk.say(400))
    talk.answer()
    assert notes(talk.log) == []


def test_after_a_tools_result_the_model_may_have_nothing_to_say():
    talk = asked()
    talk(events.ResponseStarted(), events.ToolCall("t1", "get_time"), ResponseCompleted())
    talk(inputs.ToolDone("t1", 1), events.ResponseStarted(), ResponseCompleted())
    talk(inputs.Tick(), after=60_000)
    assert notes(talk.log) == []
    assert talk.turn.state is DisplayState.READY


@pytest.mark.parametrize(
    "policy",
    [inputs.Policy(commits=False, hands_free=True), inputs.Policy(commits=False, continuous=True)],
    ids=["hands-free", "translation"],
)
def test_where_the_server_decides_an_empty_answer_is_none(policy: inputs.Policy):
    talk = Conversation(policy)
    talk(events.ResponseStarted(), ResponseCompleted())
    talk(inputs.Tick(), after=EMPTY_MS)
    assert notes(talk.log) == []


# Text after the end


def test_the_last_words_may_come_after_the_end():
    talk = asked()
    talk.answer()
    talk(ResponseCompleted(), inputs.SpeakerDrained())
    assert talk(events.TextDelta(" there."), after=LATE_TEXT_MS - 1) == [fx.ResponseText(1, " there.", 960)]
    assert not talk.turn.has_deadline
    effects = talk(events.TextDelta("Later"), after=1)
    assert fx.ResponseBegan(2) in effects, "later ones begin another response"


def test_words_after_the_end_bring_one_space_at_most():
    talk = asked()
    talk(events.ResponseStarted(), events.TextDelta("Done. "), ResponseCompleted())
    assert talk(events.TextDelta(" More.")) == [fx.ResponseText(1, "More.", 0)]
    assert talk(events.TextDelta("And more.")) == [fx.ResponseText(1, " And more.", 0)]


def test_words_after_the_end_are_not_the_next_answers():
    talk = asked()
    talk.answer()
    talk(ResponseCompleted(), inputs.Press())
    assert talk(events.TextDelta(" late")) == []
    assert c.ResponseCancel() not in talk.sent
