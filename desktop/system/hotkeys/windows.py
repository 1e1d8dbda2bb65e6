"""Windows: `RegisterHotKey` tells of key-down, and `GetAsyncKeyState` is asked for key-up while it is down.

A low-level hook would hear both, but a hook written in Python delays everybody's typing. So a modifier on its
own and the mouse's buttons can't be had.
"""

from __future__ import annotations

import ctypes
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from desktop.base.hotkey import Hotkey, HotkeyAction, Way
from desktop.system.hotkeys.interface import Answered, Escaped, Keys, Lost, Struck, Tell
from desktop.system.hotkeys.key_codes import ESCAPE, KEY_CODES
from desktop.system.hotkeys.registered import AGAIN_MS, ESCAPE_ID, RegisteredKeys, action_of

log = logging.getLogger(__name__)

# winuser.h
WM_HOTKEY, WM_APP = 0x0312, 0x8000
MODIFIERS = {"Alt": 0x1, "Ctrl": 0x2, "Shift": 0x4, "Meta": 0x8}
NO_REPEAT = 0x4000
DOWN = 0x8000
"""The bit of `GetAsyncKeyState` that says that a key is down."""
ALL_INPUT, INPUT_AVAILABLE, REMOVE = 0x04FF, 0x0004, 0x0001
FOR_EVER = 0xFFFFFFFF
HELD_MS = 10
"""How often it is asked whether a held key is up. Windows tells nobody of that."""
END_S = 0.5


class HotkeyTable(RegisteredKeys):
    """Which keys are registered and held. All calls on the thread that registers them.

    Args:
        user32: Windows' functions.
        tell: gets what is heard.
    """

    way: Way = "windows"

    def __init__(self, user32: Any, tell: Tell) -> None:
        super().__init__(tell)
        self._user32 = user32
        self._codes: dict[int, int] = {}
        """The virtual-key codes by number."""
        self._held: set[int] = set()
        self._escape = False

    @property
    def due_ms(self) -> int:
        """When to call `look` at the latest."""
        if self._held:
            return HELD_MS
        return AGAIN_MS if self.lacks_some else FOR_EVER

    def use(self, keys: Keys) -> None:
        """Register these and no others."""
        self.give_back()
        self.take_all(keys)

    def hear_escape(self, wanted: bool) -> None:
        """Register Escape too, alone and with the modifiers that may be held beside it; or no longer."""
        if wanted and not self._escape:
            self._escape = True
            masks = {0, *(_mask(key) for key in self._keys.values())}
            for at, mask in enumerate(sorted(masks)):
                self._user32.RegisterHotKey(None, ESCAPE_ID + at, mask | NO_REPEAT, ESCAPE.windows)
        elif not wanted and self._escape:
            self._escape = False
            for at in range(1 + len(HotkeyAction)):
                self._user32.UnregisterHotKey(None, ESCAPE_ID + at)

    def on_message(self, number: int) -> None:
        """WM_HOTKEY came with this number."""
        if number >= ESCAPE_ID:
            self._tell(Escaped())
        elif number in self._codes and number not in self._held:
            self._held.add(number)
            self._tell(Struck(action_of(number), True, time.monotonic()))

    def look(self) -> None:
        """See which held keys have gone up; where nothing is held, ask for the keys that are missing."""
        for number in list(self._held):
            if not self._user32.GetAsyncKeyState(self._codes[number]) & DOWN:
                self._held.discard(number)
                self._tell(Struck(action_of(number), False, time.monotonic()))
        if self._held:
            return
        self.take_missing()

    def answer(self) -> None:
        """What was struck has been told."""
        self.look()
        self._tell(Answered())

    def give_back(self) -> None:
        """Register none any more."""
        for number in list(self._held):
            self._tell(Lost(action_of(number), time.monotonic()))
        self._held.clear()
        for number in self._codes:
            self._user32.UnregisterHotKey(None, number)
        self._codes = {}
        self.hear_escape(False)

    def code_of(self, key: Hotkey) -> int | None:
        return KEY_CODES[key.key].windows

    def register(self, number: int, key: Hotkey, code: int) -> bool:
        if not self._user32.RegisterHotKey(None, number, _mask(key) | NO_REPEAT, code):
            return False
        self._codes[number] = code
        return True

    def registered(self) -> set[int]:
        return set(self._codes)


class WindowsHotkeys:
    """Hears keys on a thread of its own, to which Windows posts them.

    Args:
        tell: gets what is heard, on the thread.
        load: loads a library by its name.

    Raises:
        OSError, AttributeError: this isn't Windows.
    """

    def __init__(self, tell: Tell, load: Callable[[str], Any] = ctypes.CDLL) -> None:
        # On 64-bit Windows there is one calling convention.
        self._user32 = _user32(load("user32"))
        self._kernel32 = load("kernel32")
        self._orders: deque[Callable[[], None] | None] = deque()
        self._table = HotkeyTable(self._user32, tell)
        self._ready = threading.Event()
        self._number = 0
        self._thread = threading.Thread(target=self._run, name="hotkeys", daemon=True)
        self._thread.start()
        self._ready.wait(END_S)

    asks_user = False

    def use(self, keys: Keys) -> None:
        wanted = dict(keys)
        self._order(lambda: self._table.use(wanted))

    def hear_escape(self, wanted: bool) -> None:
        self._order(lambda: self._table.hear_escape(wanted))

    def ask(self) -> bool:
        self._order(self._table.answer)
        return True

    def refresh(self) -> None:
        self._order(self._table.look)

    def close(self) -> None:
        self._order(None)
        self._thread.join(END_S)

    def _order(self, order: Callable[[], None] | None) -> None:
        self._orders.append(order)
        self._user32.PostThreadMessageW(self._number, WM_APP, 0, 0)

    def _run(self) -> None:
        message = ThreadMessage()
        # The first call makes the thread's queue: what is posted before is lost.
        self._user32.PeekMessageW(ctypes.byref(message), None, 0, 0, 0)
        self._number = self._kernel32.GetCurrentThreadId()
        self._ready.set()
        try:
            while self._serve(message):
                pass
        except Exception:
            log.exception("keys are no longer heard in other programs")
        self._table.give_back()

    def _serve(self, message: ThreadMessage) -> bool:
        self._user32.MsgWaitForMultipleObjectsEx(0, None, self._table.due_ms, ALL_INPUT, INPUT_AVAILABLE)
        while self._user32.PeekMessageW(ctypes.byref(message), None, 0, 0, REMOVE):
            if message.kind == WM_HOTKEY:
                self._table.on_message(message.wparam)
        while self._orders:
            order = self._orders.popleft()
            if order is None:
                return False
            order()
        self._table.look()
        return True


def _mask(key: Hotkey) -> int:
    return sum(MODIFIERS[name] for name in key.modifiers)


class ThreadMessage(ctypes.Structure):
    """winuser.h's MSG."""

    _fields_ = [
        ("window", ctypes.c_void_p),
        ("kind", ctypes.c_uint32),
        ("wparam", ctypes.c_size_t),
        ("lparam", ctypes.c_ssize_t),
        ("time", ctypes.c_uint32),
        ("x", ctypes.c_long),
        ("y", ctypes.c_long),
    ]


def _user32(library: Any) -> Any:
    pointer, number = ctypes.c_void_p, ctypes.c_uint32
    for name, result, arguments in (
        ("RegisterHotKey", ctypes.c_int, [pointer, ctypes.c_int, number, number]),
        ("UnregisterHotKey", ctypes.c_int, [pointer, ctypes.c_int]),
        ("GetAsyncKeyState", ctypes.c_short, [ctypes.c_int]),
        ("PeekMessageW", ctypes.c_int, [pointer, pointer, number, number, number]),
        ("PostThreadMessageW", ctypes.c_int, [number, number, ctypes.c_size_t, ctypes.c_ssize_t]),
        ("MsgWaitForMultipleObjectsEx", number, [number, pointer, number, number, number]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
