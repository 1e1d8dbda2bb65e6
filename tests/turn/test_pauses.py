"""A gap in an answer's sound: shown only when it is as long as one that a listener would call a pause."""

from __future__ import annotations

import pytest

from desktop.base.message import verbatim
from desktop.protocol import commands as c
from desktop.protocol import events
from desktop.turn import effects as fx
from desktop.turn import inputs
from desktop.turn.effects import DisplayState
from desktop.turn.response_content import PAUSE_MS
from tests.turn.test_hands_free import HANDS_FREE, heard
from tests.turn.test_turn import Conversation, only, sent

MORE = events.AudioDelta(b"\1\0" * 480)
TICK_MS = 50


def speaking(policy: inputs.Policy | None = None) -> Conversation:
    """An answer has begun to sound."""
    talk = Conversation(policy) if policy else Conversation()
    if talk.turn.policy.hands_free:
        heard(talk)
    else:
        talk.say()
    talk.answer()
    return talk


def passes(talk: Conversation, ms: float) -> list[fx.TurnOutput]:
    """So long nothing happens but the clock's ticks."""
    return [one for _ in range(int(ms / TICK_MS)) for one in talk(inputs.Tick(), after=TICK_MS)]


def shown(effects: list[fx.TurnOutput]) -> list[DisplayState]:
    return [one.state for one in only(effects, fx.StateChanged)]


def test_a_gap_is_not_shown():
    talk = speaking()
    for _ in range(3):
        assert shown(talk(inputs.SpeakerDrained())) == []
        assert shown(passes(talk, PAUSE_MS - TICK_MS)) == []
        assert shown(talk(MORE)) == []
    assert talk.turn.state is DisplayState.SPEAKING


def test_a_pause_is_shown_once():
    talk = speaking()
    talk(inputs.SpeakerDrained())
    assert shown(passes(talk, 2 * PAUSE_MS)) == [DisplayState.THINKING]
    assert shown(talk(MORE)) == [DisplayState.SPEAKING]
    assert shown(passes(talk, 2 * PAUSE_MS)) == [], "it sounds"


def test_one_gap_does_not_count_for_the_next():
    talk = speaking()
    for _ in range(3):
        talk(inputs.SpeakerDrained())
        passes(talk, 0.6 * PAUSE_MS)
        talk(MORE)
        assert shown(passes(talk, PAUSE_MS)) == []


def test_a_gap_that_is_told_twice_began_once():
    """The speaker is exchanged in it, and the next one has nothing to play either."""
    talk = speaking()
    talk(inputs.SpeakerDrained())
    passes(talk, 0.6 * PAUSE_MS)
    talk(inputs.SpeakerDrained())
    assert shown(passes(talk, 0.6 * PAUSE_MS)) == [DisplayState.THINKING]


def test_an_answer_that_ends_in_a_gap_is_over_at_once():
    talk = speaking()
    talk(inputs.SpeakerDrained())
    assert shown(talk(events.ResponseCompleted())) == [DisplayState.READY]


def test_an_answer_that_sounds_to_its_end_is_over_with_its_sound():
    talk = speaking()
    talk(inputs.SpeakerDrained(), MORE)
    assert shown(talk(events.ResponseCompleted())) == []
    assert shown(talk(inputs.SpeakerDrained())) == [DisplayState.READY]


def test_a_connection_that_drops_in_a_gap_is_shown_at_once():
    talk = speaking()
    talk(inputs.SpeakerDrained())
    dropped = inputs.Dropped(final=False, message=verbatim("The connection dropped."))
    assert shown(talk(dropped)) == [DisplayState.RECONNECTING]


def test_the_next_response_goes_on_where_the_last_one_sounded():
    """As of a model that speaks again as soon as it has a tool's result."""
    talk = speaking()
    talk(events.ResponseCompleted(), events.ResponseStarted())
    assert shown(talk(inputs.SpeakerDrained())) == []
    assert shown(talk(MORE)) == []
    assert talk.turn.state is DisplayState.SPEAKING


def test_a_tool_in_a_gap_is_shown_when_the_answer_ends_or_the_gap_is_a_pause():
    talk = speaking()
    talk(events.ToolCall("t1", "get_time", {}), inputs.SpeakerDrained())
    assert talk.turn.state is DisplayState.SPEAKING, "its last words may still come"
    assert shown(talk(events.ResponseCompleted())) == [DisplayState.TOOL]
    again = speaking()
    again(events.ToolCall("t1", "get_time", {}), inputs.SpeakerDrained())
    assert shown(passes(again, PAUSE_MS)) == [DisplayState.TOOL]


@pytest.mark.parametrize("ms", [0, 2 * PAUSE_MS], ids=["gap", "pause"])
@pytest.mark.parametrize("silencing", [inputs.Press(), inputs.Cancel(), inputs.Say("stop")])
def test_an_answer_is_silenced_in_its_gaps_too(silencing: inputs.Input, ms: float):
    """What is on its way to the speaker would sound otherwise, and the speaker would wait for the rest."""
    talk = speaking()
    talk(inputs.SpeakerDrained())
    passes(talk, ms)
    effects = talk(silencing)
    assert effects[0] == fx.StopPlayback()
    assert c.ResponseCancel() in sent(effects)
    assert talk(MORE) == []
    assert talk.turn.state is not DisplayState.SPEAKING


def test_hands_free_the_key_stops_an_answer_in_its_gap_and_mutes_nothing():
    talk = speaking(HANDS_FREE)
    talk(inputs.SpeakerDrained())
    effects = talk(inputs.Press())
    assert c.ResponseCancel() in sent(effects)
    assert not only(effects, fx.Muted)


def test_speech_in_a_gap_stops_the_answer():
    talk = speaking(HANDS_FREE)
    talk(inputs.SpeakerDrained())
    assert talk(events.SpeechStarted())[0] == fx.StopPlayback()
    assert talk.turn.state is DisplayState.LISTENING


def test_an_answer_that_stalls_after_a_gap_is_given_up():
    talk = speaking()
    talk(inputs.SpeakerDrained())
    effects = passes(talk, 30_100)
    assert sent(effects) == [c.ResponseCancel()]
    assert fx.ResponseEnded(1, "stalled") in effects
