"""The panes' own window on X11: one talks there with the real key, and nothing is left open."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest

from tests.monkey.hold_rig import HoldRig
from tests.rig.desktop import until

pytestmark = pytest.mark.screen

TITLE = "Panes - Presstalk"
WITHIN_S = 20.0


class PanesRig(HoldRig):
    """The window, and its panes in a window of their own, which has the focus."""

    def detach(self) -> None:
        self.screen.focus(self.main)
        self.screen.press("ctrl+F9")
        self.panes = self.screen.window(TITLE)
        self.screen.focus(self.panes)
        until(lambda: self.screen.focused() == self.panes, within=WITHIN_S, what="the panes' window in front")

    @property
    def main(self) -> int:
        return self.screen.window("^Presstalk$")


@pytest.fixture
def rig() -> Iterator[PanesRig]:
    with PanesRig(random.Random(1)) as made:
        made.detach()
        yield made


def test_the_key_talks_there_and_a_take_ends_with_it(rig: PanesRig) -> None:
    takes, screen = rig.holder.takes, rig.screen
    for _ in range(3):
        screen.key_down("space")
        until(lambda: takes.open, within=WITHIN_S, what="an open take")
        time.sleep(0.7)  # the key repeats
        assert takes.open
        screen.key_up("space")
        until(lambda: not takes.open, within=WITHIN_S, what="the end of the take")
    assert takes.count() == 3


def test_closing_the_window_under_the_held_key_ends_the_take(rig: PanesRig) -> None:
    takes, screen = rig.holder.takes, rig.screen
    screen.key_down("space")
    until(lambda: takes.open, within=WITHIN_S, what="an open take")
    screen.close_window(rig.panes)
    until(lambda: not takes.open, within=WITHIN_S, what="the end of the take, with the key still down")
    screen.key_up("space")
    until(lambda: not screen.windows(TITLE), within=WITHIN_S, what="the panes in the main window")
    assert screen.windows("^Presstalk$")


def test_another_window_ends_the_take(rig: PanesRig) -> None:
    takes, screen = rig.holder.takes, rig.screen
    screen.key_down("space")
    until(lambda: takes.open, within=WITHIN_S, what="an open take")
    rig.holder.other_window()
    until(lambda: not takes.open, within=WITHIN_S, what="the end of the take, with the key still down")
    screen.key_up("space")
    assert not takes.open
