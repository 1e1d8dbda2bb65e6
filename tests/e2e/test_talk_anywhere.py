"""The talk key while another window has the focus: the real program, a real X server, a second client."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator

import pytest

from tests.rig.demo import states
from tests.rig.desktop import Desktop, Program
from tests.rig.other_client import OtherClient

pytestmark = pytest.mark.rig

WITHIN_S = 60.0
KEYS = ("Control_L", "Alt_L", "space")
SETTINGS = {
    "talk_key": "Ctrl+Alt+Space",
    "discard_key": "Ctrl+Alt+D",
    "mute_key": "Ctrl+Alt+M",
    "push_to_mute_key": "Right Ctrl",
}


class Elsewhere:
    """A person who works in another window."""

    def __init__(self, desktop: Desktop, program: Program, other: OtherClient) -> None:
        self.desktop = desktop
        self.program = program
        self.other = other

    def until_state(self, state: str) -> None:
        self.program.until(lambda: states(self.program)[-1:] == [state] or None, within=WITHIN_S, what=state)

    def down(self) -> None:
        for key in KEYS:
            self.other.key(key, True)

    def up(self) -> None:
        for key in reversed(KEYS):
            self.other.key(key, False)

    def tap(self, *keys: str) -> None:
        for key in keys:
            self.other.key(key, True)
        for key in reversed(keys):
            self.other.key(key, False)

    def until_said(self, words: str, more_than: int = 0) -> None:
        self.program.until(
            lambda: len(re.findall(words, self.program.output)) > more_than or None,
            within=WITHIN_S,
            what=words,
        )


@pytest.fixture(scope="module")
def person() -> Iterator[Elsewhere]:
    with Desktop(1040, 700) as desktop:
        config = desktop.home / "presstalk" / "config"
        config.mkdir(parents=True)
        (config / "settings.json").write_text(json.dumps(SETTINGS))
        with desktop.start([sys.executable, "-m", "desktop", "--verbose"]) as program:
            desktop.screen.window("Presstalk", within=WITHIN_S, program=program)
            with OtherClient(desktop.screen.env["DISPLAY"]) as other:
                person = Elsewhere(desktop, program, other)
                person.until_state("Ready")
                person.until_said("keys in other programs: x11")
                other.focus(other.window)
                yield person
            assert program.stop() == 0


@pytest.fixture(autouse=True)
def from_ready(person: Elsewhere) -> Iterator[None]:
    person.until_state("Ready")
    yield
    person.up()


def test_a_hold_of_any_length_is_one_take(person: Elsewhere) -> None:
    """The X server repeats a held key thirty times a second."""
    takes = states(person.program).count("Listening")
    person.down()
    person.until_state("Listening")
    time.sleep(1.5)  # that the key repeats is what is tried
    assert states(person.program)[-1] == "Listening"
    assert states(person.program).count("Listening") == takes + 1
    person.up()
    person.until_state("Ready")
    assert states(person.program).count("Listening") == takes + 1


def test_escape_discards_what_is_held(person: Elsewhere) -> None:
    answers = states(person.program).count("Thinking")
    person.down()
    person.until_state("Listening")
    person.tap("Escape")
    person.until_state("Ready")
    person.up()
    assert states(person.program).count("Thinking") == answers


def test_a_double_tap_locks_until_the_next_tap(person: Elsewhere) -> None:
    person.other.key("Control_L", True)
    person.other.key("Alt_L", True)
    person.tap("space")
    person.tap("space")
    person.until_state("Listening")
    person.until_said("talk key: again -> locked")
    # The window comes to the front, and goes again: a lock of the window's own key would end.
    window = person.desktop.screen.window("Presstalk")
    person.other.focus(window)
    person.other.focus(person.other.window)
    assert states(person.program)[-1] == "Listening"
    person.tap("Escape")
    person.until_state("Ready")
    person.until_said("talk key: locked -> up")


def test_the_key_interrupts_the_assistant_and_listens(person: Elsewhere) -> None:
    person.down()
    person.until_state("Listening")
    time.sleep(0.5)  # more than a tap; the demo answers silence too
    person.up()
    person.until_state("Speaking")
    person.down()
    person.until_state("Listening")
    person.until_said("response: .* -> cancelled")
    person.tap("Escape")
    person.up()
    person.until_state("Ready")


def test_a_chosen_key_discards_too(person: Elsewhere) -> None:
    person.down()
    person.until_state("Listening")
    person.tap("d")
    person.until_state("Ready")


def test_keys_mute(person: Elsewhere) -> None:
    muted = len(re.findall("shown: .* -> Muted", person.program.output))
    person.other.key("Control_R", True)
    person.until_said("shown: .* -> Muted", muted)
    person.other.key("Control_R", False)
    person.until_said("shown: Muted -> Ready")


def test_a_keyboard_that_somebody_grabs_hides_the_key_and_gives_it_back(person: Elsewhere) -> None:
    takes = states(person.program).count("Listening")
    with person.other.keyboard():
        person.down()
        person.up()
    person.down()
    person.until_state("Listening")
    person.up()
    person.until_state("Ready")
    assert states(person.program).count("Listening") == takes + 1


def test_a_hidden_window_hears_it_too(person: Elsewhere) -> None:
    window = person.desktop.screen.window("Presstalk")
    person.other.unmap(window)
    person.down()
    person.until_state("Listening")
    person.up()
    person.until_state("Ready")
    person.other.map(window)
