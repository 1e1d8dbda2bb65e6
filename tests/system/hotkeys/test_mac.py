"""macOS's hot keys, with the system's calls played by a table."""

from __future__ import annotations

import ctypes
import time
from typing import Any

import pytest

from desktop.base import hotkey
from desktop.base.hotkey import HotkeyAction
from desktop.system.hotkeys import late_strokes, mac
from desktop.system.hotkeys.interface import (
    CLASH,
    NO_SUCH_KEY,
    NOT_ALONE,
    TWICE,
    Answered,
    Escaped,
    Lost,
    Struck,
)
from desktop.system.hotkeys.mac import CarbonHotkeys
from tests.system.hotkeys.heard import Heard

TALK, MUTE, DISCARD = HotkeyAction.TALK, HotkeyAction.MUTE, HotkeyAction.DISCARD
TAKEN = -9878
"""eventHotKeyExistsErr."""


class Call:
    """One function, with the attributes that ctypes' have."""

    def __init__(self, do: Any) -> None:
        self._do = do
        self.restype: Any = None
        self.argtypes: Any = None

    def __call__(self, *arguments: Any) -> Any:
        return self._do(*arguments)


class System:
    """Carbon and CoreGraphics."""

    def __init__(self) -> None:
        self.registered: dict[int, tuple[int, int, int]] = {}
        self.taken: set[int] = set()
        self.down: set[int] = set()
        self.removed = False
        self._event = (0, 0)
        self.GetApplicationEventTarget = Call(lambda: 1)
        self.InstallEventHandler = Call(self._install)
        self.RemoveEventHandler = Call(self._remove)
        self.GetEventKind = Call(lambda _: self._event[0])
        self.event_s = 0.0
        """When the event was made, by the system's clock; 0: it doesn't say."""
        self.GetEventTime = Call(lambda _: self.event_s)
        self.GetEventParameter = Call(self._parameter)
        self.RegisterEventHotKey = Call(self._register)
        self.UnregisterEventHotKey = Call(lambda handle: self.registered.pop(handle.value) and 0)
        self.CGEventSourceKeyState = Call(lambda _, code: code in self.down)

    def strike(self, code: int, down: bool) -> None:
        """The key with this code goes down or up: whoever has registered it is called."""
        (self.down.add if down else self.down.discard)(code)
        for known, _, number in list(self.registered.values()):
            if known == code:
                self._event = (mac.PRESSED if down else mac.RELEASED, number)
                self._handler(None, 1, None)

    def _install(self, _target: Any, handler: Any, *_: Any) -> int:
        self._handler = handler
        return 0

    def _remove(self, _: Any) -> int:
        self.removed = True
        return 0

    def _parameter(self, *arguments: Any) -> int:
        ctypes.cast(arguments[-1], ctypes.POINTER(ctypes.c_uint32 * 2)).contents[:] = [
            mac.SIGNATURE,
            self._event[1],
        ]
        return 0

    def _register(self, code: int, modifiers: int, number: Any, _: Any, options: int, out: Any) -> int:
        assert options == mac.EXCLUSIVE
        if code in self.taken:
            return TAKEN
        handle = max(self.registered, default=0) + 1
        self.registered[handle] = (code, modifiers, number.id)
        ctypes.cast(out, ctypes.POINTER(ctypes.c_void_p)).contents.value = handle
        return 0


@pytest.fixture
def system() -> System:
    return System()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def hotkeys(qapp, system: System, heard: Heard):
    made = CarbonHotkeys(heard.tell, lambda _: system)
    yield made
    made.close()


def use(hotkeys: CarbonHotkeys, **names: str) -> None:
    hotkeys.use({HotkeyAction[name.upper()]: hotkey.parse(key) for name, key in names.items()})


def test_a_key_is_registered_and_heard_down_and_up(system, hotkeys, heard) -> None:
    use(hotkeys, talk="Ctrl+Alt+Space")
    assert heard.until_way("macos").problem is None
    assert [known[:2] for known in system.registered.values()] == [(0x31, 1 << 8 | 1 << 11)]
    for down in (True, True, False):
        system.strike(0x31, down)
    assert heard.strokes() == [(TALK, True), (TALK, False)]


def test_a_key_up_that_never_comes_is_found(system, hotkeys, heard) -> None:
    use(hotkeys, talk="F9")
    system.strike(0x65, True)
    hotkeys.on_due()
    assert heard.strokes() == [(TALK, True)]
    system.down.clear()
    hotkeys.on_due()
    assert heard.next(Lost).action is TALK


def test_a_key_up_is_as_old_as_its_event(system, hotkeys, heard) -> None:
    use(hotkeys, talk="F9")
    now = time.monotonic()
    for event_s, at in ((now - 3, now - 3), (now + 3, now), (now - 10_000, now), (0.0, now)):
        system.event_s = event_s
        for down in (True, False):
            system.strike(0x65, down)
            assert heard.next(Struck).at == pytest.approx(at, abs=1)


def test_a_key_up_that_was_lost_in_a_stop_is_as_old_as_the_last_look(
    qapp, system, heard, monkeypatch
) -> None:
    monkeypatch.setattr(late_strokes, "LATE_S", -1.0)
    hotkeys = CarbonHotkeys(heard.tell, lambda _: system)
    use(hotkeys, talk="F9")
    system.strike(0x65, True)
    hotkeys.on_due()
    looked = time.monotonic()
    system.down.clear()
    hotkeys.on_due()
    assert heard.next(Lost).at <= looked
    hotkeys.close()


def test_it_is_asked_only_while_something_is_held_or_missing(system, hotkeys) -> None:
    use(hotkeys, talk="F9")
    assert hotkeys.due_ms == 0
    system.strike(0x65, True)
    assert hotkeys.due_ms == mac.ASK_MS
    system.strike(0x65, False)
    assert hotkeys.due_ms == 0


def test_a_key_that_somebody_has_is_told_and_had_when_it_is_free(system, hotkeys, heard) -> None:
    system.taken.add(0x65)
    use(hotkeys, talk="F9")
    assert heard.problem(TALK).text is CLASH
    assert hotkeys.due_ms == mac.AGAIN_MS
    system.taken.clear()
    hotkeys.on_due()
    assert heard.problem(TALK) is None
    assert hotkeys.due_ms == 0


@pytest.mark.parametrize(
    ("name", "why"), [("Right Ctrl", NOT_ALONE), ("Mouse 8", NOT_ALONE), ("Pause", NO_SUCH_KEY)]
)
def test_what_can_not_be_had_is_told(hotkeys, heard, name, why) -> None:
    use(hotkeys, talk=name)
    assert heard.problem(TALK).text is why


def test_a_key_chosen_twice_is_told(hotkeys, heard) -> None:
    use(hotkeys, talk="F9", mute="F9")
    assert heard.problem(MUTE).text is TWICE


def test_escape_is_registered_while_it_is_wanted(system, hotkeys, heard) -> None:
    use(hotkeys, talk="F9")
    hotkeys.hear_escape(True)
    system.strike(0x35, True)
    heard.next(Escaped)
    hotkeys.hear_escape(False)
    assert len(system.registered) == 1


def test_an_answer_tells_first_what_was_lost(system, hotkeys, heard) -> None:
    use(hotkeys, talk="F9")
    system.strike(0x65, True)
    heard.rest()
    system.down.clear()
    assert hotkeys.ask()
    assert [type(event) for event in heard.rest()] == [Lost, Answered]


def test_at_the_end_all_is_given_back(qapp, system, heard) -> None:
    hotkeys = CarbonHotkeys(heard.tell, lambda _: system)
    use(hotkeys, talk="F9", discard="F8")
    system.strike(0x65, True)
    hotkeys.close()
    assert system.registered == {}
    assert system.removed
    assert [event for event in heard.rest() if isinstance(event, Lost | Struck)][-1].action is TALK
