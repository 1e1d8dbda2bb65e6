"""The window's key, its button and a key from outside, in any order: nobody leaves the microphone open."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.app.remote_control import RemoteControl
from desktop.conversation.session_controller import SessionController
from desktop.turn.effects import DisplayState
from desktop.ui.talk.talk_latch import TalkLatch
from desktop.ui.window.main_window import MainWindow
from tests.app.test_remote_control import Talk

KEYS = ("key", "button")
MOVES = st.lists(
    st.tuples(st.sampled_from(["key", "button", "outside", "lose", "take ends", "toggle"]), st.booleans()),
    max_size=30,
)


class Hands:
    """Whoever holds what, and the take that they hold open."""

    def __init__(self) -> None:
        self.now = 100.0
        self.talk = Talk()
        self.latch = TalkLatch(True, clock=lambda: self.now)
        self.latch.pressed.connect(self.talk.press)
        self.latch.released.connect(lambda _: self.talk.release())
        self.latch.lost.connect(self.talk.release)
        self.remote = RemoteControl(cast(MainWindow, None), cast(SessionController, self.talk), self.latch)
        self.held: set[str] = set()

    def move(self, what: str, long: bool) -> None:
        self.now += 1.0 if long else 0.1
        if what in KEYS:
            (self.latch.release if what in self.held else self.latch.press)(key=what)
            self.held ^= {what}
        elif what == "lose":
            for key in self.held & set(KEYS):
                self.latch.lose(key=key)
            self.held -= set(KEYS)
        elif what == "take ends":
            self.talk.listens = False
        else:
            how = "toggle" if what == "toggle" else "up" if what in self.held else "down"
            self.remote.handle({"do": "ptt", "how": how})
            self.held ^= {what} - {"toggle"}
        self.latch.show_state(DisplayState.LISTENING if self.talk.listens else DisplayState.READY)

    def let_go(self) -> None:
        for what in sorted(self.held):
            self.move(what, True)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOVES)
def test_when_all_are_up_the_take_is_over(qapp: Any, moves: list[tuple[str, bool]]):
    hands = Hands()
    for what, long in moves:
        if what == "toggle" and not hands.talk.listens:
            continue  # that opens it until the next one, as it should
        hands.move(what, long)
    hands.let_go()
    assert not hands.talk.listens or hands.latch.locked


@pytest.mark.parametrize("first", ["key", "button", "outside"])
@pytest.mark.parametrize("second", ["key", "button", "outside"])
def test_of_two_that_overlap_the_last_one_to_come_up_ends_it(qapp: Any, first: str, second: str):
    if first == second:
        return
    for up in ((first, second), (second, first)):
        hands = Hands()
        hands.move(first, True)
        hands.move(second, True)
        hands.move(up[0], True)
        assert hands.talk.listens
        hands.move(up[1], True)
        assert not hands.talk.listens
