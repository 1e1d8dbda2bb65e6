"""Hands-free: the line is open, the server finds the turns, and nothing waits forever for an event."""

from __future__ import annotations

import pytest

from desktop.base.message import verbatim
from desktop.protocol import commands as c
from desktop.protocol import events
from desktop.turn import effects as fx
from desktop.turn import inputs
from desktop.turn.effects import DisplayState
from desktop.turn.hands_free import HEARD_MS
from desktop.turn.microphone_line import MUTED_BY
from desktop.turn.unanswered import MOST_HEARD
from tests.turn.test_turn import Conversation, only, sent

HANDS_FREE = inputs.Policy(commits=False, hands_free=True, trail_ms=900)
GONE = inputs.Dropped(final=False, message=verbatim("The connection dropped."))
RESTS = inputs.Dropped(final=False, message=verbatim("Nobody spoke."), rests=True)


def talking() -> Conversation:
    return Conversation(HANDS_FREE)


def heard(talk: Conversation, ms: float = 1_000) -> list[fx.TurnOutput]:
    """The server hears the user begin and end."""
    return [*talk(events.SpeechStarted()), *talk(events.SpeechStopped(), after=ms)]


def test_the_line_opens_with_the_session_and_the_state_is_ready():
    talk = talking()
    assert talk.log[-2:] == [fx.OpenLine(), fx.StateChanged(DisplayState.READY)]
    assert talk.turn.streams
    assert not talk.turn.gate_open


def test_a_spoken_turn_needs_no_commit_and_no_response_create():
    talk = talking()
    assert only(talk(events.SpeechStarted()), fx.TakeStarted) == [fx.TakeStarted(1)]
    assert talk.turn.state is DisplayState.LISTENING
    ended = talk(events.SpeechStopped(), after=900)
    assert fx.TakeEnded(1, "sent") in ended
    assert talk.turn.state is DisplayState.THINKING
    assert talk(events.TranscriptCommitted("Hello")) == [fx.UserText(1, "Hello")]
    talk.answer()
    assert talk.turn.state is DisplayState.SPEAKING
    talk(events.ResponseCompleted(), inputs.SpeakerDrained())
    assert talk.turn.state is DisplayState.READY
    assert talk.sent == []


def test_speech_stops_playback_at_once_and_drops_the_rest():
    talk = talking()
    heard(talk)
    talk.answer()
    effects = talk(events.SpeechStarted())
    assert effects[0] == fx.StopPlayback()
    assert fx.ResponseEnded(1, "interrupted") in effects
    assert talk(events.AudioDelta(b"\1\0"), events.TextDelta("more")) == []
    talk(events.ResponseCompleted(), events.SpeechStopped())
    assert fx.ResponseBegan(2) in talk.answer()


def test_the_key_interrupts_while_it_speaks_and_mutes_otherwise():
    talk = talking()
    heard(talk)
    talk.answer()
    effects = talk(inputs.Press())
    assert effects[0] == fx.StopPlayback()
    assert sent(effects) == [c.ResponseCancel()]
    assert talk.turn.state is DisplayState.INTERRUPTED
    talk(inputs.Release(), events.ResponseCompleted())
    assert fx.Muted(True) in talk(inputs.Press())
    assert talk.turn.state is DisplayState.MUTED
    assert not talk.turn.streams
    assert talk(inputs.Press()) == [fx.Muted(False), fx.OpenLine(), fx.StateChanged(DisplayState.READY)]


def test_a_mute_in_mid_speech_sends_the_silence_that_ends_the_turn():
    talk = talking()
    talk(events.SpeechStarted())
    effects = talk(inputs.Mute(True), after=500)
    assert effects.index(fx.CloseLine()) < effects.index(fx.AppendSilence(900))
    assert fx.TakeEnded(1, "sent") in talk(events.SpeechStopped(), after=500)


def test_escape_silences_and_leaves_the_line_open():
    talk = talking()
    heard(talk)
    talk.answer()
    assert sent(talk(inputs.Cancel())) == [c.ResponseCancel()]
    assert talk.turn.streams


def test_what_was_turned_down_is_wanted_when_the_user_speaks_again():
    talk = talking()
    heard(talk)
    talk(inputs.Cancel())
    heard(talk)
    assert fx.ResponseBegan(1) in talk.answer()


@pytest.mark.parametrize("cause", ["lock", "sleep"])
def test_a_locked_screen_and_a_sleeping_computer_mute(cause: inputs.ReleaseCause):
    talk = talking()
    effects = talk(inputs.Release(cause))
    assert fx.CloseLine() in effects
    assert only(effects, fx.Note)[0].message == MUTED_BY[cause]
    talk(GONE, inputs.Connecting(), inputs.Connected())
    assert not talk.turn.streams, "nobody has come back yet"
    assert talk(inputs.Release("focus")) == talk(inputs.Release()) == []


@pytest.mark.parametrize("cause", ["lock", "sleep"])
@pytest.mark.parametrize(
    "away",
    [(GONE,), (RESTS,), (GONE, inputs.Connecting()), (inputs.Dropped(final=True), inputs.Connecting())],
    ids=["lost", "resting", "connecting again", "connecting"],
)
def test_a_locked_screen_mutes_before_the_connection_is_back(
    cause: inputs.ReleaseCause, away: tuple[inputs.Input, ...]
):
    talk = talking()
    talk(*away)
    assert talk(inputs.Release("focus")) == talk(inputs.Release()) == []
    effects = talk(inputs.Release(cause))
    assert only(effects, fx.Muted) == [fx.Muted(True)]
    assert [note.message for note in only(effects, fx.Note)] == [MUTED_BY[cause]]
    assert sent(talk(inputs.Connecting(), inputs.Connected())) == []
    assert not talk.turn.streams, "nobody is known to be in the room"
    assert talk.turn.state is DisplayState.MUTED
    assert fx.OpenLine() in talk(inputs.Press())


@pytest.mark.parametrize(
    "ended", [inputs.Dropped(final=True), inputs.Dropped(final=True, message=verbatim("Out of money."))]
)
def test_a_locked_screen_mutes_nothing_without_a_session(ended: inputs.Dropped):
    talk = talking()
    talk(ended)
    assert talk(inputs.Release("lock")) == []
    talk(inputs.Connecting(), inputs.Connected())
    assert talk.turn.streams


def test_the_key_that_wakes_a_resting_connection_unmutes_what_the_lock_muted():
    talk = talking()
    talk(RESTS, inputs.Release("lock"))
    effects = talk(inputs.Press())
    assert fx.Connect() in effects
    assert fx.Muted(False) in effects
    talk(inputs.Connecting(), inputs.Connected())
    assert talk.turn.streams


def test_a_muted_microphone_is_not_said_to_be_muted_by_the_lock():
    talk = talking()
    talk(inputs.Mute(True))
    assert talk(inputs.Release("lock")) == []


def test_a_provider_that_never_tells_of_speech():
    talk = talking()
    effects = talk(events.TranscriptCommitted("Good"), events.TranscriptCommitted("morning"))
    assert effects == [
        fx.TakeStarted(1),
        fx.TakeEnded(1, "sent"),
        fx.UserText(1, "Good"),
        fx.UserText(1, "morning"),
    ]
    talk.answer()
    assert fx.TakeStarted(2) in talk(events.TranscriptCommitted("And now?"))
    assert talk.sent == []


def test_words_find_their_take_when_they_come_late():
    talk = talking()
    heard(talk)
    heard(talk)
    assert talk(events.TranscriptCommitted("first")) == [fx.UserText(1, "first")]
    talk.answer()
    assert talk(events.TranscriptCommitted("second")) == [fx.UserText(2, "second")]


def test_the_end_of_speech_may_never_come():
    talk = talking()
    talk(events.SpeechStarted())
    assert talk.turn.has_deadline
    assert talk.turn.user_speaks
    assert fx.TakeEnded(1, "sent") in talk(inputs.Tick(), after=HEARD_MS)
    assert talk.turn.state is DisplayState.READY


def test_an_answer_ends_the_speech_too():
    talk = talking()
    talk(events.SpeechStarted())
    effects = talk.answer()
    assert effects.index(fx.TakeEnded(1, "sent")) < effects.index(fx.ResponseBegan(1))
    assert talk.turn.state is DisplayState.SPEAKING


def test_a_cough_that_nobody_answers_is_no_error():
    talk = talking()
    heard(talk)
    effects = talk(inputs.Tick(), after=25_000)
    assert only(effects, fx.Note) == []
    assert fx.TakeEnded(1, "short") in effects, "its line goes"
    assert fx.ForgetTake(1) in effects
    assert talk.turn.state is DisplayState.READY


def test_a_noisy_room_that_nobody_answers_does_not_fill_the_memory():
    talk = talking()
    for _ in range(MOST_HEARD + 3):
        heard(talk)
    assert only(talk.log, fx.ForgetTake) == [fx.ForgetTake(1), fx.ForgetTake(2), fx.ForgetTake(3)]
    assert only(talk(GONE), fx.TakeEnded)[0] == fx.TakeEnded(4, "kept")


def test_what_was_being_said_when_the_connection_dropped_is_sent_again():
    talk = talking()
    assert fx.BeginRecording(1) in talk(events.SpeechStarted())
    effects = talk(GONE, after=700)
    assert effects[:3] == [fx.EndRecording(1), fx.TakeEnded(1, "kept"), fx.CloseLine()]
    assert talk.turn.state is DisplayState.RECONNECTING
    effects = talk(inputs.Connecting(), inputs.Connected())
    again = [fx.ResendTake(1), fx.AppendSilence(900), fx.TakeEnded(1, "sent"), fx.OpenLine()]
    assert effects[:4] == again
    effects = heard(talk)
    assert only(effects, fx.TakeStarted) == [], "it is the same line"
    assert talk(events.TranscriptCommitted("hello")) == [fx.UserText(1, "hello")]
    assert fx.ForgetTake(1) in talk.answer()


def test_a_session_that_the_user_ends_keeps_nothing():
    talk = talking()
    talk(events.SpeechStarted())
    effects = talk(inputs.Dropped(final=True))
    assert fx.ForgetTake(1) in effects
    assert fx.TakeEnded(1, "thrown away") in effects
    assert talk.turn.state is DisplayState.OFFLINE


def test_the_way_of_taking_turns_changes_in_place():
    talk = Conversation()
    talk(inputs.Press())
    talk.speak(500)
    effects = talk(inputs.PolicyChanged(HANDS_FREE))
    assert sent(effects) == [c.AudioCommit(), c.ResponseCreate()], "what was said is not lost"
    assert fx.OpenLine() in effects
    talk(events.SpeechStarted())
    effects = talk(inputs.PolicyChanged(inputs.Policy()))
    assert fx.CloseLine() in effects
    assert sent(effects) == [c.AudioClear()], "what the open line brought is no part of the next take"
    assert sent(talk(inputs.PolicyChanged(inputs.Policy(tail_ms=300)))) == []
    assert not talk.turn.streams
    assert fx.OpenGate(3, 300) in talk(inputs.Press())


def test_with_the_talk_key_a_mute_is_reported_and_opens_no_line():
    talk = Conversation()
    assert talk(inputs.Mute(True)) == [fx.Muted(True)]
    assert talk(inputs.Mute(False)) == [fx.Muted(False)]
    assert talk.turn.state is DisplayState.READY


def test_typed_text_asks_for_an_answer_as_ever():
    talk = talking()
    assert sent(talk(inputs.Say("hi"))) == [c.TextInput("hi"), c.ResponseCreate()]


# What else waits for an answer


def test_typed_text_is_kept_over_a_drop_like_a_take():
    talk = Conversation()
    talk.say()
    talk.answer()
    talk(events.ResponseCompleted(), inputs.SpeakerDrained())
    talk(inputs.Say("and now?"))
    talk(GONE)
    assert talk.turn.keeps_takes
    effects = talk(inputs.Connecting(), inputs.PolicyChanged(inputs.Policy()), inputs.Connected())
    assert sent(effects) == [c.TextInput("and now?"), c.ResponseCreate()]
    assert only(effects, fx.Typed) == [], "it is in the transcript already"
    talk.answer()
    talk(GONE)
    assert sent(talk(inputs.Connecting(), inputs.PolicyChanged(inputs.Policy()), inputs.Connected())) == []


def test_a_take_and_a_text_are_sent_again_in_their_order_and_answered_once():
    talk = Conversation()
    talk.say()
    talk(inputs.Say("please"))
    talk(GONE)
    effects = talk(inputs.Connecting(), inputs.PolicyChanged(inputs.Policy()), inputs.Connected())
    assert sent(effects) == [c.AudioCommit(), c.TextInput("please"), c.ResponseCreate()]


def test_a_picture_asks_for_no_answer_and_is_kept_until_there_was_one():
    talk = Conversation()
    picture = c.ImageInput("data:image/jpeg;base64,AA==")
    assert talk(inputs.Show(picture.image_url, "Picture sent")) == [
        fx.Send(picture),
        fx.Pictured("Picture sent"),
    ]
    talk(GONE)
    talk(inputs.Connecting(), inputs.PolicyChanged(inputs.Policy()))
    assert sent(talk(inputs.Connected())) == [picture]
    talk.say()
    talk.answer()
    talk(GONE)
    assert sent(talk(inputs.Connecting(), inputs.PolicyChanged(inputs.Policy()), inputs.Connected())) == []


def test_a_picture_without_a_connection_is_a_word():
    talk = Conversation(connected=False)
    assert only(talk(inputs.Show("data:", "x")), fx.Note)[0].kind == "hint"
