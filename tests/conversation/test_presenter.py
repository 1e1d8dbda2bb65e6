"""What each notice of a session writes into the models."""

from __future__ import annotations

import pytest

from desktop.conversation.presenter import Presenter
from desktop.protocol import events
from desktop.realtime.session_events import PlaybackEnded, PlaybackStarted, SessionOpened, ToolEnded
from desktop.tools.runner import ToolOutcome, ToolState
from desktop.turn import effects
from desktop.turn.effects import DisplayState


@pytest.mark.parametrize(("heard_ms", "words"), [(2_990, "A short"), (3_000, "A short one.")])
def test_words_have_their_place_in_the_audio_at_the_rate_of_the_session(heard_ms: float, words: str):
    presenter = Presenter()
    presenter.observe(SessionOpened("s-1", 24_000, output_rate=16_000))
    presenter.observe(effects.ResponseBegan(1))
    presenter.observe(effects.ResponseText(1, "A short one.", received_bytes=0))
    presenter.observe(effects.ResponseText(1, " And a much longer one.", received_bytes=96_000))
    presenter.observe(effects.ResponseEnded(1, "interrupted"))
    presenter.observe(effects.Heard(1, heard_ms, received_ms=6_000))
    (line,) = presenter.transcript.lines
    assert line.heard_text == words


@pytest.mark.parametrize("state", ["done", "failed"])
def test_a_result_that_was_sent_in_vain_is_shown_as_dropped_with_what_it_was(state: ToolState):
    presenter = Presenter()
    presenter.observe(effects.ToolCalled(events.ToolCall("c1", "get_time", "{}")))
    outcome = ToolOutcome("c1", "get_time", {}, {"time": "12:00"}, state, 3.5)
    presenter.observe(ToolEnded(outcome))
    presenter.observe(effects.ToolResultDecided("c1", "sent"))
    presenter.observe(effects.ToolResultDecided("c1", "dropped"))
    (call,), (line,) = presenter.tool_calls.calls, presenter.transcript.lines
    assert (call.state, call.result, call.duration_ms) == ("dropped", {"time": "12:00"}, 3.5)
    assert line.tool is not None
    assert (line.tool.state, line.tool.duration_ms) == ("dropped", 3.5)


def test_an_answer_is_being_spoken_until_its_last_sound_though_its_end_comes_sooner():
    presenter = Presenter()

    def spoken(*notices: effects.Notice) -> list[bool]:
        for notice in notices:
            presenter.observe(notice)
        return [line.is_being_spoken for line in presenter.transcript.lines]

    begun = (effects.ResponseBegan(1), effects.ResponseText(1, "It is noon.", received_bytes=0))
    assert spoken(*begun, effects.StateChanged(DisplayState.SPEAKING)) == [True]
    assert spoken(effects.ResponseEnded(1, "complete")) == [True], "the speaker has still to begin"
    assert spoken(PlaybackStarted(1, 3.0)) == [True]
    assert spoken(effects.StateChanged(DisplayState.RECONNECTING)) == [True], "what has come is still played"
    assert spoken(PlaybackEnded(1)) == [False]


@pytest.mark.parametrize(
    "ends",
    [[effects.Heard(1, 500, received_ms=6_000)], [effects.StateChanged(DisplayState.OFFLINE)]],
    ids=["silenced", "no speaker"],
)
def test_an_answer_that_is_heard_no_more_is_not_being_spoken(ends: list[effects.Notice]):
    presenter = Presenter()
    for notice in (
        effects.ResponseBegan(1),
        effects.ResponseText(1, "It is noon.", received_bytes=0),
        effects.StateChanged(DisplayState.SPEAKING),
        effects.ResponseEnded(1, "complete"),
        *ends,
    ):
        presenter.observe(notice)
    assert not presenter.transcript.lines[0].is_being_spoken


def test_only_one_of_two_answers_in_a_row_is_being_spoken():
    presenter = Presenter()
    for number in (1, 2):
        presenter.observe(effects.ResponseBegan(number))
        presenter.observe(effects.ResponseText(number, "It is noon.", received_bytes=0))
        presenter.observe(effects.StateChanged(DisplayState.SPEAKING))
        presenter.observe(effects.ResponseEnded(number, "complete"))
        presenter.observe(PlaybackStarted(number, 3.0))
    assert [line.is_being_spoken for line in presenter.transcript.lines] == [False, True]
    presenter.observe(PlaybackEnded(2))
    assert [line.is_being_spoken for line in presenter.transcript.lines] == [False, False]


def test_words_alone_are_not_being_spoken_once_they_are_complete():
    presenter = Presenter()
    presenter.observe(effects.ResponseBegan(1))
    presenter.observe(effects.ResponseText(1, "It is noon.", received_bytes=0))
    presenter.observe(effects.ResponseEnded(1, "complete"))
    assert not presenter.transcript.lines[0].is_being_spoken


def test_a_slow_call_s_card_shows_where_it_stands():
    presenter = Presenter()
    presenter.observe(effects.ToolCalled(events.ToolCall("c1", "crawl", "{}")))

    def states() -> set[str]:
        (call,), (line,) = presenter.tool_calls.calls, presenter.transcript.lines
        assert line.tool
        return {call.state, line.tool.state}

    presenter.show_waiting("c1", True)
    assert states() == {"asking"}
    presenter.observe(effects.ToolProgress("c1", "running on"))
    assert states() == {"asking"}, "that it waits for the user is the news"
    presenter.show_waiting("c1", False)
    assert states() == {"running on"}
    presenter.observe(ToolEnded(ToolOutcome("c1", "crawl", {}, {}, "denied", 3.5, "empty")))
    presenter.observe(effects.ToolProgress("c1", "waiting"))
    assert states() == {"waiting"}
    presenter.observe(effects.ToolResultDecided("c1", "sent"))
    assert states() == {"denied"}
    (call,), (line,) = presenter.tool_calls.calls, presenter.transcript.lines
    assert line.tool
    assert (call.bench, line.tool.bench) == ("empty", "empty")
    presenter.observe(effects.ToolProgress("c1", "waiting"))
    assert states() == {"denied"}, "it is over"
