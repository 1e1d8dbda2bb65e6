"""The ten rules of the turn, one by one, and the table's other promises."""

from __future__ import annotations

import pytest

from desktop.base.message import verbatim
from desktop.protocol import commands as c
from desktop.protocol import events
from desktop.turn import effects as fx
from desktop.turn import inputs
from desktop.turn.effects import DisplayState, Send
from desktop.turn.link import NOT_CONNECTED, STILL_CONNECTING
from desktop.turn.response import CUT_OFF
from desktop.turn.take import HOLD_TO_TALK, NO_SOUND, SENT_BY_CAP, STILL_LISTENING
from desktop.turn.turn import Turn

LOST = verbatim("The connection dropped.")
POLICY = inputs.Policy()
SERVER_VAD = inputs.Policy(commits=False, trail_ms=900)


class Conversation:
    """A turn with a clock, and all its outputs so far."""

    def __init__(self, policy: inputs.Policy = POLICY, connected: bool = True) -> None:
        self.turn = Turn(policy)
        self.now = 1_000.0
        self.log: list[fx.TurnOutput] = []
        if connected:
            self(inputs.Connecting(), inputs.Connected())

    def __call__(self, *happened: inputs.Input | events.Event, after: float = 0) -> list[fx.TurnOutput]:
        self.now += after
        out = [effect for one in happened for effect in self.turn.handle(one, self.now)]
        self.log += out
        return out

    def speak(self, ms: float) -> list[fx.TurnOutput]:
        """`ms` of captured audio in 20 ms packets, in real time."""
        return [e for _ in range(int(ms / 20)) for e in self(inputs.Captured(20), after=20)]

    def say(self, ms: float = 1_000) -> list[fx.TurnOutput]:
        """A whole take, with its tail."""
        return [*self(inputs.Press()), *self.speak(ms), *self(inputs.Release()), *self.speak(200)]

    def answer(self, audio: bytes = b"\1\0" * 480) -> list[fx.TurnOutput]:
        """The server begins to speak."""
        return self(events.ResponseStarted(), events.TextDelta("Hello"), events.AudioDelta(audio))

    @property
    def sent(self) -> list[c.Command]:
        """The commands sent so far."""
        return sent(self.log)


def sent(effects: list[fx.TurnOutput]) -> list[c.Command]:
    return [e.command for e in effects if isinstance(e, Send)]


def only(effects: list[fx.TurnOutput], kind: type) -> list:
    return [e for e in effects if isinstance(e, kind)]


# Rule 1


def test_a_press_opens_the_gate_at_once_with_the_pre_roll():
    talk = Conversation()
    effects = talk(inputs.Press())
    assert fx.OpenGate(1, pre_roll_ms=300) in effects
    assert talk.turn.state is DisplayState.LISTENING


def test_the_pre_roll_is_the_settings():
    talk = Conversation(inputs.Policy(pre_roll_ms=120))
    assert fx.OpenGate(1, 120) in talk(inputs.Press())


# Rule 2


def test_a_release_commits_after_the_tail_and_asks():
    talk = Conversation()
    talk(inputs.Press())
    talk.speak(1_000)
    assert sent(talk(inputs.Release())) == []
    assert talk.turn.gate_open
    assert sent(talk.speak(180)) == []
    last = talk.speak(20)
    assert sent(last) == [c.AudioCommit(), c.ResponseCreate()]
    assert last.index(fx.CloseGate(1)) < last.index(Send(c.AudioCommit()))
    assert talk.turn.state is DisplayState.THINKING


def test_a_press_in_the_tail_continues_the_same_take():
    talk = Conversation()
    talk(inputs.Press())
    talk.speak(400)
    talk(inputs.Release())
    talk.speak(100)
    assert only(talk(inputs.Press()), fx.OpenGate) == []
    assert sent(talk.speak(600)) == []
    talk(inputs.Release())
    talk.speak(200)
    assert talk.sent == [c.AudioCommit(), c.ResponseCreate()]
    assert only(talk.log, fx.TakeStarted) == [fx.TakeStarted(1)]


def test_no_tail_commits_at_the_release():
    talk = Conversation(inputs.Policy(tail_ms=0))
    talk(inputs.Press())
    talk.speak(500)
    assert sent(talk(inputs.Release())) == [c.AudioCommit(), c.ResponseCreate()]


@pytest.mark.parametrize("tail", [0, 200, 1_000])
def test_a_release_that_waits_for_another_press_keeps_the_take_open_so_long(tail: float):
    talk = Conversation(inputs.Policy(tail_ms=tail))
    talk(inputs.Press())
    talk.speak(160)
    talk(inputs.Release(wait_ms=340))
    assert sent(talk.speak(max(tail, 340) - 20)) == []
    assert sent(talk.speak(20)) == [c.AudioCommit(), c.ResponseCreate()]


def test_the_tail_ends_early_when_nobody_speaks_any_more():
    talk = Conversation()
    talk(inputs.Press())
    talk.speak(1_000)
    talk(inputs.Release())
    talk.speak(40)
    assert talk.turn.heeds_silence
    assert sent(talk(inputs.FellSilent())) == [c.AudioCommit(), c.ResponseCreate()]
    assert not talk.turn.gate_open


def test_a_pause_within_a_take_does_not_end_it():
    talk = Conversation()
    talk(inputs.Press())
    talk.speak(1_000)
    assert not talk.turn.heeds_silence
    assert talk(inputs.FellSilent()) == []
    assert talk.turn.gate_open


def test_a_fixed_tail_keeps_its_length_in_silence():
    talk = Conversation(inputs.Policy(tail_ends_early=False))
    talk(inputs.Press())
    talk.speak(1_000)
    talk(inputs.Release())
    assert not talk.turn.heeds_silence
    assert talk(inputs.FellSilent()) == []
    assert sent(talk.speak(180)) == []
    assert c.AudioCommit() in sent(talk.speak(20))


def test_silence_does_not_end_the_wait_for_a_second_tap():
    talk = Conversation(inputs.Policy(tail_ms=1_000))
    talk(inputs.Press())
    talk.speak(160)
    talk(inputs.Release(wait_ms=340, passed_ms=20))
    talk.speak(300)
    assert not talk.turn.heeds_silence
    assert talk(inputs.FellSilent()) == []
    talk.speak(20)
    assert c.AudioCommit() in sent(talk(inputs.FellSilent()))


def test_a_press_in_the_tail_goes_on_whatever_was_silent():
    talk = Conversation()
    talk(inputs.Press())
    talk.speak(400)
    talk(inputs.Release())
    talk(inputs.Press())
    assert talk(inputs.FellSilent()) == []
    assert talk.turn.gate_open


@pytest.mark.parametrize(("tail", "wait", "closed_after"), [(200, 0, 900), (0, 350, 900), (1_000, 0, 1_500)])
def test_a_dead_microphone_cannot_hold_the_tail_open(tail: float, wait: float, closed_after: float):
    talk = Conversation(inputs.Policy(tail_ms=tail))
    talk(inputs.Press())
    talk.speak(600)
    talk(inputs.Release(wait_ms=wait))
    talk(inputs.Tick(), after=closed_after - 1)
    assert talk.turn.gate_open, "a late device may still deliver"
    effects = talk(inputs.Tick(), after=1)
    assert not talk.turn.gate_open
    assert c.AudioCommit() in sent(effects), "what was said before is sent"


# Rule 3


def test_a_tap_is_cleared_and_hinted_at():
    talk = Conversation()
    talk(inputs.Press(), inputs.Captured(300, pre_roll=True))
    talk.speak(60)
    talk(inputs.Release())
    effects = talk.speak(200)
    assert sent(effects) == [c.AudioClear()]
    assert fx.TakeEnded(1, "short") in effects
    assert fx.Note("hint", HOLD_TO_TALK(), subject="take") in effects
    assert talk.turn.state is DisplayState.READY


def test_a_silent_microphone_is_never_committed():
    talk = Conversation()
    talk(inputs.Press())
    talk(inputs.Release(), after=2_000)
    effects = talk(inputs.Tick(), after=5_000)
    assert sent(effects) == [c.AudioClear()]
    assert only(effects, fx.Note)[0].message == NO_SOUND()


# Rule 4


def test_a_press_while_it_speaks_silences_cancels_and_drops_the_rest():
    talk = Conversation()
    talk.say()
    talk.answer()
    assert talk.turn.state is DisplayState.SPEAKING
    effects = talk(inputs.Press())
    assert isinstance(effects[0], fx.StopPlayback)
    assert sent(effects) == [c.ResponseCancel()]
    assert fx.ResponseEnded(1, "interrupted") in effects
    late = talk(events.AudioDelta(b"\1\0"), events.TextDelta("more"), events.ToolCall("1", "get_time"))
    assert only(late, fx.Effect) == []


def test_a_press_while_the_end_still_sounds_silences_without_a_cancel():
    talk = Conversation()
    talk.say()
    talk.answer()
    talk(events.ResponseCompleted())
    assert talk.turn.state is DisplayState.SPEAKING
    effects = talk(inputs.Press())
    assert isinstance(effects[0], fx.StopPlayback)
    assert sent(effects) == []


def test_escape_while_it_speaks_is_silence_without_a_take():
    talk = Conversation()
    talk.say()
    talk.answer()
    effects = talk(inputs.Cancel())
    assert isinstance(effects[0], fx.StopPlayback)
    assert sent(effects) == [c.ResponseCancel()]
    assert talk.turn.state is DisplayState.INTERRUPTED
    talk(events.ResponseCompleted())
    assert talk.turn.state is DisplayState.READY


# Rule 5


def test_a_response_is_asked_for_only_when_the_cancelled_one_has_ended():
    talk = Conversation()
    talk.say()
    talk.answer()
    effects = talk.say()
    assert sent(effects) == [c.ResponseCancel(), c.AudioCommit()]
    assert talk.turn.state is DisplayState.SENDING
    assert sent(talk(events.ResponseCompleted())) == [c.ResponseCreate()]


def test_no_cancel_is_sent_when_no_response_runs():
    talk = Conversation()
    talk.say()
    talk.say()
    assert c.ResponseCancel() not in talk.sent
    effects = talk(events.ResponseStarted())
    assert sent(effects) == [c.ResponseCancel()], "the first answer is not wanted any more"
    assert sent(talk(events.ResponseCompleted())) == [c.ResponseCreate()]
    assert talk.sent.count(c.ResponseCreate()) == 2


def test_a_response_that_the_server_has_already_makes_ours_wait():
    talk = Conversation()
    talk.say()
    refused = events.Error(
        "Conversation already has an active response", "conversation_already_has_active_response"
    )
    effects = talk(refused)
    assert effects == [fx.StateChanged(DisplayState.SENDING)], "it is not worth a word to the user"
    assert sent(talk(events.ResponseCompleted())) == [c.ResponseCreate()]


def test_a_missing_end_of_the_cancelled_response_does_not_hold_the_next_up():
    talk = Conversation()
    talk.say()
    talk.answer()
    talk.say()
    assert sent(talk(inputs.Tick(), after=2_100)) == [c.ResponseCreate()]
    assert talk(events.AudioDelta(b"\1\0")) == [], "the rest of the cancelled one is still dropped"
    assert fx.ResponseBegan(2) in talk(events.ResponseStarted())


# Rule 6


def test_a_lost_focus_sends_the_take():
    talk = Conversation()
    talk(inputs.Press())
    talk.speak(800)
    note = only(talk(inputs.Release("focus")), fx.Note)
    assert "sent" in str(note[0].message)
    assert sent(talk.speak(200)) == [c.AudioCommit(), c.ResponseCreate()]


def test_the_cap_warns_then_sends():
    talk = Conversation()
    talk(inputs.Press())
    talk.speak(1_000)
    assert only(talk(inputs.Tick(), after=98_000), fx.Note) == []
    warning = only(talk(inputs.Tick(), after=1_500), fx.Note)
    assert warning[0].message == STILL_LISTENING(seconds=20)
    assert only(talk(inputs.Tick(), after=1_000), fx.Note) == [], "one warning is enough"
    assert only(talk(inputs.Tick(), after=19_000), fx.Note)[0].message == SENT_BY_CAP(seconds=120)
    assert sent(talk.speak(200)) == [c.AudioCommit(), c.ResponseCreate()]


def test_a_short_cap_is_said_as_what_it_is():
    talk = Conversation(inputs.Policy(warn_ms=25_000, cap_ms=30_000))
    talk(inputs.Press())
    assert only(talk(inputs.Tick(), after=25_000), fx.Note)[0].message == STILL_LISTENING(seconds=5)
    assert only(talk(inputs.Tick(), after=5_000), fx.Note)[0].message == SENT_BY_CAP(seconds=30)


def capped(seconds: float) -> inputs.Policy:
    return inputs.Policy(warn_ms=1_000 * (seconds - 5), cap_ms=1_000 * seconds)


def test_a_cap_that_is_lowered_below_an_open_take_sends_it_and_says_its_length():
    talk = Conversation(capped(120))
    talk(inputs.Press())
    talk.speak(40_000)
    notes = only(talk(inputs.PolicyChanged(capped(30)), inputs.Tick()), fx.Note)
    assert [note.message for note in notes] == [SENT_BY_CAP(seconds=40)]
    assert sent(talk.speak(200)) == [c.AudioCommit(), c.ResponseCreate()]


@pytest.mark.parametrize(("before", "after"), [(120, 30), (30, 120), (30, 60)])
def test_a_cap_that_changes_holds_for_the_open_take_with_its_warning(before: float, after: float):
    talk = Conversation(capped(before))
    talk(inputs.Press())
    talk(inputs.Tick(), after=20_000)
    talk(inputs.PolicyChanged(capped(after)))
    assert only(talk(inputs.Tick(), after=1_000 * (after - 25) - 1), fx.Note) == []
    warning = only(talk(inputs.Tick(), after=1), fx.Note)
    assert [note.message for note in warning] == [STILL_LISTENING(seconds=5)]
    assert only(talk(inputs.Tick(), after=4_999), fx.Note) == []
    last = only(talk(inputs.Tick(), after=1), fx.Note)
    assert [note.message for note in last] == [SENT_BY_CAP(seconds=after)]


def test_a_cap_that_is_raised_after_its_warning_warns_again_before_the_new_one():
    talk = Conversation(capped(30))
    talk(inputs.Press())
    assert only(talk(inputs.Tick(), after=25_000), fx.Note)
    talk(inputs.PolicyChanged(capped(60)))
    assert only(talk(inputs.Tick(), after=29_000), fx.Note) == []
    warning = only(talk(inputs.Tick(), after=1_000), fx.Note)
    assert [note.message for note in warning] == [STILL_LISTENING(seconds=5)]


def test_another_change_of_the_policy_repeats_no_warning():
    talk = Conversation(capped(30))
    talk(inputs.Press())
    assert only(talk(inputs.Tick(), after=25_000), fx.Note)
    changed = inputs.Policy(warn_ms=25_000, cap_ms=30_000, pre_roll_ms=0)
    assert only(talk(inputs.PolicyChanged(changed), inputs.Tick()), fx.Note) == []


def test_a_cap_that_changes_in_the_tail_leaves_the_tail_its_length():
    talk = Conversation(capped(120))
    talk(inputs.Press())
    talk.speak(40_000)
    talk(inputs.Release(), inputs.PolicyChanged(capped(30)))
    assert talk(inputs.Tick()) == []
    assert sent(talk.speak(200)) == [c.AudioCommit(), c.ResponseCreate()]


def test_escape_throws_the_take_away():
    talk = Conversation()
    talk(inputs.Press())
    talk.speak(800)
    effects = talk(inputs.Cancel())
    assert sent(effects) == [c.AudioClear()]
    assert fx.TakeEnded(1, "thrown away") in effects
    assert fx.ForgetTake(1) in effects
    assert not talk.turn.gate_open


# Rule 7


def test_server_detection_gets_silence_instead_of_a_commit():
    talk = Conversation(SERVER_VAD)
    effects = talk.say()
    assert fx.AppendSilence(900) in effects
    assert sent(effects) == []
    assert talk.turn.state is DisplayState.THINKING
    talk.answer()
    assert talk.turn.state is DisplayState.SPEAKING


def test_an_answer_to_a_pause_in_a_held_take_is_not_wanted():
    talk = Conversation(SERVER_VAD)
    talk(inputs.Press())
    talk.speak(1_000)
    assert sent(talk(events.ResponseStarted())) == [c.ResponseCancel()]
    assert talk(events.AudioDelta(b"\1\0")) == []
    assert talk.turn.state is DisplayState.LISTENING


def test_an_answer_that_begins_in_the_tail_is_taken():
    talk = Conversation(SERVER_VAD)
    talk(inputs.Press())
    talk.speak(1_000)
    talk(inputs.Release())
    talk.speak(100)
    assert fx.ResponseBegan(1) in talk.answer()
    talk.speak(100)
    assert c.ResponseCancel() not in talk.sent
    assert fx.ForgetTake(1) in talk.log, "nobody asks for its recording again"


def test_the_servers_ear_stops_the_playback():
    talk = Conversation(SERVER_VAD)
    talk.say()
    talk.answer()
    effects = talk(events.SpeechStarted())
    assert effects[0] == fx.StopPlayback()
    assert fx.ResponseEnded(1, "interrupted") in effects
    assert sent(effects) == []


def test_an_answer_cut_off_in_the_hold_is_asked_for_at_the_release():
    talk = Conversation(SERVER_VAD)
    talk(inputs.Press())
    talk.speak(1_000)
    talk(events.ResponseStarted(), events.ResponseCompleted())
    talk.speak(400)
    talk(inputs.Release())
    effects = talk.speak(200)
    assert sent(effects) == [c.ResponseCreate()], "the silence that follows is no new turn to the server"


def test_speech_after_the_cut_off_answer_is_the_servers_to_answer():
    talk = Conversation(SERVER_VAD)
    talk(inputs.Press())
    talk.speak(1_000)
    talk(events.ResponseStarted(), events.ResponseCompleted(), events.SpeechStarted())
    talk.speak(400)
    talk(inputs.Release())
    assert sent(talk.speak(200)) == []


def test_a_press_in_the_tail_interrupts_an_answer_that_began_there():
    talk = Conversation(SERVER_VAD)
    talk(inputs.Press())
    talk.speak(1_000)
    talk(inputs.Release())
    talk.answer()
    effects = talk(inputs.Press())
    assert effects[0] == fx.StopPlayback()
    assert c.ResponseCancel() in sent(effects)


def test_a_live_translation_is_heard_while_one_speaks():
    talk = Conversation(inputs.Policy(commits=False, continuous=True))
    talk(inputs.Press())
    talk.speak(500)
    assert fx.PushAudio(1, b"\1\0") in talk(events.AudioDelta(b"\1\0"))
    talk(inputs.Release())
    talk.speak(200)
    assert fx.PushAudio(1, b"\2\0") in talk(events.AudioDelta(b"\2\0"))
    assert talk.sent == []


# Rule 8


def test_a_tool_runs_beside_everything_else():
    talk = Conversation()
    talk.say()
    call = events.ToolCall("t1", "get_time", {})
    effects = talk(events.ResponseStarted(), call)
    assert fx.RunTool(call) in effects
    talk(events.ResponseCompleted())
    assert talk.turn.state is DisplayState.TOOL
    assert talk(inputs.Press())[-1] == fx.StateChanged(DisplayState.LISTENING)


def test_the_model_continues_on_its_own_after_a_result():
    talk = Conversation()
    talk.say()
    talk(events.ResponseStarted(), events.ToolCall("t1", "get_time", {}), events.ResponseCompleted())
    assert sent(talk(inputs.ToolDone("t1", {"time": "10:00"}))) == [c.ToolResult("t1", {"time": "10:00"})]
    assert talk.turn.state is DisplayState.THINKING
    talk.answer()
    talk(events.ResponseCompleted(), inputs.SpeakerDrained())
    assert talk.turn.state is DisplayState.READY
    assert talk.sent.count(c.ResponseCreate()) == 1


def test_a_result_before_the_end_of_the_response_still_expects_more():
    talk = Conversation()
    talk.say()
    talk(events.ResponseStarted(), events.ToolCall("t1", "get_time", {}), inputs.ToolDone("t1", 1))
    talk(events.ResponseCompleted())
    assert talk.turn.state is DisplayState.THINKING


def test_an_answer_within_the_same_response_expects_no_more():
    talk = Conversation()
    talk.say()
    talk(events.ResponseStarted(), events.ToolCall("t1", "get_time", {}), inputs.ToolDone("t1", 1))
    talk(events.AudioDelta(b"\1\0"), events.ResponseCompleted(), inputs.SpeakerDrained())
    assert talk.turn.state is DisplayState.READY


def test_what_follows_a_result_is_not_wanted_while_the_user_speaks():
    talk = Conversation()
    talk.say()
    talk(events.ResponseStarted(), events.ToolCall("t1", "get_time", {}), events.ResponseCompleted())
    talk(inputs.Press())
    assert sent(talk(inputs.ToolDone("t1", 1))) == [c.ToolResult("t1", 1)]
    assert sent(talk(events.ResponseStarted())) == [c.ResponseCancel()]


def test_a_result_without_a_call_is_not_sent():
    talk = Conversation()
    assert talk(inputs.ToolDone("ghost", 1)) == []


def test_escape_while_a_tool_runs_silences_what_would_follow():
    talk = Conversation()
    talk.say()
    talk(events.ResponseStarted(), events.ToolCall("t1", "get_time", {}), events.ResponseCompleted())
    talk(inputs.Cancel())
    talk(inputs.ToolDone("t1", 1))
    assert sent(talk(events.ResponseStarted())) == [c.ResponseCancel()]


def test_a_result_that_came_too_late_is_no_error():
    talk = Conversation()
    talk.say()
    talk(events.ResponseStarted(), events.ToolCall("t1", "get_time", {}), events.ResponseCompleted())
    talk(inputs.ToolDone("t1", 1), events.Error("tool call id not found"))
    assert talk.turn.state is DisplayState.READY
    talk(events.ResponseStarted(), events.ToolCall("t2", "get_time", {}), events.ResponseCompleted())
    talk(inputs.ToolDone("t2", 1))
    assert only(talk(inputs.Tick(), after=21_000), fx.Note) == [], "it had nothing more to say"


# Rule 9


def test_no_answer_is_reported_and_ready_again():
    talk = Conversation()
    talk.say()
    effects = talk(inputs.Tick(), after=20_100)
    assert only(effects, fx.Note)[0].code == "no_response"
    assert talk.turn.state is DisplayState.READY
    assert not talk.turn.has_deadline


def test_a_stalled_answer_is_cancelled_and_said():
    talk = Conversation()
    talk.say()
    talk.answer()
    talk(inputs.SpeakerDrained())
    effects = talk(inputs.Tick(), after=30_100)
    assert sent(effects) == [c.ResponseCancel()]
    assert fx.ResponseEnded(1, "stalled") in effects
    talk(inputs.Tick(), after=2_100)
    assert talk.turn.state is DisplayState.READY


def test_an_answer_without_a_beginning_is_an_answer():
    talk = Conversation()
    talk.say()
    assert fx.PushAudio(1, b"\1\0") in talk(events.AudioDelta(b"\1\0"))
    assert talk.turn.state is DisplayState.SPEAKING


def test_an_answer_without_an_end_is_ended_by_the_next():
    talk = Conversation()
    talk.say()
    talk.answer()
    effects = talk(events.ResponseStarted())
    assert fx.ResponseEnded(1, "complete") in effects
    assert fx.ResponseBegan(2) in effects


def test_an_empty_answer_is_over():
    talk = Conversation()
    talk.say()
    talk(events.ResponseCompleted())
    assert talk.turn.state is DisplayState.READY


def test_a_lost_end_of_a_cancelled_answer_does_not_make_deaf():
    talk = Conversation()
    talk.say()
    talk.answer()
    talk.say()
    talk(inputs.Tick(), after=2_100)
    talk(inputs.Tick(), after=3_100)
    assert fx.PushAudio(2, b"\1\0") in talk(events.AudioDelta(b"\1\0")), "also without response.started"


def test_a_slow_model_stays_silent_after_escape():
    talk = Conversation()
    talk.say()
    talk(inputs.Cancel(), after=300)
    talk(inputs.Tick(), after=4_000)
    assert sent(talk(events.ResponseStarted())) == [c.ResponseCancel()]


def test_a_slow_unwanted_answer_does_not_hold_the_next_question_up():
    talk = Conversation()
    talk.say()
    talk.say()
    assert talk.sent.count(c.ResponseCreate()) == 1
    assert sent(talk(inputs.Tick(), after=2_100)) == [c.ResponseCreate()]


# Rule 10


def test_a_drop_in_the_take_keeps_it_and_sends_it_after_the_reconnect():
    talk = Conversation()
    talk(inputs.Press())
    talk.speak(500)
    talk(inputs.Dropped(final=False, message=LOST))
    assert talk.turn.state is DisplayState.LISTENING
    talk.speak(500)
    talk(inputs.Release())
    assert fx.TakeEnded(1, "kept") in talk.speak(200)
    assert talk.sent == []
    assert talk.turn.state is DisplayState.RECONNECTING
    effects = talk(inputs.Connecting(), inputs.Connected())
    assert effects.index(fx.ResendTake(1)) < effects.index(Send(c.AudioCommit()))
    assert sent(effects) == [c.AudioCommit(), c.ResponseCreate()]


def test_a_reconnect_in_the_take_sends_its_beginning_and_continues():
    talk = Conversation()
    talk(inputs.Press())
    talk.speak(500)
    talk(inputs.Dropped(final=False, message=LOST))
    assert fx.ResendTake(1) in talk(inputs.Connected())
    talk.speak(500)
    talk(inputs.Release())
    talk.speak(200)
    assert talk.sent == [c.AudioCommit(), c.ResponseCreate()]


def test_two_kept_takes_get_one_response():
    talk = Conversation()
    talk(inputs.Dropped(final=False, message=LOST))
    talk.say()
    talk.say()
    effects = talk(inputs.Connected())
    assert sent(effects) == [c.AudioCommit(), c.AudioCommit(), c.ResponseCreate()]
    assert [e.take for e in only(effects, fx.ResendTake)] == [1, 2]


def test_a_take_that_was_sent_and_not_answered_is_sent_again():
    talk = Conversation()
    talk.say()
    assert fx.TakeEnded(1, "kept") in talk(inputs.Dropped(final=False, message=LOST))
    assert fx.ResendTake(1) in talk(inputs.Connected())


def test_what_was_silenced_or_never_answered_is_not_sent_again():
    talk = Conversation()
    talk.say()
    talk(inputs.Cancel(), inputs.Dropped(final=False, message=LOST))
    assert only(talk(inputs.Connected()), fx.ResendTake) == []
    talk.say()
    talk(inputs.Tick(), after=21_000)
    dropped = talk(inputs.Dropped(final=False, message=LOST), after=30_000)
    assert fx.ForgetTake(2) in dropped, "not minutes later"
    assert only(talk(inputs.Connected()), fx.ResendTake) == []


def test_what_was_said_on_a_connection_that_only_seemed_to_live_is_sent_again():
    talk = Conversation()
    talk.say()
    assert only(talk(inputs.Tick(), after=21_000), fx.Note), "no answer came"
    talk(inputs.Dropped(final=False, message=LOST), after=20_000)
    assert fx.ResendTake(1) in talk(inputs.Connected())


def test_a_take_answered_in_its_tail_is_not_sent_again():
    talk = Conversation(SERVER_VAD)
    talk(inputs.Press())
    talk.speak(1_000)
    talk(inputs.Release())
    talk.answer()
    talk.speak(200)
    talk(inputs.Dropped(final=False, message=LOST))
    assert only(talk(inputs.Connected()), fx.ResendTake) == []


def test_escape_before_the_first_packet_clears_the_pre_roll():
    talk = Conversation()
    talk(inputs.Press())
    assert sent(talk(inputs.Cancel())) == [c.AudioClear()]


def test_a_final_drop_in_the_take_keeps_the_take():
    talk = Conversation()
    talk(inputs.Press())
    talk.speak(500)
    effects = talk(inputs.Dropped(final=True, message=verbatim("The key was refused."), code="401"))
    assert fx.Note("error", verbatim("The key was refused."), "401", subject="session") in effects
    assert fx.TakeEnded(1, "kept") in effects
    assert not talk.turn.gate_open
    assert talk.turn.state is DisplayState.ERROR
    assert fx.ResendTake(1) in talk(inputs.Connecting(), inputs.Connected())


def test_a_disconnect_in_the_take_throws_it_away():
    talk = Conversation()
    talk(inputs.Press())
    talk.speak(500)
    assert fx.TakeEnded(1, "thrown away") in talk(inputs.Dropped(final=True))
    assert talk.turn.state is DisplayState.OFFLINE


def test_a_drop_ends_the_answer_and_lets_what_came_sound():
    talk = Conversation()
    talk.say()
    talk.answer()
    effects = talk(inputs.Dropped(final=False, message=LOST))
    assert fx.CompleteAudio(1) in effects
    assert fx.ResponseEnded(1, "dropped") in effects
    assert fx.StopPlayback() not in effects


def test_a_drop_in_an_answer_says_to_ask_again():
    talk = Conversation()
    talk.say()
    talk.answer()
    effects = talk(inputs.Dropped(final=False, message=LOST, code="1006"))
    assert [(n.kind, n.code) for n in only(effects, fx.Note)] == [("warning", "1006")]
    assert only(effects, fx.Note)[0].message == CUT_OFF()


@pytest.mark.parametrize("done", [True, False])
def test_a_drop_around_a_tool_says_to_ask_again(done: bool):
    talk = Conversation()
    talk.say()
    talk(events.ResponseStarted(), events.ToolCall("c1", "get_time"), events.ResponseCompleted())
    if done:
        talk(inputs.ToolDone("c1", {}))
    effects = talk(inputs.Dropped(final=False, message=LOST, code="1006"))
    assert [n.code for n in only(effects, fx.Note)] == ["1006"]


def test_a_drop_that_costs_nothing_is_not_mentioned():
    talk = Conversation()
    assert not only(talk(inputs.Dropped(final=False, message=LOST)), fx.Note)
    talk(inputs.Connected())
    talk.say()  # not answered yet: it is sent again
    assert not only(talk(inputs.Dropped(final=False, message=LOST)), fx.Note)
    talk(inputs.Connected())
    talk.answer()
    assert not only(talk(inputs.Dropped(final=True)), fx.Note), "the user wanted it"


# The words


def test_words_before_the_commit_are_the_open_takes():
    talk = Conversation()
    talk(inputs.Press())
    talk.speak(500)
    assert talk(events.TranscriptCommitted("early")) == [fx.UserText(1, "early")]


def test_no_words_of_no_take_are_no_line():
    assert Conversation()(events.TranscriptCommitted(" ")) == []


def test_words_find_their_own_take():
    talk = Conversation()
    talk.say()
    talk.answer()
    talk.say()
    assert talk(events.TranscriptCommitted("one")) == [fx.UserText(1, "one")]
    assert talk(events.TranscriptCommitted("two")) == [fx.UserText(2, "two")]
    assert talk(events.TranscriptCommitted("typed")) == [fx.UserText(0, "typed")]


def test_words_that_never_came_do_not_shift_the_others():
    talk = Conversation()
    talk.say()
    talk.answer()
    talk(events.ResponseCompleted())
    talk.say()
    talk.answer()
    talk(events.ResponseCompleted())
    assert talk(events.TranscriptCommitted("two")) == [fx.UserText(2, "two")]


def test_one_missing_transcript_shifts_no_other():
    talk = Conversation()
    talk.say()
    talk.answer()
    talk(events.ResponseCompleted(), inputs.SpeakerDrained())
    talk.say()
    assert talk(events.TranscriptCommitted("two")) == [fx.UserText(2, "two")]


def test_late_words_do_not_land_in_an_open_take():
    talk = Conversation(SERVER_VAD)
    talk.say()
    talk(inputs.Press())
    assert talk(events.TranscriptCommitted("one")) == [fx.UserText(1, "one")]


def test_text_says_how_much_audio_came_before_it():
    talk = Conversation()
    talk.say()
    talk.answer(b"\0" * 960)
    assert talk(events.TextDelta(" there"))[0] == fx.ResponseText(1, " there", 960)


def test_typed_text_is_sent_and_answered():
    talk = Conversation()
    effects = talk(inputs.Say("hello"))
    assert sent(effects) == [c.TextInput("hello"), c.ResponseCreate()]
    assert fx.Typed("hello") in effects


def test_typed_text_interrupts():
    talk = Conversation()
    talk.say()
    talk.answer()
    effects = talk(inputs.Say("hello"))
    assert effects[0] == fx.StopPlayback()
    assert sent(effects) == [c.ResponseCancel(), c.TextInput("hello")]
    assert sent(talk(events.ResponseCompleted())) == [c.ResponseCreate()]


# The link and the errors


def test_no_session_no_open_microphone():
    talk = Conversation(connected=False)
    effects = talk(inputs.Press())
    assert only(effects, fx.OpenGate) == []
    assert only(effects, fx.Note)[0].message == NOT_CONNECTED()
    talk(inputs.Connecting())
    assert only(talk(inputs.Press()), fx.Note)[0].message == STILL_CONNECTING()


def test_benign_errors_are_not_worth_a_word():
    talk = Conversation()
    for text in ("Cancellation failed: no active response", "Tool call ID 'x' not found in conversation"):
        assert talk(events.Error(text)) == []


def test_other_errors_are_shown_with_their_code():
    talk = Conversation()
    assert talk(events.Error("Quota exceeded", "quota")) == [
        fx.Note("error", verbatim("Quota exceeded"), "quota", subject="answer")
    ]


def test_a_refused_response_is_reported_and_over():
    talk = Conversation()
    talk.say()
    talk(events.Error("The model is overloaded", "server_error"))
    assert talk.turn.state is DisplayState.READY


def test_a_trouble_aside_is_reported_and_the_answer_still_comes():
    talk = Conversation()
    talk.say()
    for code in ("speech_unavailable", "speech_failed"):
        assert talk(events.Error("There is no voice.", code)) == [
            fx.Note("error", verbatim("There is no voice."), code, subject="answer")
        ]
    assert talk.turn.state is DisplayState.THINKING
    talk.answer()
    assert talk.turn.state is DisplayState.SPEAKING


def test_the_end_says_why_and_what_helps():
    talk = Conversation()
    effects = talk(inputs.Dropped(True, verbatim("No money."), "402", action="top_up", after_s=3))
    assert only(effects, fx.Note) == [fx.Note("error", verbatim("No money."), "402", "top_up", 3, "session")]
    assert talk.turn.state is DisplayState.ERROR


def test_an_error_with_a_known_code_says_what_helps():
    effects = Conversation()(events.Error("You exceeded your quota.", "insufficient_quota"))
    assert only(effects, fx.Note)[0].action == "top_up"


def test_a_lost_connection_tells_its_next_try():
    effects = Conversation()(inputs.Dropped(False, verbatim("Lost."), "1006", 3, 1.6))
    assert only(effects, fx.Retrying) == [fx.Retrying(3, 1.6, verbatim("Lost."), "1006")]


# Rest: closed by the service because nobody spoke

IDLE = inputs.Dropped(False, verbatim("Nobody spoke."), "idle_timeout", rests=True)


def test_a_resting_link_is_not_opened_on_its_own():
    talk = Conversation()
    effects = talk(IDLE)
    assert talk.turn.state is DisplayState.RESTING
    assert only(effects, fx.Connect) == only(effects, fx.Retrying) == []
    assert only(effects, fx.Note) == [
        fx.Note("hint", verbatim("Nobody spoke."), "idle_timeout", subject="resting")
    ]
    assert only(talk(inputs.Tick(), after=10_000_000), fx.Connect) == []


def test_a_press_wakes_it_and_is_recorded_at_once():
    talk = Conversation()
    talk(IDLE)
    effects = talk(inputs.Press())
    assert only(effects, fx.Connect) == [fx.Connect()]
    assert fx.OpenGate(1, 300) in effects
    assert talk.turn.state is DisplayState.LISTENING
    talk.speak(500)
    talk(inputs.Connecting())
    talk(inputs.Release())
    assert sent(talk.speak(200)) == []
    effects = talk(inputs.Connected())
    assert only(effects, fx.ResendTake) == [fx.ResendTake(1)]
    assert sent(effects) == [c.AudioCommit(), c.ResponseCreate()]


def test_a_text_wakes_it_and_is_sent_once_it_is_open():
    talk = Conversation()
    talk(IDLE)
    effects = talk(inputs.Say("hello"))
    assert only(effects, fx.Connect) == [fx.Connect()]
    assert only(effects, fx.Typed) == [fx.Typed("hello")]
    effects = talk(inputs.Connecting(), inputs.Connected())
    assert sent(effects) == [c.TextInput("hello"), c.ResponseCreate()]
    assert only(effects, fx.Typed) == []


def test_a_text_that_woke_nobody_is_sent_by_the_next_connection():
    talk = Conversation()
    talk(IDLE, inputs.Say("hello"), inputs.Dropped(True, verbatim("No network.")))
    effects = talk(inputs.Connecting(), inputs.Connected())
    assert sent(effects) == [c.TextInput("hello"), c.ResponseCreate()]


def test_hands_free_a_press_wakes_and_mutes_nobody():
    policy = inputs.Policy(commits=False, hands_free=True)
    talk = Conversation(policy)
    talk(IDLE)
    assert talk(inputs.Press())[0] == fx.Connect()
    effects = talk(inputs.Connecting(), inputs.Connected())
    assert only(effects, fx.OpenLine) == [fx.OpenLine()]


def test_hands_free_who_speaks_is_not_renewed_upon():
    talk = Conversation(inputs.Policy(commits=False, hands_free=True))
    assert talk.turn.activity == "quiet"
    talk(events.SpeechStarted())
    assert talk.turn.activity == "busy"


def test_what_was_said_does_not_rest():
    talk = Conversation()
    talk(inputs.Press())
    talk.speak(500)
    assert only(talk(IDLE), fx.Connect) == [fx.Connect()]
    assert talk.turn.state is DisplayState.LISTENING
    talk = Conversation()
    talk.say()
    assert only(talk(IDLE), fx.Connect) == [fx.Connect()], "sent, and not answered"


# Renewal


def test_what_goes_on_in_it():
    talk = Conversation()
    assert talk.turn.activity == "quiet"
    talk(inputs.Press())
    assert talk.turn.activity == "speaking"
    talk.speak(500)
    talk(inputs.Release())
    assert talk.turn.activity == "speaking", "the tail"
    talk.speak(200)
    assert talk.turn.activity == "busy", "asked"
    talk.answer()
    assert talk.turn.activity == "busy"
    talk(events.ResponseCompleted())
    assert talk.turn.activity == "sounding"
    talk(inputs.SpeakerDrained())
    assert talk.turn.activity == "quiet"


def test_a_running_tool_is_no_calm():
    talk = Conversation()
    talk.say()
    talk(events.ResponseStarted(), events.ToolCall("t1", "get_time", {}), events.ResponseCompleted())
    assert talk.turn.activity == "busy"


def test_a_renewal_is_not_seen():
    talk = Conversation()
    talk.say()
    talk.answer()
    talk(events.ResponseCompleted(), inputs.SpeakerDrained())
    assert talk(inputs.Renewed()) == []
    assert talk.turn.state is DisplayState.READY


def test_what_sounds_continues_sounding_in_a_renewal():
    talk = Conversation()
    talk.say()
    talk.answer()
    talk(events.ResponseCompleted())
    assert talk(inputs.Renewed()) == []
    assert talk.turn.state is DisplayState.SPEAKING


def test_a_take_that_is_open_in_a_renewal_continues_in_the_new_session():
    talk = Conversation()
    talk(inputs.Press())
    talk.speak(500)
    assert talk(inputs.Renewed()) == [fx.ResendTake(1)]
    talk(inputs.Release())
    assert sent(talk.speak(200)) == [c.AudioCommit(), c.ResponseCreate()]


def test_a_take_without_an_answer_is_sent_again_in_a_renewal():
    talk = Conversation()
    talk.say()
    effects = talk(inputs.Renewed())
    assert only(effects, fx.ResendTake) == [fx.ResendTake(1)]
    assert sent(effects) == [c.AudioCommit(), c.ResponseCreate()]
