"""A double tap locks, whatever the tail is; a tap alone does what a short press always did."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.protocol import commands
from desktop.turn import effects, inputs
from desktop.turn.effects import DisplayState
from desktop.turn.turn import Turn
from desktop.ui.talk.tap_lock import TAP_S, WAIT_MS, WINDOW_S, TalkKeyState, TapAction, TapLock

SHORT_S = 0.08


class Hand:
    """A key in front of a turn, with sound that flows in blocks of 10 ms, 5 ms late to each moment."""

    def __init__(self, tail_ms: float = 200, commits: bool = True, enabled: bool = True) -> None:
        self.turn = Turn(inputs.Policy(commits=commits, tail_ms=tail_ms))
        self.lock = TapLock(enabled)
        self.now = 10.0
        self.outputs: list[effects.TurnOutput] = []
        for happened in (
            inputs.Connecting(),
            inputs.Connected(),
        ):
            self.tell(happened)

    def tell(self, happened: inputs.Input) -> None:
        self.outputs += self.turn.handle(happened, self.now * 1_000)
        self.do(self.lock.take_is(self.turn.state is DisplayState.LISTENING, self.now))

    def do(self, acts: list[TapAction]) -> None:
        inputs_by_action = {
            TapAction.PRESS: inputs.Press(),
            TapAction.RELEASE: inputs.Release(),
            TapAction.TAP: inputs.Release(wait_ms=WAIT_MS),
            TapAction.LOSE: inputs.Release("focus"),
        }
        for act in acts:
            self.tell(inputs_by_action[act])

    def wait(self, seconds: float) -> Hand:
        for _ in range(round(seconds * 100)):
            self.now += 0.01
            if self.turn.gate_open:
                self.tell(inputs.Captured(10))
            self.tell(inputs.Tick())
        return self

    def down(self) -> Hand:
        self.do(self.lock.down(self.now))
        return self

    def up(self) -> Hand:
        self.do(self.lock.up(self.now))
        return self

    def tap(self, seconds: float = SHORT_S) -> Hand:
        return self.down().wait(seconds).up()

    @property
    def takes(self) -> int:
        return sum(isinstance(one, effects.TakeStarted) for one in self.outputs)

    @property
    def outcomes(self) -> list[str]:
        return [one.outcome for one in self.outputs if isinstance(one, effects.TakeEnded)]

    @property
    def hints(self) -> list[str]:
        return [str(one.message) for one in self.outputs if isinstance(one, effects.Note)]


each_tail = pytest.mark.parametrize("tail_ms", [0, 200, 1_000])
each_first = pytest.mark.parametrize("first_s", [0.03, 0.08, 0.15, 0.24])
each_way = pytest.mark.parametrize("commits", [True, False])


@each_tail
@each_first
@each_way
def test_a_double_tap_locks_one_take_and_shows_no_hint(tail_ms: float, first_s: float, commits: bool):
    hand = Hand(tail_ms, commits)
    hand.tap(first_s).wait(0.28).tap()
    assert hand.lock.locked
    hand.wait(5)
    assert hand.lock.locked
    assert hand.turn.state is DisplayState.LISTENING
    assert (hand.takes, hand.outcomes, hand.hints) == (1, [], [])


@each_tail
def test_the_next_press_sends_and_its_release_does_nothing(tail_ms: float):
    hand = Hand(tail_ms)
    hand.tap().wait(0.1).tap().wait(3).down()
    assert not hand.lock.locked
    hand.wait(max(0.01, tail_ms / 1_000))
    assert hand.outcomes == ["sent"]
    before = len(hand.outputs)
    hand.up()
    assert len(hand.outputs) == before
    assert (hand.takes, hand.hints) == (1, [])


@each_tail
def test_a_tap_alone_gets_its_hint(tail_ms: float):
    hand = Hand(tail_ms)
    hand.tap().wait(WINDOW_S)
    assert hand.hints == [], "a second tap may still come"
    hand.wait(1)
    assert (hand.hints, hand.outcomes) == (["Hold to talk."], ["short"])
    assert not hand.lock.locked


def test_a_short_word_alone_is_sent():
    hand = Hand()
    hand.tap(0.2).wait(0.5)
    assert (hand.outcomes, hand.hints) == (["sent"], [])


def test_a_held_press_is_sent_after_its_tail_alone():
    hand = Hand()
    hand.tap(TAP_S + 0.05).wait(0.2)
    assert hand.outcomes == ["sent"]


def test_a_second_press_that_is_held_is_a_take_of_its_own_length():
    hand = Hand()
    hand.tap().wait(0.1).tap(2.0).wait(0.2)
    assert not hand.lock.locked
    assert (hand.takes, hand.outcomes) == (1, ["sent"])


def test_two_slow_taps_do_not_lock():
    hand = Hand()
    hand.tap().wait(0.6).tap()
    assert not hand.lock.locked


def test_switched_off_a_double_tap_is_two_presses():
    hand = Hand(tail_ms=0, enabled=False)
    hand.tap().wait(0.1).tap()
    assert not hand.lock.locked
    assert hand.outcomes == ["short", "short"]


def test_switched_off_between_the_taps_it_does_not_lock():
    hand = Hand()
    hand.tap().wait(0.1)
    hand.lock.enabled = False
    assert not hand.tap().lock.locked


def test_switched_off_while_locked_the_next_press_sends():
    hand = Hand()
    hand.tap().wait(0.1).tap().wait(1)
    hand.lock.enabled = False
    hand.tap().wait(0.3)
    assert hand.outcomes == ["sent"]


def test_without_a_take_nothing_locks():
    hand = Hand()
    hand.tell(inputs.Dropped(final=True))
    hand.tap().wait(0.1).tap()
    assert not hand.lock.locked


@pytest.mark.parametrize("cause", ["lock", "sleep", "device"])
def test_what_ends_a_locked_take_from_outside_sends_and_unlocks(cause: inputs.ReleaseCause):
    hand = Hand()
    hand.tap().wait(0.1).tap().wait(1)
    hand.tell(inputs.Release(cause))
    hand.wait(0.3)
    assert (hand.outcomes, hand.lock.key) == (["sent"], TalkKeyState.UP)


def test_the_cap_sends_what_is_locked():
    hand = Hand()
    hand.tap().wait(0.1).tap().wait(121)
    assert (hand.outcomes, hand.lock.key) == (["sent"], TalkKeyState.UP)


def test_a_lost_focus_sends_what_is_locked():
    hand = Hand()
    hand.tap().wait(0.1).tap().wait(1)
    hand.do(hand.lock.lost(hand.now))
    hand.wait(0.3)
    assert hand.outcomes == ["sent"]
    assert "focus" in hand.hints[0]


def test_escape_throws_away_what_is_locked():
    hand = Hand()
    hand.tap().wait(0.1).tap().wait(1)
    hand.tell(inputs.Cancel())
    assert (hand.outcomes, hand.lock.locked) == (["thrown away"], False)


def test_a_take_that_ends_under_the_finger_does_not_end_again_at_the_key_up():
    hand = Hand()
    hand.down().wait(121)
    assert hand.outcomes == ["sent"]
    assert hand.lock.up(hand.now) == []
    assert hand.tap(1).wait(0.3).outcomes == ["sent", "sent"]


def test_a_key_up_after_the_focus_was_lost_means_nothing():
    lock = TapLock()
    lock.down(0)
    assert lock.lost(1) == [TapAction.LOSE]
    assert lock.up(2) == []
    assert lock.down(3) == [TapAction.PRESS]


moves = st.lists(
    st.tuples(st.sampled_from(["down", "up", "lost", "escape", "wait"]), st.integers(1, 60)), max_size=40
)


@given(moves, st.sampled_from([0.0, 200.0, 1_000.0]), st.booleans())
def test_the_microphone_is_open_only_held_locked_or_in_a_tail(what, tail_ms: float, enabled: bool):
    hand, held = Hand(tail_ms, enabled=enabled), False
    for move, hundredths in what:
        if move == "down" and not held:
            held = True
            hand.down()
        elif move == "up" and held:
            held = False
            hand.up()
        elif move == "lost":
            held = False
            hand.do(hand.lock.lost(hand.now))
        elif move == "escape":
            hand.tell(inputs.Cancel())
        hand.wait(hundredths / 100)
        assert not hand.lock.locked or (hand.turn.gate_open and enabled and not held)
    locked = hand.lock.locked
    hand.wait(2.0)
    assert hand.turn.gate_open == (locked or (held and hand.turn.gate_open))
    sent = [one.command for one in hand.outputs if isinstance(one, effects.Send)]
    assert sent.count(commands.AudioCommit()) == hand.outcomes.count("sent")
