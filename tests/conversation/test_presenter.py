"""What each notice of a session writes into the models."""

from __future__ import annotations

import pytest

from desktop.conversation.presenter import Presenter
from desktop.protocol import events
from desktop.realtime.session_events import SessionOpened, ToolEnded
from desktop.tools.runner import ToolOutcome, ToolState
from desktop.turn import effects


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
