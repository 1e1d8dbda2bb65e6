"""A screen reader at the real window: it may ask anything at any time, and hears what is to be heard."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from desktop.offline.speech_engines import SYNTHESIZER_RATE
from tests.monkey.readers import ORCA, Reader
from tests.rig.accessibility import AccessibilityBus
from tests.rig.demo import spoken, states
from tests.rig.desktop import Desktop, Program, until
from tests.rig.screen_reader import Found, Node, ScreenReader

pytestmark = pytest.mark.screen

WITHIN_S = 60.0

# The real program; SIGUSR1 makes one of its threads fail, so that there is a crash report to read.
PROGRAM = """
import signal, threading
from desktop.__main__ import main
signal.signal(signal.SIGUSR1, lambda *_: threading.Thread(target=lambda: 1 / 0).start())
main()
"""

DIALOGS = [
    ("Settings", "ctrl+comma"),
    ("History", "ctrl+h"),
    ("Keyboard shortcuts", "F1"),
    ("Export conversation", "ctrl+e"),
    ("About Presstalk", "About Presstalk"),
    ("Audio doctor", "Audio doctor…"),
    ("Presstalk, small", "Strip that stays on top"),
    ("Something went wrong", ""),
]
"""The title, and the keys or the entry of the menu."""


@dataclass
class Reading:
    """The program, connected, on a desktop with a screen reader."""

    desktop: Desktop
    program: Program
    reader: ScreenReader
    window: int

    @property
    def root(self) -> Node:
        (root,) = self.reader.programs()
        return root

    def find(self, role: str, name: str, inside: Node | None = None) -> Found:
        """The one object of this role and name."""
        (found,) = [
            one for one in self.reader.tree(inside or self.root) if (one.role, one.name) == (role, name)
        ]
        return found

    def dialog(self, title: str) -> Node:
        """The window of this title, waited for."""

        def search() -> Node | None:
            tops = self.reader.children(self.root)
            return next((top for top in tops if self.reader.name(top).startswith(title)), None)

        return self.program.until(search, within=WITHIN_S, what=f"a window named {title!r}")

    def until(self, condition: Callable[[], object], what: str) -> None:
        self.program.until(condition, within=WITHIN_S, what=what)

    def click(self, node: Node, button: int = 1) -> None:
        """Click where the program says that the object is."""
        self.desktop.screen.move(*self.reader.middle(node))
        self.desktop.screen.mouse_down(button)
        self.desktop.screen.mouse_up(button)

    def menu(self, opener: Node, button: int = 1) -> Node:
        """Open a menu by the mouse."""
        self.reader.forget()
        self.click(opener, button)

        def shown() -> Node | None:
            self.reader.listen()
            return self.reader.shown

        menu = self.program.until(shown, within=WITHIN_S, what="a menu")
        assert self.reader.role(menu) == "popup menu"
        return menu

    def lock(self) -> None:
        """Open the microphone, and let go of the key."""
        self.desktop.screen.focus(self.window)
        self.desktop.screen.tap_twice("space")
        self.until(lambda: states(self.program)[-1:] == ["Listening"], "the microphone")

    def discard(self) -> None:
        """Throw the take away."""
        self.desktop.screen.focus(self.window)
        self.desktop.screen.press("Escape")
        self.until(lambda: states(self.program)[-1:] == ["Ready"], "the take's end")


@pytest.fixture(scope="module")
def reading() -> Iterator[Reading]:
    """One program for all tests here."""
    with (
        Desktop() as desktop,
        AccessibilityBus(desktop.screen) as bus,
        ScreenReader(bus) as reader,
        desktop.start([sys.executable, "-c", PROGRAM, "--verbose"], **bus.env) as program,
    ):
        window = desktop.screen.window("Presstalk", within=WITHIN_S, program=program)
        program.until(lambda: states(program)[-1:] == ["Ready"], within=WITHIN_S, what="a session")
        until(reader.programs, within=WITHIN_S, what="the program on the accessibility bus")
        yield Reading(desktop, program, reader, window)
        assert program.stop() == 0
        assert program.output.count("Traceback") == program.output.count("ZeroDivisionError")


def test_everything_is_asked_while_one_talks_and_listens(reading: Reading) -> None:
    reading.desktop.screen.focus(reading.window)
    reading.reader.forget()
    speech = reading.desktop.sound.speak(spoken("Tell me a story."), SYNTHESIZER_RATE)
    reading.desktop.screen.key_down("space")
    reading.until(lambda: "Listening" in states(reading.program), "the microphone")
    assert reading.reader.ask_everything(reading.root) > 100
    speech.wait()
    reading.desktop.screen.key_up("space")
    reading.until(lambda: "Speaking" in states(reading.program), "an answer")
    assert reading.reader.ask_everything(reading.root) > 100
    reading.desktop.screen.press("Escape")
    reading.until(lambda: states(reading.program)[-1:] == ["Ready"], "the answer's end")
    heard = reading.reader.listen()
    assert [word for word in ("Listening", "Thinking", "Speaking", "Ready") if word in heard] == [
        *("Listening", "Thinking", "Speaking", "Ready")
    ], heard


def test_pickers_and_meters_say_what_they_are(reading: Reading) -> None:
    everything = list(reading.reader.tree(reading.root))
    assert (everything[1].role, everything[1].name) == ("frame", "Presstalk")
    described = sorted(one.description for one in everything if one.role == "combo box")
    assert described == [
        *("Compare with", "Direction", "Microphone", "Model", "Result", "Speaker", "Tool", "Translate into"),
        *("Turns of this model", "Type", "Voice: This model has only one voice"),
    ]
    for name in ("Microphone level", "Speaker level"):
        least, now, most = reading.reader.value(reading.find("indicator", name).node)
        assert least == -60.0
        assert most == 0.0
        assert least <= now <= most
    assert reading.reader.value(reading.find("slider", "Volume").node) == (0.0, 100.0, 100.0)
    assert reading.find("push button", "Talk: Hold to talk").description == "Hold to talk, or hold Space"


@pytest.mark.parametrize(("title", "opener"), DIALOGS)
def test_everything_is_asked_of_each_dialog(reading: Reading, title: str, opener: str) -> None:
    """With an open microphone: no dialog takes that away."""
    reading.lock()
    if not opener:
        os.kill(reading.program.pid, signal.SIGUSR1)
    elif " " in opener:
        menu = reading.menu(reading.find("button menu", "Menu").node)
        (entry,) = [one for one in reading.reader.tree(menu) if one.name == opener]
        reading.click(entry.node)
    else:
        reading.desktop.screen.press(opener)
    dialog = reading.dialog(title)
    assert reading.reader.ask_everything(dialog) > 5
    window = reading.desktop.screen.window(title, within=WITHIN_S, program=reading.program)
    reading.desktop.screen.close_window(window)
    reading.discard()


def test_everything_is_asked_of_menus_and_lists(reading: Reading) -> None:
    for role, name, button in (
        ("button menu", "Menu", 1),
        ("button menu", "Turn taking: Push to talk", 1),
        ("text", "Message", 3),
    ):
        menu = reading.menu(reading.find(role, name).node, button)
        assert reading.reader.ask_everything(menu) > 3
        reading.desktop.screen.press("Escape")
        reading.until(partial(reading.reader.is_hidden, menu), "the menu's end")
    for described in ("Model", "Microphone"):
        everything = reading.reader.tree(reading.reader.children(reading.root)[0])
        (picker,) = [one for one in everything if (one.role, one.description) == ("combo box", described)]
        (choices, *_) = reading.reader.children(picker.node)
        reading.click(picker.node)
        reading.until(partial(reading.reader.is_showing, choices), "the list")
        assert reading.reader.ask_everything(picker.node) > 2
        reading.desktop.screen.press("Escape")
        reading.until(partial(reading.reader.is_hidden, choices), "the list's end")


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
def test_everything_is_asked_for_two_minutes_of_use(reading: Reading, seed: int) -> None:
    """Takes, dialogs and panes come and go under the questions, in another order each time."""
    screen, reader = reading.desktop.screen, reading.reader
    chance, asked = random.Random(seed), 0
    until_s = time.monotonic() + 20
    while time.monotonic() < until_s:
        reading.lock()
        title, keys = chance.choice([one for one in DIALOGS if one[1] and " " not in one[1]])
        screen.press(keys)
        dialog = reading.dialog(title)
        asked += reader.ask_everything(reading.root)
        assert reader.ask_everything(dialog) > 5
        screen.close_window(screen.window(title, within=WITHIN_S, program=reading.program))
        reading.discard()
        screen.press(chance.choice(("F9", "shift+F9")))
        asked += reader.ask_everything(reading.root)
    assert asked > 200


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("orca"), reason="Orca isn't installed")
def test_orca_reads_for_a_minute_while_one_talks_and_opens_dialogs() -> None:
    with (
        Desktop() as desktop,
        Reader(desktop, ORCA) as orca,
        desktop.start([sys.executable, "-c", PROGRAM, "--verbose"], **orca.env) as program,
    ):
        screen = desktop.screen
        window = screen.window("Presstalk", within=WITHIN_S, program=program)
        program.until(lambda: states(program)[-1:] == ["Ready"], within=WITHIN_S, what="a session")
        until_s, takes = time.monotonic() + 60, 0
        while time.monotonic() < until_s:
            screen.focus(window)
            screen.tap_twice("space")
            program.until(lambda: states(program)[-1:] == ["Listening"], within=WITHIN_S, what="a take")
            screen.press("Escape")
            program.until(lambda: states(program)[-1:] == ["Ready"], within=WITHIN_S, what="its end")
            takes += 1
            for title, keys in DIALOGS[takes % 4 :: 4]:
                if keys and " " not in keys:
                    screen.press(keys)
                    screen.close_window(screen.window(title, within=WITHIN_S, program=program))
            assert orca.check() == ""
        assert takes > 3
        orca.leave()
        assert program.stop() == 0
