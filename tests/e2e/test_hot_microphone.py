"""Whatever takes the keyboard or the mouse away from a hold: its take doesn't outlive the real key.

The real window on a virtual screen, real key events, and a second X client in the window manager's place. The
same, at random and thousands of times: `make monkey ARGS="--holds 10000"`.
"""

from __future__ import annotations

import os
import random
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from tests.monkey.hold_rig import HoldRig
from tests.monkey.holder import Holder
from tests.rig.demo import states
from tests.rig.desktop import Desktop, until

pytestmark = pytest.mark.rig

WITHIN_S = 60.0
GOES_ON_S = 0.8
"""Three times as long as it takes to see that a key is up."""

SOUND = re.compile(r"^sound (waits|flows)$", re.MULTILINE)


@pytest.fixture(scope="module")
def rig() -> Iterator[HoldRig]:
    with HoldRig(random.Random(1)) as made:
        yield made


@pytest.fixture
def holder(rig: HoldRig) -> Holder:
    rig.holder.reset()
    return rig.holder


ENDS_AT_ONCE: dict[str, Callable[[Holder], None]] = {
    "a menu": Holder.menu,
    "a picker": Holder.picker,
    "a text line's menu": Holder.context_menu,
    "a dialog": Holder.keys_dialog,
    "a drag of its own": Holder.drag,
    "another window": Holder.other_window,
    "nobody has the focus": Holder.nobody,
    "off the screen, as on another workspace": Holder.unmap_for_good,
}


@pytest.mark.parametrize("disturb", ENDS_AT_ONCE.values(), ids=ENDS_AT_ONCE.keys())
def test_what_takes_the_keyboard_ends_the_take(holder: Holder, disturb: Callable[[Holder], None]) -> None:
    assert holder.hold("key")
    disturb(holder)
    assert holder.ends(time.monotonic()), "while the key is still down"
    holder.let_go()
    holder.reset()
    assert not holder.takes.open


@pytest.mark.parametrize("ten", [0, *(pytest.param(ten, marks=pytest.mark.long) for ten in range(1, 5))])
def test_no_take_outlives_its_hold_however_it_is_disturbed(holder: Holder, ten: int) -> None:
    """The first ten holds of one seed; the next forty, and ten thousand others, are part of `make soak`."""
    for _ in range(10):
        problem = holder.sequence()
        assert not problem, (problem, holder.done)


@pytest.mark.parametrize("how", ["key", "button", "both"])
def test_a_release_under_a_grab_is_found(holder: Holder, how: str) -> None:
    """As when a window manager moves the window, or asks for a name of a program to start."""
    assert holder.hold(how)
    holder.grab()
    assert holder.goes_on(GOES_ON_S), "the key is still down"
    assert holder.ends(holder.let_go())


@pytest.mark.parametrize("how", ["key", "button"])
def test_a_grab_in_mid_take_ends_nothing(holder: Holder, how: str) -> None:
    before = holder.takes.count()
    assert holder.hold(how)
    holder.short_grab(0.4, 0.5)
    assert holder.goes_on(GOES_ON_S)
    assert holder.ends(holder.let_go())
    assert holder.takes.count() == before + 1


@pytest.mark.parametrize("how", ["key", "button"])
def test_a_change_of_the_scale_in_mid_take_ends_nothing(rig: HoldRig, holder: Holder, how: str) -> None:
    """Nor does it leave a take open: the button grows away under the mouse."""
    for percent in (150, 200, 125):
        assert holder.hold(how)
        holder.scale(percent)
        assert holder.goes_on(GOES_ON_S)
        assert re.findall(r"^scale (\d+)$", rig.program.output, re.MULTILINE)[-1:] == [str(percent)]
        assert holder.ends(holder.let_go())
        holder.reset()


@pytest.mark.parametrize("how", ["key", "both", "a key whose take is over"])
def test_the_sound_waits_for_no_key_that_is_up(rig: HoldRig, holder: Holder, how: str) -> None:
    """It waits while a key-up is in doubt: the button's take, or the tail, would starve afterwards."""
    assert holder.hold("both" if how == "both" else "key")
    before = len(SOUND.findall(rig.program.output))
    if how == "a key whose take is over":
        holder.other_window()
        assert holder.ends(time.monotonic())
        holder.back()
    holder.let_go_key()
    until(lambda: SOUND.findall(rig.program.output)[before:], within=WITHIN_S, what="the key-up")
    until(lambda: SOUND.findall(rig.program.output)[-1] == "flows", within=5, what="the sound")
    assert holder.takes.open is (how == "both")
    assert holder.ends(holder.let_go())


def test_the_repeats_of_a_held_key_neither_end_a_take_nor_choose_in_a_menu(holder: Holder) -> None:
    before = holder.takes.count()
    assert holder.hold("key")
    assert holder.goes_on(1.5), "by then it has repeated 20 times"
    holder.menu()
    holder.point_at_menus_first()
    time.sleep(0.5)
    assert len(holder.dialogs()) == 0, "a repeat has chosen"
    holder.let_go()
    holder.reset()
    assert holder.takes.count() == before + 2, "and the reset's own"


def test_a_key_that_went_down_in_a_text_field_opens_nothing_elsewhere(holder: Holder) -> None:
    """Qt says of no repeat in a text field that it is one."""
    before = holder.takes.count()
    holder.type_space()
    time.sleep(1.0)  # by then it repeats
    holder.leave_line()
    time.sleep(1.0)  # by then it has repeated 20 times more
    assert holder.takes.count() == before
    holder.let_go()
    assert holder.hold("key"), "a real stroke"
    assert holder.ends(holder.let_go())


def test_a_tap_is_over_while_another_key_is_held(holder: Holder) -> None:
    """The X server names the other one, and has never named the one that was tapped."""
    before = holder.takes.count()
    holder.other_key()
    tapped = holder.tap()
    until(lambda: holder.takes.count() > before, within=WITHIN_S, what="a take")
    assert holder.ends(tapped), "while the other key is still down"
    holder.reset()


def test_a_key_up_under_a_grab_is_found_while_another_key_is_held(rig: HoldRig, holder: Holder) -> None:
    """As of Space and Alt+Tab, on a window that hangs."""
    assert holder.hold("key")
    assert holder.goes_on(GOES_ON_S), "by then its code is known"
    assert holder.ends(holder.let_go())
    before = holder.takes.count()
    os.kill(rig.program.pid, signal.SIGSTOP)
    try:
        holder.press("key")
        holder.other_key()
        holder.grab()
        holder.let_go()
    finally:
        os.kill(rig.program.pid, signal.SIGCONT)
    until(lambda: holder.takes.count() > before, within=WITHIN_S, what="a take")
    assert holder.ends(time.monotonic()), "while the other key is still down"
    holder.reset()


def test_a_new_stroke_after_a_lost_one_talks(holder: Holder) -> None:
    assert holder.hold("key")
    holder.other_window()
    assert holder.ends(time.monotonic())
    holder.let_go()
    holder.back()
    assert holder.hold("key")
    assert holder.ends(holder.let_go())


@pytest.mark.parametrize("how", ["key", "button"])
def test_strokes_on_a_window_that_hangs_leave_no_take_open(rig: HoldRig, holder: Holder, how: str) -> None:
    begun = holder.takes.count()
    os.kill(rig.program.pid, signal.SIGSTOP)
    try:
        for _ in range(2):
            holder.press(how)
            time.sleep(0.5)  # longer than a tap
            holder.let_go()
    finally:
        os.kill(rig.program.pid, signal.SIGCONT)
    # Qt takes the second stroke of the key for the first one's repeat, as both are in its queue.
    until(lambda: holder.takes.count() > begun, within=WITHIN_S, what="a take")
    until(lambda: not holder.takes.open, within=WITHIN_S, what="its end")


def test_the_real_microphone_is_shut_under_a_menu() -> None:
    with Desktop() as desktop, desktop.start([sys.executable, "-m", "desktop", "--verbose"]) as program:
        window = desktop.screen.window("Presstalk", within=WITHIN_S, program=program)
        program.until(lambda: states(program)[-1:] == ["Ready"], within=WITHIN_S, what="a session")
        desktop.screen.focus(window)
        desktop.screen.key_down("space")
        program.until(lambda: states(program)[-1:] == ["Listening"], within=WITHIN_S, what="a take")
        desktop.screen.move(1007, 32)
        desktop.screen.mouse_down()
        desktop.screen.mouse_up()
        desktop.screen.key_up("space")
        program.until(lambda: states(program)[-1:] != ["Listening"], within=5, what="the end of the take")
        assert re.findall(r"talk key: \w+ -> (\w+)", program.output)[-1:] == ["up"]
