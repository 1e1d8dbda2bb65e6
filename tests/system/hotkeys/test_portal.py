"""Keys by the real xdg-desktop-portal on a private bus, with a desktop of the test's behind it."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Iterator

import pytest

from desktop.base import hotkey
from desktop.base.hotkey import HotkeyAction
from desktop.system.hotkeys.interface import Active, Answered, Lost, Named, Struck
from desktop.system.hotkeys.portal import LONGEST_WORDS, PortalHotkeys
from desktop.system.hotkeys.portal_words import NO_PORTAL, NOT_BY_PORTAL, REFUSED
from tests.rig.bus import PrivateBus
from tests.rig.portal import RealPortal
from tests.rig.process import Program, until
from tests.system.hotkeys.heard import Heard

pytestmark = pytest.mark.rig

WITHIN_S = 20.0
TALK, MUTE, DISCARD = HotkeyAction.TALK, HotkeyAction.MUTE, HotkeyAction.DISCARD
KEYS = {TALK: hotkey.parse("Ctrl+Alt+Space"), DISCARD: hotkey.parse("F8")}


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def portal() -> Iterator[RealPortal]:
    with RealPortal() as made:
        yield made


@pytest.fixture
def hotkeys(portal: RealPortal, heard: Heard) -> Iterator[PortalHotkeys]:
    made = PortalHotkeys(heard.tell, portal.bus.address)
    yield made
    made.close()


def test_a_key_is_asked_for_and_heard_down_and_up(portal, hotkeys, heard) -> None:
    hotkeys.use(KEYS)
    assert heard.until_way("portal").problem is None
    asked = {name: known["preferred_trigger"][1] for name, known in portal.desktop.bound}
    assert asked == {"talk": "CTRL+ALT+space", "discard": "F8"}
    for down in (True, False):
        portal.desktop.strike("talk", down)
        assert heard.next(Struck).down is down


def test_a_desktop_that_repeats_a_held_key_strikes_it_once(portal, hotkeys, heard) -> None:
    hotkeys.use(KEYS)
    heard.until_way("portal")
    for _ in range(3):
        portal.desktop.strike("talk", True)
    assert heard.next(Struck).down
    portal.desktop.strike("talk", False)
    assert not heard.next(Struck).down
    assert heard.strokes() == []


def test_what_is_struck_while_the_program_is_stopped_is_not_new(portal, tmp_path) -> None:
    command = [sys.executable, "-m", "tests.system.hotkeys.portal_program", portal.bus.address]
    with Program(command, env=dict(os.environ), log=tmp_path / "log") as program:
        program.until(lambda: "ready" in program.output, within=WITHIN_S, what="its key")
        portal.desktop.strike("talk", True)
        program.until(lambda: "down" in program.output, within=WITHIN_S, what="the key-down")
        os.kill(program.pid, signal.SIGSTOP)
        stopped = time.monotonic()
        for down in (False, True, False, True, False):
            portal.desktop.strike("talk", down)
        time.sleep(1.0)  # so long it is stopped
        os.kill(program.pid, signal.SIGCONT)
        portal.desktop.strike("discard", True)
        program.until(lambda: "discard" in program.output, within=WITHIN_S, what="the next key")
        strokes = re.findall(r"talk (up|down) (\S+)", program.output)
        assert [word for word, _ in strokes] == ["down", "up"]
        assert float(strokes[1][1]) < stopped + 0.1


def test_it_answers_when_all_is_told(portal, hotkeys, heard) -> None:
    assert not hotkeys.ask()
    hotkeys.use(KEYS)
    heard.until_way("portal")
    assert hotkeys.ask()
    heard.next(Answered)


def test_what_the_desktop_calls_the_key_is_handed_on_as_it_is_but_bounded(portal, hotkeys, heard) -> None:
    hotkeys.use({TALK: KEYS[TALK]})
    assert heard.next(Named).words == "Press <b>F9</b>"
    heard.until_way("portal")
    portal.desktop.rename("talk", "Press\n" + "F9" * 1_000)
    words = heard.next(Named).words
    assert len(words) <= LONGEST_WORDS
    assert "\n" not in words


def test_what_others_say_is_not_heard(portal, hotkeys, heard) -> None:
    """Any program on the bus can send such a signal."""
    hotkeys.use(KEYS)
    heard.until_way("portal")
    path, interface = "/org/freedesktop/portal/desktop", "org.freedesktop.portal.GlobalShortcuts"
    portal.bus.signal(path, interface, "Activated", "osta{sv}", "/some/session", "talk", 1, {})
    portal.desktop.strike("no such key", True)
    portal.desktop.strike("discard", True)
    assert heard.next(Struck).action is DISCARD


def test_a_portal_that_ends_loses_the_key_and_gives_it_again(portal, hotkeys, heard) -> None:
    hotkeys.use(KEYS)
    heard.until_way("portal")
    portal.desktop.strike("talk", True)
    heard.next(Struck)
    portal.stop()
    assert heard.next(Lost).action is TALK
    portal.start()
    heard.until_way("portal")
    portal.desktop.strike("talk", True)
    assert heard.next(Struck).down


def test_other_keys_are_asked_for_in_another_session(portal, hotkeys, heard) -> None:
    hotkeys.use(KEYS)
    heard.until_way("portal")
    hotkeys.use({MUTE: hotkey.parse("F7")})
    heard.until_way("portal")
    assert [name for name, _ in portal.desktop.bound] == ["mute"]
    portal.desktop.strike("mute", True)
    assert heard.next(Struck).action is MUTE


@pytest.mark.parametrize("name", ["Right Ctrl", "Mouse 8"])
def test_what_wayland_gives_to_nobody_is_told(portal, hotkeys, heard, name: str) -> None:
    hotkeys.use({TALK: hotkey.parse(name)})
    assert heard.problem(TALK).text is NOT_BY_PORTAL
    assert heard.next(Active).way == ""


def test_a_user_who_says_no_is_told_so(heard) -> None:
    with RealPortal(agrees=False) as portal:
        hotkeys = PortalHotkeys(heard.tell, portal.bus.address)
        hotkeys.use(KEYS)
        assert heard.until_way("").problem == REFUSED()
        hotkeys.close()


def test_a_bus_without_a_portal_is_told(heard) -> None:
    with PrivateBus() as bus:
        hotkeys = PortalHotkeys(heard.tell, bus.address)
        hotkeys.use(KEYS)
        assert heard.until_way("").problem == NO_PORTAL()
        hotkeys.close()


def test_a_portal_that_comes_later_is_asked_when_the_computer_wakes(heard) -> None:
    with RealPortal() as portal:
        portal.stop()
        hotkeys = PortalHotkeys(heard.tell, portal.bus.address)
        hotkeys.use(KEYS)
        heard.until_way("")
        portal.start()
        until(lambda: hotkeys.is_over, within=10, what="the end of its thread")
        hotkeys.refresh()
        heard.until_way("portal")
        hotkeys.close()


def test_no_bus_is_told(heard) -> None:
    hotkeys = PortalHotkeys(heard.tell, "unix:path=/nowhere")
    hotkeys.use(KEYS)
    assert heard.until_way("").problem == NO_PORTAL()
    hotkeys.close()
