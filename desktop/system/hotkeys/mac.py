"""macOS: Carbon's hot keys. They tell of key-up too, and the user need not permit anything.

They call back on the main run loop, which is Qt's own. A modifier on its own and the mouse's buttons would
need the permission to watch all that is typed: they can't be had.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import QTimer

from desktop.base.hotkey import Hotkey, Way
from desktop.system.hotkeys.interface import Answered, Escaped, Keys, Lost, Struck, Tell
from desktop.system.hotkeys.key_codes import ESCAPE, KEY_CODES
from desktop.system.hotkeys.registered import AGAIN_MS, ESCAPE_ID, RegisteredKeys, action_of
from desktop.system.mac import FRAMEWORKS

# Carbon's CarbonEvents.h and Events.h, CoreGraphics' CGEventSource.h.
CLASS_KEYBOARD = int.from_bytes(b"keyb", "big")
PRESSED, RELEASED = 5, 6
DIRECT_OBJECT = int.from_bytes(b"----", "big")
HOT_KEY_ID = int.from_bytes(b"hkid", "big")
SIGNATURE = int.from_bytes(b"Prst", "big")
EXCLUSIVE = 1
"""kEventHotKeyExclusive: an error instead of two programs that both hear the key."""
HARDWARE = 1
"""kCGEventSourceStateHIDSystemState: what is really down."""
MODIFIERS = {"Ctrl": 1 << 8, "Shift": 1 << 9, "Alt": 1 << 11, "Meta": 1 << 12}
"""Command, shift, option and control: Qt's Ctrl is the command key there."""
ASK_MS = 250
"""How often the system is asked whether a held key is still down."""


class _HotKeyId(ctypes.Structure):
    _fields_ = [("signature", ctypes.c_uint32), ("id", ctypes.c_uint32)]


class _EventType(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_uint32), ("number", ctypes.c_uint32)]


_Handler = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


class _HotKey(NamedTuple):
    code: int
    handle: ctypes.c_void_p


class CarbonHotkeys(RegisteredKeys):
    """Hears keys on the main thread.

    Args:
        tell: gets what is heard.
        load: loads a library by its path.

    Raises:
        OSError, AttributeError: the frameworks are missing.
    """

    def __init__(self, tell: Tell, load: Callable[[str], Any] = ctypes.CDLL) -> None:
        super().__init__(tell)
        self._carbon = _carbon(load(FRAMEWORKS.format("Carbon")))
        self._graphics = _graphics(load(FRAMEWORKS.format("CoreGraphics")))
        self._hot_keys: dict[int, _HotKey] = {}
        self._held: set[int] = set()
        self._escape: ctypes.c_void_p | None = None
        self._timer = QTimer()
        self._timer.timeout.connect(self.on_due)
        # The callback must live as long as the system may call it.
        self._on_event = _Handler(self._handle)
        self._handler = ctypes.c_void_p()
        self._target = self._carbon.GetApplicationEventTarget()
        types = (_EventType * 2)(*(_EventType(CLASS_KEYBOARD, number) for number in (PRESSED, RELEASED)))
        self._carbon.InstallEventHandler(
            self._target, self._on_event, 2, types, None, ctypes.byref(self._handler)
        )

    asks_user = False
    way: Way = "macos"

    def use(self, keys: Keys) -> None:
        self._give_back()
        self.take_all(keys)
        self._wait()

    def hear_escape(self, wanted: bool) -> None:
        if wanted and self._escape is None:
            self._escape = self._register(ESCAPE.mac or 0, 0, ESCAPE_ID)
        elif not wanted and self._escape is not None:
            self._carbon.UnregisterEventHotKey(self._escape)
            self._escape = None

    def ask(self) -> bool:
        self._look()
        self._tell(Answered())
        return True

    def refresh(self) -> None:
        self._look()

    def close(self) -> None:
        self._timer.stop()
        self._give_back()
        self.hear_escape(False)
        self._carbon.RemoveEventHandler(self._handler)

    def code_of(self, key: Hotkey) -> int | None:
        return KEY_CODES[key.key].mac

    def register(self, number: int, key: Hotkey, code: int) -> bool:
        handle = self._register(code, sum(MODIFIERS[name] for name in key.modifiers), number)
        if handle is not None:
            self._hot_keys[number] = _HotKey(code, handle)
        return handle is not None

    def registered(self) -> set[int]:
        return set(self._hot_keys)

    def _register(self, code: int, modifiers: int, number: int) -> ctypes.c_void_p | None:
        handle = ctypes.c_void_p()
        status = self._carbon.RegisterEventHotKey(
            code, modifiers, _HotKeyId(SIGNATURE, number), self._target, EXCLUSIVE, ctypes.byref(handle)
        )
        return None if status else handle

    def _give_back(self) -> None:
        for number in list(self._held):
            self._lose(number)
        for hot_key in self._hot_keys.values():
            self._carbon.UnregisterEventHotKey(hot_key.handle)
        self._hot_keys = {}

    def _handle(self, _: int | None, event: int | None, __: int | None) -> int:
        hot_key = _HotKeyId()
        size = ctypes.sizeof(hot_key)
        failed = self._carbon.GetEventParameter(
            event, DIRECT_OBJECT, HOT_KEY_ID, None, size, None, ctypes.byref(hot_key)
        )
        if not failed and hot_key.signature == SIGNATURE:
            self._strike(hot_key.id, self._carbon.GetEventKind(event) == PRESSED)
        return 0

    def _strike(self, number: int, down: bool) -> None:
        if number == ESCAPE_ID:
            if down:
                self._tell(Escaped())
        elif number in self._hot_keys and down != (number in self._held):
            (self._held.add if down else self._held.discard)(number)
            self._tell(Struck(action_of(number), down, time.monotonic()))
            self._wait()

    def _look(self) -> None:
        for number in list(self._held):
            if not self._graphics.CGEventSourceKeyState(HARDWARE, self._hot_keys[number].code):
                self._lose(number)

    def _lose(self, number: int) -> None:
        self._held.discard(number)
        self._tell(Lost(action_of(number), time.monotonic()))

    @property
    def due_ms(self) -> int:
        """How often `on_due` is called now; 0: never."""
        return self._timer.interval() if self._timer.isActive() else 0

    def on_due(self) -> None:
        """Find key-ups that were lost, and ask for the keys that are missing."""
        self._look()
        self.take_missing()
        self._wait()

    def _wait(self) -> None:
        if self._held:
            self._timer.start(ASK_MS)
        elif self.lacks_some:
            self._timer.start(AGAIN_MS)
        else:
            self._timer.stop()


def _carbon(library: Any) -> Any:
    pointer, number, size = ctypes.c_void_p, ctypes.c_uint32, ctypes.c_ulong
    for name, result, arguments in (
        ("GetApplicationEventTarget", pointer, []),
        ("InstallEventHandler", ctypes.c_int32, [pointer, _Handler, size, pointer, pointer, pointer]),
        ("RemoveEventHandler", ctypes.c_int32, [pointer]),
        ("GetEventKind", number, [pointer]),
        ("GetEventParameter", ctypes.c_int32, [pointer, number, number, pointer, size, pointer, pointer]),
        ("RegisterEventHotKey", ctypes.c_int32, [number, number, _HotKeyId, pointer, number, pointer]),
        ("UnregisterEventHotKey", ctypes.c_int32, [pointer]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def _graphics(library: Any) -> Any:
    function = library.CGEventSourceKeyState
    function.restype, function.argtypes = ctypes.c_bool, [ctypes.c_int32, ctypes.c_uint16]
    return library
