"""The log of the turn's tables: every transition, and every input without a rule."""

from __future__ import annotations

import logging

import pytest

from desktop.base.message import verbatim
from desktop.protocol import events
from desktop.turn import effects as fx
from desktop.turn import inputs
from desktop.turn.link import LinkState
from desktop.turn.mute_switch import MuteSwitch
from desktop.turn.regions import make_regions
from tests.turn.test_tool_calls import DROPPED
from tests.turn.test_turn import Conversation

HANDS_FREE = inputs.Policy(commits=False, hands_free=True)
INPUTS: tuple[inputs.Input | events.Event, ...] = (
    inputs.Press(),
    inputs.Release(),
    inputs.Cancel(),
    inputs.Captured(20),
    inputs.FellSilent(),
    inputs.SpeakerDrained(),
    inputs.Say("hello"),
    inputs.Show("data:", verbatim("a picture")),
    inputs.Mute(True),
    inputs.ToolDone("t1", 1),
    inputs.ToolRunsOn("t1"),
    inputs.ToolsStopped(),
    inputs.Unsent(2_000.0),
    inputs.Connecting(),
    inputs.Connected(),
    inputs.PolicyChanged(HANDS_FREE),
    inputs.Tick(),
    DROPPED,
    events.SessionStarted(),
    events.SessionTerminating(),
    events.AudioDelta(b"\1\0"),
    events.TextDelta("word"),
    events.TranscriptCommitted("word"),
    events.SpeechStarted(),
    events.SpeechStopped(),
    events.ResponseStarted(),
    events.ResponseCompleted(),
    events.ToolCall("t2", "get_time"),
    events.Error("strange", "strange"),
    events.Unknown("new.type"),
)
STATES: dict[LinkState, tuple[inputs.Input, ...]] = {
    LinkState.DOWN: (),
    LinkState.OPENING: (inputs.Connecting(),),
    LinkState.UP: (inputs.Connected(),),
    LinkState.LOST: (inputs.Connected(), DROPPED),
    LinkState.RESTING: (inputs.Connected(), inputs.Dropped(False, verbatim("Nobody spoke."), rests=True)),
    LinkState.HELD: (
        inputs.Connected(),
        inputs.Dropped(False, verbatim("It is used up."), rests=True, held=True),
    ),
    LinkState.FAILED: (inputs.Connected(), inputs.Dropped(True, verbatim("It is over."))),
}


def unexpected(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [message for message in caplog.messages if "no rule" in message]


def test_every_transition_is_in_the_log(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG, "desktop.turn")
    talk = Conversation()
    talk.say()
    talk.answer()
    talk(events.ResponseCompleted(), DROPPED)
    assert [message for message in caplog.messages if message.startswith(("link", "take: ", "response"))] == [
        "link: down -> opening",
        "link: opening -> up",
        "take: closed -> open",
        "take: open -> tail",
        "take: tail -> closed",
        "response: none -> asked",
        "response: asked -> running",
        "response: running -> none",
        "link: up -> lost",
    ]


def test_what_is_sent_again_is_in_the_log(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG, "desktop.turn")
    talk = Conversation()
    talk.say()
    talk(DROPPED, inputs.Connected())
    assert "take 1: sent -> kept" in caplog.messages
    assert "take 1: kept -> gone" in caplog.messages


def test_an_input_without_a_rule_is_logged_and_changes_nothing(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG, "desktop.turn")
    talk = Conversation(connected=False)
    assert talk(inputs.Renewed()) == []
    assert unexpected(caplog) == ["turn: no rule for Renewed while down"]
    regions = make_regions(inputs.Policy(), MuteSwitch())
    for region in (regions.take, regions.response, regions.hands_free, regions.line):
        assert region.handle(inputs.Say("hello"), 0.0) == []  # type: ignore[arg-type]
    assert unexpected(caplog)[1:] == [
        "take: no rule for Say while closed",
        "response: no rule for Say while none",
        "hands-free: no rule for Say while quiet",
        "line: no rule for Say while closed",
    ]


def test_all_inputs_are_in_the_list():
    kinds = {type(happened) for happened in INPUTS} | {inputs.Renewed}
    assert kinds == {*inputs.Input.__subclasses__(), *events.Event.__subclasses__()}


@pytest.mark.parametrize("policy", [inputs.Policy(), HANDS_FREE], ids=["talk key", "hands-free"])
@pytest.mark.parametrize("state", LinkState)
@pytest.mark.parametrize("happened", INPUTS, ids=lambda happened: type(happened).__name__)
def test_what_can_happen_has_a_rule(
    state: LinkState,
    happened: inputs.Input | events.Event,
    policy: inputs.Policy,
    caplog: pytest.LogCaptureFixture,
):
    caplog.set_level(logging.DEBUG, "desktop.turn")
    talk = Conversation(policy, connected=False)
    talk(*STATES[state])
    talk(happened)
    assert unexpected(caplog) == []


def test_a_mute_is_a_notice_and_no_second_copy():
    switch = MuteSwitch()
    regions = make_regions(inputs.Policy(), switch)
    assert regions.line.handle(inputs.Mute(True), 0.0) == [fx.Muted(True)]
    assert switch.muted
    assert regions.line.handle(inputs.Mute(True), 0.0) == []
