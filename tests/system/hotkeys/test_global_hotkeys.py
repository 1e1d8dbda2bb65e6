"""Keys for all programs, whichever way they come: on the GUI thread, paused, and where there is no way."""

from __future__ import annotations

import threading

import pytest

from desktop.base.hotkey import HotkeyAction
from desktop.base.message import Message
from desktop.system.hotkeys.fakes import FakeHotkeys
from desktop.system.hotkeys.global_hotkeys import NO_WAY, GlobalHotkeys

TALK, MUTE = HotkeyAction.TALK, HotkeyAction.MUTE


class Rig:
    """What is told, and the system behind it."""

    def __init__(self) -> None:
        self.made: list[FakeHotkeys] = []
        self.hotkeys = GlobalHotkeys(self._make)
        self.ways: list[tuple[str, Message | None]] = []
        self.struck: list[tuple[HotkeyAction, bool, int]] = []
        self.hotkeys.way_changed.connect(lambda way, problem: self.ways.append((way, problem)))
        self.hotkeys.struck.connect(
            lambda action, down, _: self.struck.append((action, down, threading.get_ident()))
        )

    def _make(self, tell):
        self.made.append(FakeHotkeys(tell))
        return self.made[-1]


@pytest.fixture
def rig(qapp) -> Rig:
    return Rig()


def test_as_long_as_no_key_is_chosen_nothing_is_made(rig) -> None:
    rig.hotkeys.use({TALK: "", MUTE: "Space"})
    assert rig.made == []
    assert not rig.hotkeys.ask()


def test_keys_are_asked_for_once(rig) -> None:
    for _ in range(2):
        rig.hotkeys.use({TALK: "F9", MUTE: ""})
    assert [str(key) for key in rig.made[0].keys.values()] == ["F9"]
    assert rig.ways == [("x11", None)]


def test_a_stroke_from_a_thread_comes_on_the_gui_thread(rig, qtbot) -> None:
    rig.hotkeys.use({TALK: "F9"})
    thread = threading.Thread(target=rig.made[0].strike, args=(TALK, True))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(rig.struck))
    assert rig.struck == [(TALK, True, threading.get_ident())]


def test_two_reasons_for_a_pause_end_one_after_the_other(rig) -> None:
    rig.hotkeys.use({TALK: "F9"})
    for reason, paused, keys in (("a", True, 0), ("b", True, 0), ("a", False, 0), ("b", False, 1)):
        rig.hotkeys.pause(reason, paused)
        assert len(rig.made[0].keys) == keys


def test_a_key_chosen_in_a_pause_is_asked_for_after_it(rig) -> None:
    rig.hotkeys.pause("a", True)
    rig.hotkeys.use({TALK: "F9"})
    assert rig.made == []
    rig.hotkeys.pause("a", False)
    assert len(rig.made[0].keys) == 1


def test_a_system_that_asks_the_user_keeps_the_keys_in_a_pause(rig) -> None:
    """A portal that is asked again after each lock of the screen might show its dialog each time."""
    lost = []
    rig.hotkeys.lost.connect(lambda action, _: lost.append(action))
    rig.hotkeys.use({TALK: "F9"})
    system = rig.made[0]
    system.asks_user = True
    system.strike(TALK, True)
    rig.hotkeys.pause("lock", True)
    assert lost == [TALK]
    assert len(system.keys) == 1
    for down in (False, True):
        system.strike(TALK, down)
    assert len(rig.struck) == 1, "nobody is there to talk"
    rig.hotkeys.pause("lock", False)
    system.strike(TALK, False)
    assert len(rig.struck) == 1
    system.strike(TALK, True)
    assert len(rig.struck) == 2
    rig.hotkeys.pause("lock", True)
    rig.hotkeys.use({TALK: "F8"})
    rig.hotkeys.pause("lock", False)
    assert [str(key) for key in system.keys.values()] == ["F8"]


def test_where_there_is_no_way_that_is_told(qapp) -> None:
    def fail(_):
        raise OSError("there is no display")

    hotkeys = GlobalHotkeys(fail)
    ways = []
    hotkeys.way_changed.connect(lambda way, problem: ways.append((way, problem)))
    hotkeys.use({TALK: "F9"})
    assert ways == [("", NO_WAY())]


def test_the_end_gives_the_keys_back(rig) -> None:
    rig.hotkeys.use({TALK: "F9"})
    rig.hotkeys.close()
    assert rig.made[0].closed
