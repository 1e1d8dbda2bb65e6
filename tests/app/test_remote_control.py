"""The commands that a window manager's keys send to a running program."""

from __future__ import annotations

import os
import time
from typing import Any, cast

import pytest

from desktop.app import remote_control
from desktop.app.remote_control import RemoteControl
from desktop.conversation.session_controller import SessionController
from desktop.turn.effects import DisplayState
from desktop.turn.inputs import Policy
from desktop.ui.talk.talk_latch import TalkLatch
from desktop.ui.window.main_window import MainWindow


class Talk:
    """The part of a controller that the talk key needs."""

    def __init__(self) -> None:
        self.connected = True
        self.deaf = False
        self.listens = False
        self.policy = Policy()
        self.did: list[str] = []
        self.held_since: float | None = None

    def press(self) -> None:
        self.did.append("press")
        self.listens = self.connected and not self.deaf and not self.policy.hands_free

    def hold_sound(self, since: float) -> None:
        self.held_since = since

    def release_sound(self) -> None:
        self.held_since = None

    def release(self) -> None:
        self.did.append("release")
        self.listens = False


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.fixture
def latch(qapp: Any, talk: Talk) -> TalkLatch:
    """The window's keys and buttons, connected as in the program."""
    latch = TalkLatch(True)
    latch.pressed.connect(talk.press)
    latch.pressed.connect(lambda: latch.show_state(DisplayState.LISTENING))
    latch.released.connect(lambda _: talk.release())
    latch.lost.connect(talk.release)
    return latch


@pytest.fixture
def remote(talk: Talk, latch: TalkLatch) -> RemoteControl:
    return RemoteControl(cast(MainWindow, None), cast(SessionController, talk), latch)


@pytest.fixture
def ptt(remote: RemoteControl):
    return lambda how, **more: remote.handle({"do": "ptt", "how": how, **more})


def test_down_and_up_are_the_talk_key(talk: Talk, ptt: Any):
    assert [ptt("down", at=1.0), ptt("up", at=2.0), ptt("down", at=3.0)] == ["", "", ""]
    assert talk.did == ["press", "release", "press"]


@pytest.mark.parametrize("how", ["down", "toggle"])
def test_after_a_stop_what_was_said_waits_for_a_key_up_that_may_come(
    talk: Talk, remote: RemoteControl, ptt: Any, qtbot: Any, monkeypatch: pytest.MonkeyPatch, how: str
):
    """A process has to start and to find the program before that is known."""
    monkeypatch.setattr(remote_control, "COMES_MS", 20)
    stopped = time.monotonic() - 3
    remote.doubt(stopped)
    assert talk.held_since is None, "nothing is open"
    ptt(how)
    remote.doubt(time.monotonic() - 0.1)
    assert talk.held_since is None, "so short a stall hides no key"
    remote.doubt(stopped)
    remote.doubt(stopped + 1)
    assert talk.held_since == stopped
    qtbot.waitUntil(lambda: talk.held_since is None)


def test_a_take_of_the_windows_key_is_the_windows_to_doubt(
    talk: Talk, remote: RemoteControl, latch: TalkLatch
):
    latch.press()
    remote.doubt(time.monotonic() - 3)
    assert talk.held_since is None


def test_a_key_up_that_overtakes_its_key_down_leaves_no_microphone_open(talk: Talk, ptt: Any):
    assert [ptt("up", at=2.0), ptt("down", at=1.9)] == ["", ""]
    assert not talk.listens
    ptt("down", at=3.0)
    assert talk.listens


def test_of_two_in_the_same_tick_of_the_clock_the_key_up_counts(talk: Talk, ptt: Any):
    """Their processes say when they were started to 10 ms, and each may be the first to arrive."""
    assert [ptt("down", at=2.0), ptt("up", at=2.0)] == ["", ""]
    assert talk.did == ["press", "release"]
    assert [ptt("up", at=3.0), ptt("down", at=3.0)] == ["", ""]
    assert talk.did == ["press", "release", "release"]


def test_strokes_that_do_not_say_when_they_were_made_are_taken_as_they_come(talk: Talk, ptt: Any):
    for how in ("down", "up", "down"):
        ptt(how)
    assert talk.did == ["press", "release", "press"]


@pytest.mark.parametrize("first", ["window", "outside"])
def test_beside_the_windows_key_the_last_one_to_come_up_counts(
    talk: Talk, latch: TalkLatch, ptt: Any, first: str
):
    ptt("down")
    latch.show_state(DisplayState.LISTENING)
    latch.press()
    ends = {"window": latch.lose, "outside": lambda: ptt("up")}
    ends.pop(first)()
    assert talk.listens, "the other one is held"
    ends.popitem()[1]()
    assert not talk.listens


def test_beside_a_key_whose_take_is_over_the_one_from_outside_ends_its_own(
    talk: Talk, latch: TalkLatch, ptt: Any
):
    latch.press()
    latch.show_state(DisplayState.READY)  # as by its cap, or another way of taking turns
    ptt("down")
    latch.show_state(DisplayState.LISTENING)
    ptt("up")
    assert not talk.listens


def test_a_key_from_outside_that_opens_nothing_keeps_nothing_open(talk: Talk, latch: TalkLatch, ptt: Any):
    talk.deaf = True
    ptt("down")
    talk.deaf = False
    latch.press()
    latch.lose()
    assert not talk.listens


def test_a_toggle_sends_a_take_that_is_open(talk: Talk, ptt: Any):
    for _ in range(3):
        ptt("toggle")
    assert talk.did == ["press", "release", "press"]


def test_hands_free_a_press_mutes_and_is_no_failure(talk: Talk, ptt: Any):
    talk.policy = Policy(hands_free=True)
    assert [ptt("down"), ptt("toggle")] == ["", ""]
    assert talk.did == ["press", "press"]


def test_a_microphone_that_stays_shut_is_reported_with_its_reason(talk: Talk, ptt: Any):
    talk.deaf = True
    assert ptt("down") == "The microphone is not open: Presstalk's window says why."
    talk.connected = False
    assert "isn't connected" in ptt("down")


@pytest.mark.parametrize("token", ["a\0b", "a\nb", "t" * 1_001])
def test_a_token_that_is_none_harms_nobody(
    remote: RemoteControl, monkeypatch: pytest.MonkeyPatch, token: str
):
    monkeypatch.delenv(remote_control.ACTIVATION, raising=False)
    assert remote.handle({"do": "show", "hidden": "yes", "token": token}) == ""
    assert remote_control.ACTIVATION not in os.environ
    remote.handle({"do": "show", "hidden": "yes", "token": "kwin-1"})
    assert os.environ.pop(remote_control.ACTIVATION) == "kwin-1"
