"""The microphone locked open by a double tap, and what ends the take then: real keys, a real message bus."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest

from desktop.offline import hibari
from desktop.offline.speech_engines import SYNTHESIZER_RATE
from tests.rig.bus import LOGIN, FakeService, PrivateBus
from tests.rig.demo import spoken, states
from tests.rig.desktop import Desktop, Program
from tests.rig.process import until

pytestmark = pytest.mark.rig

WITHIN_S = 60.0
QUESTION = "What time is it?"


class Sitting:
    """A person before the window, and the login manager behind it."""

    def __init__(self, desktop: Desktop, program: Program, logind: FakeService) -> None:
        self.desktop = desktop
        self.program = program
        self.logind = logind

    def until_state(self, state: str) -> None:
        self.program.until(lambda: states(self.program)[-1:] == [state] or None, within=WITHIN_S, what=state)

    def lock(self) -> None:
        self.desktop.screen.tap_twice("space")
        self.until_state("Listening")
        self.desktop.sound.speak(spoken(QUESTION), SYNTHESIZER_RATE).wait()
        assert states(self.program)[-1] == "Listening", "no key is down, and the microphone is open"

    def until_answered(self) -> None:
        self.until_state("Ready")
        assert "Speaking" in states(self.program)


@pytest.fixture(scope="module")
def sitting() -> Iterator[Sitting]:
    hibari.load()
    with Desktop(1040, 700) as desktop, PrivateBus() as bus, FakeService(bus, LOGIN) as logind:
        command = [sys.executable, "-m", "desktop", "--verbose"]
        with desktop.start(command, DBUS_SYSTEM_BUS_ADDRESS=bus.address, XDG_SESSION_ID="2") as program:
            window = desktop.screen.window("Presstalk", within=WITHIN_S, program=program)
            sitting = Sitting(desktop, program, logind)
            sitting.until_state("Ready")
            desktop.screen.focus(window)
            until(lambda: ("GetSession", "2") in logind.asked, within=WITHIN_S, what="the program on the bus")
            yield sitting
            assert program.stop() == 0


@pytest.fixture(autouse=True)
def from_ready(sitting: Sitting) -> None:
    sitting.until_state("Ready")


def test_the_next_tap_sends(sitting: Sitting) -> None:
    before = np.mean(sitting.desktop.screen.pixels()[560:, 460:580])
    sitting.lock()
    assert np.mean(sitting.desktop.screen.pixels()[560:, 460:580]) != before
    sitting.desktop.screen.press("space")
    sitting.until_answered()


def test_escape_throws_it_away(sitting: Sitting) -> None:
    responses = states(sitting.program).count("Thinking")
    sitting.lock()
    sitting.desktop.screen.press("Escape")
    sitting.until_state("Ready")
    assert states(sitting.program).count("Thinking") == responses


def test_going_to_sleep_sends(sitting: Sitting) -> None:
    sitting.lock()
    sitting.logind.signal("/org/freedesktop/login1", f"{LOGIN}.Manager", "PrepareForSleep", "b", True)
    sitting.until_answered()


def test_a_lock_of_the_screen_sends_what_is_held(sitting: Sitting) -> None:
    takes = states(sitting.program).count("Listening")
    sitting.desktop.screen.key_down("space")
    sitting.until_state("Listening")
    sitting.desktop.sound.speak(spoken(QUESTION), SYNTHESIZER_RATE).wait()
    sitting.logind.signal("/org/freedesktop/login1/session/_32", f"{LOGIN}.Session", "Lock")
    sitting.until_state("Ready")
    sitting.desktop.screen.key_up("space")
    seen = states(sitting.program)
    assert seen.count("Listening") == takes + 1, "the key that is still held is no press"
    assert "Speaking" in seen[len(seen) - seen[::-1].index("Listening") :]
