"""Keys by grabs and raw events on a real X server, where another client has the focus."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator

import pytest

from desktop.base import hotkey
from desktop.base.hotkey import HotkeyAction
from desktop.base.message import Message
from desktop.system.hotkeys import x11
from desktop.system.hotkeys.interface import (
    CLASH,
    NO_SUCH_KEY,
    TWICE,
    Answered,
    Escaped,
    Lost,
    Struck,
)
from desktop.system.hotkeys.x11 import X11Hotkeys
from desktop.system.hotkeys.xcb import KEY_RELEASE, Xcb, XEvent
from tests.rig.other_client import OtherClient
from tests.rig.screen import VirtualScreen
from tests.system.hotkeys.heard import Heard

pytestmark = pytest.mark.rig

TALK, MUTE, DISCARD = HotkeyAction.TALK, HotkeyAction.MUTE, HotkeyAction.DISCARD
UP_WITHIN_S = 1.0


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with VirtualScreen() as screen:
        yield screen.env["DISPLAY"]


@pytest.fixture
def other(display: str) -> Iterator[OtherClient]:
    with OtherClient(display) as client:
        client.focus(client.window)
        yield client


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def hotkeys(display: str, heard: Heard) -> Iterator[X11Hotkeys]:
    made = X11Hotkeys(heard.tell, lambda: Xcb(display))
    yield made
    made.close()


def use(hotkeys: X11Hotkeys, heard: Heard, **names: str) -> None:
    keys = {HotkeyAction[name.upper()]: hotkey.parse(key) for name, key in names.items()}
    hotkeys.use({action: key for action, key in keys.items() if key})
    heard.until_way("x11")


def test_a_chord_is_heard_whoever_has_the_focus(other, hotkeys, heard) -> None:
    use(hotkeys, heard, talk="Ctrl+Alt+Space")
    before = time.monotonic()
    for key in ("Control_L", "Alt_L", "space"):
        other.key(key, True)
    down = heard.next(Struck)
    assert (down.action, down.down) == (TALK, True)
    assert before - 0.01 <= down.at <= time.monotonic()
    other.key("Control_L", False)
    other.key("Alt_L", False)
    hotkeys.ask()
    heard.next(Answered)
    other.key("space", False)
    assert heard.next(Struck).down is False


def test_without_its_modifiers_the_key_is_somebody_elses(other, hotkeys, heard) -> None:
    use(hotkeys, heard, talk="Ctrl+Alt+Space")
    other.key("space", True)
    other.key("space", False)
    hotkeys.ask()
    heard.next(Answered)
    assert heard.strokes() == []


def test_num_lock_and_caps_lock_change_nothing(other, hotkeys, heard) -> None:
    use(hotkeys, heard, talk="F9")
    for lock in ("Num_Lock", "Caps_Lock"):
        other.key(lock, True)
        other.key(lock, False)
        other.key("F9", True)
        assert heard.next(Struck).down
        other.key("F9", False)
        assert not heard.next(Struck).down
    for lock in ("Num_Lock", "Caps_Lock"):
        other.key(lock, True)
        other.key(lock, False)


@pytest.mark.parametrize("plainly", [True, False], ids=["detectable", "pairs"])
def test_a_key_that_repeats_is_one_stroke(display, other, heard, monkeypatch, plainly: bool) -> None:
    if not plainly:
        monkeypatch.setattr(Xcb, "use_detectable_repeat", lambda _: False)
    hotkeys = X11Hotkeys(heard.tell, lambda: Xcb(display))
    use(hotkeys, heard, talk="F9")
    other.key("F9", True)
    heard.next(Struck)
    time.sleep(1.5)  # it repeats from 0.66 s on, 25 times a second: that is what is tried
    hotkeys.ask()
    heard.next(Answered)
    assert heard.strokes() == []
    other.key("F9", False)
    assert not heard.next(Struck).down
    hotkeys.close()


@pytest.mark.parametrize(("name", "key"), [("Right Ctrl", "Control_R"), ("Left Shift", "Shift_L")])
def test_a_modifier_alone_is_heard_even_if_somebody_has_the_keyboard(
    other, hotkeys, heard, name, key
) -> None:
    use(hotkeys, heard, talk=name)
    with other.keyboard():
        other.key(key, True)
        assert heard.next(Struck).down
        other.key(key, False)
        assert not heard.next(Struck).down


@pytest.mark.parametrize("what", ["key", "button", "nothing"])
def test_a_modifier_that_is_used_with_something_else_is_not_struck_alone(other, hotkeys, heard, what) -> None:
    use(hotkeys, heard, talk="Left Ctrl")
    other.key("Control_L", True)
    for down in (True, False):
        if what == "key":
            other.key("c", down)
        elif what == "button":
            other.button(1, down)
    other.key("Control_L", False)
    assert heard.next(Struck).down
    assert heard.next(Struck).alone is (what == "nothing")
    other.key("Control_L", True)
    other.key("Control_L", False)
    assert heard.next(Struck).down
    assert heard.next(Struck).alone


@pytest.mark.parametrize("number", [8, 9])
def test_a_button_of_the_mouse_is_heard_while_it_is_held(other, hotkeys, heard, number: int) -> None:
    use(hotkeys, heard, talk=f"Mouse {number}")
    other.button(number, True)
    assert heard.next(Struck).down
    time.sleep(0.6)  # it is asked twice whether the button is still down
    assert heard.strokes() == []
    other.button(number, False)
    assert not heard.next(Struck).down


def test_escape_is_heard_while_the_key_is_held_and_when_it_is_asked_for(other, hotkeys, heard) -> None:
    use(hotkeys, heard, talk="F9")
    other.key("Escape", True)
    other.key("Escape", False)
    hotkeys.ask()
    heard.next(Answered)
    assert not [event for event in heard.rest() if isinstance(event, Escaped)]
    hotkeys.hear_escape(True)
    hotkeys.ask()
    heard.next(Answered)
    other.key("Escape", True)
    heard.next(Escaped)
    other.key("Escape", False)
    hotkeys.hear_escape(False)


def test_a_key_that_somebody_has_is_told_and_had_when_it_is_free(
    display, hotkeys, heard, other, monkeypatch
) -> None:
    monkeypatch.setattr(x11, "AGAIN_S", 0.1)
    first, others = X11Hotkeys((theirs := Heard()).tell, lambda: Xcb(display)), {"talk": "Ctrl+F9"}
    use(first, theirs, **others)
    hotkeys.use({TALK: hotkey.parse("Ctrl+F9"), MUTE: hotkey.parse("F8")})
    problem = heard.problem(TALK)
    assert isinstance(problem, Message)
    assert problem.text is CLASH
    assert heard.problem(MUTE) is None
    first.close()
    assert heard.problem(TALK) is None
    other.key("Control_L", True)
    other.key("F9", True)
    assert heard.next(Struck).action is TALK
    other.key("F9", False)
    other.key("Control_L", False)


def test_a_key_that_no_keyboard_has_and_one_chosen_twice_are_told(hotkeys, heard) -> None:
    hotkeys.use(
        {TALK: hotkey.parse("F9"), MUTE: hotkey.parse("F9"), HotkeyAction.DISCARD: hotkey.parse("F24")}
    )
    assert heard.problem(MUTE).text is TWICE
    assert heard.problem(HotkeyAction.DISCARD).text is NO_SUCH_KEY
    heard.until_way("x11")


def test_a_key_chosen_twice_does_the_first_thing_for_good(other, hotkeys, heard, monkeypatch) -> None:
    monkeypatch.setattr(x11, "AGAIN_S", 0.05)
    hotkeys.use({TALK: hotkey.parse("F9"), MUTE: hotkey.parse("F9"), DISCARD: hotkey.parse("F24")})
    assert heard.problem(MUTE).text is TWICE
    heard.until_way("x11")
    time.sleep(0.3)  # F24 is asked for again some times
    other.key("F9", True)
    other.key("F9", False)
    assert [heard.next(Struck).action for _ in range(2)] == [TALK, TALK]


def test_another_layout_moves_the_key(display, other, hotkeys, heard) -> None:
    """Z and Y change places, as on a German keyboard."""
    use(hotkeys, heard, talk="Ctrl+Alt+Z")
    subprocess.run(["setxkbmap", "-display", display, "de"], check=True)
    try:
        heard.until_way("x11")
        for key in ("Control_L", "Alt_L", "z"):
            other.key(key, True)
        assert heard.next(Struck).down
        for key in ("z", "Alt_L", "Control_L"):
            other.key(key, False)
        assert not heard.next(Struck).down
    finally:
        subprocess.run(["setxkbmap", "-display", display, "us"], check=True)


def test_another_layout_in_mid_hold_ends_no_take(display, other, hotkeys, heard) -> None:
    use(hotkeys, heard, talk="F9")
    other.key("F9", True)
    heard.next(Struck)
    subprocess.run(["setxkbmap", "-display", display, "de"], check=True)
    try:
        hotkeys.ask()
        heard.next(Answered)
        assert not [event for event in heard.rest() if isinstance(event, Lost | Struck)]
        other.key("F9", False)
        assert not heard.next(Struck).down
    finally:
        subprocess.run(["setxkbmap", "-display", display, "us"], check=True)


def test_asked_for_anew_in_mid_hold_the_key_is_still_held(other, hotkeys, heard) -> None:
    """As after the screen was unlocked."""
    use(hotkeys, heard, talk="F9")
    other.key("F9", True)
    heard.next(Struck)
    hotkeys.refresh()
    heard.until_way("x11")
    assert not [event for event in heard.rest() if isinstance(event, Lost)]
    other.key("F9", False)
    assert not heard.next(Struck).down


class DeafXcb(Xcb):
    """Loses each key-up, as a session that is switched away does."""

    def events(self) -> Iterator[XEvent]:
        return (event for event in super().events() if event.kind != KEY_RELEASE)


def test_a_key_up_that_never_comes_is_found_within_a_second(display, other, heard) -> None:
    hotkeys = X11Hotkeys(heard.tell, lambda: DeafXcb(display))
    use(hotkeys, heard, talk="F9")
    other.key("F9", True)
    heard.next(Struck)
    other.key("F9", False)
    up = time.monotonic()
    lost = heard.next(Lost)
    hotkeys.close()
    assert lost.action is TALK
    assert lost.at - up < UP_WITHIN_S


def test_it_is_found_though_other_keys_never_pause(display, other, heard) -> None:
    hotkeys = X11Hotkeys(heard.tell, lambda: DeafXcb(display))
    use(hotkeys, heard, talk="F9", mute="Right Ctrl")
    other.key("F9", True)
    heard.next(Struck)
    other.key("F9", False)
    up = time.monotonic()
    while time.monotonic() - up < UP_WITHIN_S and not (found := heard.rest()):
        other.key("Shift_L", True)
        other.key("Shift_L", False)
    hotkeys.close()
    assert [event.action for event in found] == [TALK]


def test_a_key_up_while_the_server_is_stopped_for_all_others_counts_as_lost(other, hotkeys, heard) -> None:
    use(hotkeys, heard, talk="F9")
    other.key("F9", True)
    heard.next(Struck)
    with other.server():
        heard.next(Lost, UP_WITHIN_S + x11.ASK_S)
    other.key("F9", False)


def test_what_was_struck_is_told_before_the_answer(other, hotkeys, heard) -> None:
    use(hotkeys, heard, talk="F9")
    other.key("F9", True)
    other.key("F9", False)
    hotkeys.ask()
    kinds = [type(heard.next(object)) for _ in range(3)]
    assert kinds == [Struck, Struck, Answered]


def test_a_thousand_presses_are_heard_none_lost_none_stuck(other, hotkeys, heard) -> None:
    use(hotkeys, heard, talk="F9")
    for _ in range(1_000):
        other.key("F9", True)
        other.key("F9", False)
    hotkeys.ask()
    heard_all = []
    while not isinstance(event := heard.next(object), Answered):
        heard_all.append(event)
    assert [event.down for event in heard_all if isinstance(event, Struck)] == [True, False] * 1_000


def test_idle_it_costs_nothing(hotkeys, heard) -> None:
    """The thread sleeps until there is something: no deadline of its own."""
    use(hotkeys, heard, talk="F9")
    hotkeys.ask()
    heard.next(Answered)
    (thread,) = (one.native_id for one in threading.enumerate() if one.name == "hotkeys")
    # Of five half seconds one is calm at least: a busy machine may wake it, but a deadline always does.
    switched = []
    for _ in range(5):
        before = _switches(thread)
        time.sleep(0.5)
        switched.append(_switches(thread) - before)
    assert min(switched) == 0, switched


def test_a_server_that_ends_is_told(heard) -> None:
    with VirtualScreen() as screen:
        hotkeys = X11Hotkeys(heard.tell, lambda: Xcb(screen.env["DISPLAY"]))
        use(hotkeys, heard, talk="F9")
    heard.until_way("")
    hotkeys.close()


def test_without_a_server_there_are_no_keys(heard) -> None:
    with pytest.raises(OSError, match="no display"):
        X11Hotkeys(heard.tell, lambda: Xcb(":9876"))


def _switches(thread: int | None) -> int:
    with open(f"/proc/self/task/{thread}/status") as status:
        return sum(int(line.split()[1]) for line in status if "ctxt_switches" in line)
