"""Windows' hot keys, with the system's calls played by a table."""

from __future__ import annotations

import ctypes
import threading
import time
from collections import deque
from typing import Any

import pytest

from desktop.base import hotkey
from desktop.base.hotkey import HotkeyAction
from desktop.system.hotkeys import late_strokes, windows
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
from desktop.system.hotkeys.windows import HotkeyTable, WindowsHotkeys
from tests.system.hotkeys.heard import Heard
from tests.system.hotkeys.test_mac import Call

TALK, MUTE = HotkeyAction.TALK, HotkeyAction.MUTE
F9 = 0x78


class User32:
    """The calls, and a thread's queue of messages."""

    def __init__(self) -> None:
        self.registered: dict[int, tuple[int, int]] = {}
        self.taken: set[int] = set()
        self.down: set[int] = set()
        self.waits: list[int] = []
        self._messages: deque[tuple[int, int]] = deque()
        self._posted = threading.Semaphore(0)
        self.RegisterHotKey = Call(self._register)
        self.UnregisterHotKey = Call(lambda _, number: bool(self.registered.pop(number, None)))
        self.GetAsyncKeyState = Call(lambda code: -0x8000 if code in self.down else 0)
        self.PeekMessageW = Call(self._peek)
        self.PostThreadMessageW = Call(lambda _, kind, wparam, __: self.post(kind, wparam))
        self.MsgWaitForMultipleObjectsEx = Call(self._wait)
        self.GetCurrentThreadId = Call(lambda: 1)

    def press(self, code: int) -> None:
        """The key with this code goes down."""
        self.down.add(code)
        for number, (_, known) in list(self.registered.items()):
            if known == code:
                self.post(windows.WM_HOTKEY, number)

    def post(self, kind: int, wparam: int) -> int:
        """Put a message into the queue."""
        self._messages.append((kind, wparam))
        self._posted.release()
        return 1

    def _register(self, _: Any, number: int, modifiers: int, code: int) -> int:
        if code in self.taken:
            return 0
        self.registered[number] = (modifiers, code)
        return 1

    def _wait(self, _: int, __: Any, due_ms: int, *___: int) -> int:
        self.waits.append(due_ms)
        self._posted.acquire(timeout=None if due_ms == windows.FOR_EVER else due_ms / 1_000)
        return 0

    def _peek(self, message: Any, _: Any, __: int, ___: int, remove: int) -> int:
        if not remove or not self._messages:
            return 0
        kind, wparam = self._messages.popleft()
        found = ctypes.cast(message, ctypes.POINTER(windows.ThreadMessage)).contents
        found.kind, found.wparam = kind, wparam
        return 1


@pytest.fixture
def user32() -> User32:
    return User32()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def table(user32: User32, heard: Heard) -> HotkeyTable:
    return HotkeyTable(user32, heard.tell)


def use(table: HotkeyTable | WindowsHotkeys, **names: str) -> None:
    table.use({HotkeyAction[name.upper()]: hotkey.parse(key) for name, key in names.items()})


def test_a_key_is_registered_without_repeats(table, user32, heard) -> None:
    use(table, talk="Ctrl+Alt+Space")
    assert user32.registered == {0: (0x1 | 0x2 | windows.NO_REPEAT, 0x20)}
    assert heard.until_way("windows").problem is None


def test_key_up_is_found_by_asking_while_it_is_down(table, user32, heard) -> None:
    use(table, talk="F9")
    assert table.due_ms == windows.FOR_EVER
    user32.press(F9)
    table.on_message(0)
    table.on_message(0)
    assert table.due_ms == windows.HELD_MS
    table.look()
    user32.down.clear()
    table.look()
    assert heard.strokes() == [(TALK, True), (TALK, False)]
    assert table.due_ms == windows.FOR_EVER


def test_a_key_up_in_a_stop_is_as_old_as_the_last_look(user32, heard, monkeypatch) -> None:
    monkeypatch.setattr(late_strokes, "LATE_S", -1.0)
    table = HotkeyTable(user32, heard.tell)
    use(table, talk="F9")
    user32.press(F9)
    table.on_message(0)
    table.look()
    looked = time.monotonic()
    user32.down.clear()
    table.look()
    assert heard.next(Struck).down
    assert heard.next(Struck).at <= looked


def test_a_key_that_somebody_has_is_told_and_had_when_it_is_free(table, user32, heard) -> None:
    user32.taken.add(F9)
    use(table, talk="F9")
    assert heard.problem(TALK).text is CLASH
    assert table.due_ms == windows.AGAIN_MS
    user32.taken.clear()
    table.look()
    assert heard.problem(TALK) is None
    assert table.due_ms == windows.FOR_EVER


@pytest.mark.parametrize(
    ("name", "why"), [("Right Ctrl", NOT_ALONE), ("Mouse 8", NOT_ALONE), ("Microphone Mute", NO_SUCH_KEY)]
)
def test_what_can_not_be_had_is_told(table, heard, name, why) -> None:
    use(table, talk=name)
    assert heard.problem(TALK).text is why


def test_a_key_chosen_twice_is_told(table, heard) -> None:
    use(table, talk="F9", mute="F9")
    assert heard.problem(MUTE).text is TWICE


def test_escape_is_registered_while_it_is_wanted_beside_the_modifiers_too(table, user32, heard) -> None:
    use(table, talk="Ctrl+F9")
    table.hear_escape(True)
    escapes = {modifiers for modifiers, code in user32.registered.values() if code == 0x1B}
    assert escapes == {windows.NO_REPEAT, windows.NO_REPEAT | 0x2}
    table.on_message(windows.ESCAPE_ID)
    heard.next(Escaped)
    table.hear_escape(False)
    assert len(user32.registered) == 1


def test_at_the_end_all_is_given_back(table, user32, heard) -> None:
    use(table, talk="F9")
    user32.press(F9)
    table.on_message(0)
    table.give_back()
    assert user32.registered == {}
    assert heard.next(Lost).action is TALK


def test_the_thread_hears_keys_and_ends(user32, heard) -> None:
    hotkeys = WindowsHotkeys(heard.tell, lambda _: user32)
    use(hotkeys, talk="F9")
    heard.until_way("windows")
    user32.press(F9)
    assert heard.next(Struck).down
    user32.down.clear()
    assert not heard.next(Struck).down
    assert hotkeys.ask()
    heard.next(Answered)
    hotkeys.close()
    assert user32.registered == {}
    assert user32.waits[0] == windows.FOR_EVER
