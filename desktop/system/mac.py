"""macOS: the distributed notification centre for the lock, the power management for sleep.

Both are C interfaces, and both call back on the main run loop, which is Qt's own.
"""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from desktop.system.system_events import SystemEvents

log = logging.getLogger(__name__)

FRAMEWORKS = "/System/Library/Frameworks/{0}.framework/{0}"
LOCKED, UNLOCKED = "com.apple.screenIsLocked", "com.apple.screenIsUnlocked"

# IOKit/IOMessage.h: iokit_common_msg(n) is 0xE0000000 | n.
CAN_SLEEP = 0xE0000270
WILL_SLEEP = 0xE0000280
HAS_POWERED_ON = 0xE0000300
UTF8 = 0x08000100
DELIVER_IMMEDIATELY = 4

_Notified = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p
)
_Powered = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_void_p)


class CenterListener:
    """Listens to both until `close`; a framework that is missing is no error."""

    def __init__(self, events: SystemEvents, load: Callable[[str], Any] = ctypes.CDLL) -> None:
        self._events = events
        # The callbacks must live as long as the system may call them.
        self._on_notified = _Notified(self._notified)
        self._on_powered = _Powered(self._powered)
        self._root = 0
        try:
            self._core = _core(load(FRAMEWORKS.format("CoreFoundation")))
            self._names = {self._string(LOCKED): True, self._string(UNLOCKED): False}
            self._observe_lock()
            self._kit = _kit(load(FRAMEWORKS.format("IOKit")))
            self._observe_power()
        except (OSError, AttributeError) as exc:
            log.debug("lock and sleep are not listened to: %s", exc)

    def close(self) -> None:
        """Stop listening."""
        if getattr(self, "_core", None):
            center = self._core.CFNotificationCenterGetDistributedCenter()
            self._core.CFNotificationCenterRemoveEveryObserver(center, self._observer)
        if self._root:
            self._kit.IODeregisterForSystemPower(ctypes.byref(self._notifier))
            self._kit.IOServiceClose(self._root)
            self._root = 0

    @property
    def _observer(self) -> ctypes.c_void_p:
        return ctypes.cast(self._on_notified, ctypes.c_void_p)

    def _string(self, text: str) -> int:
        return int(self._core.CFStringCreateWithCString(None, text.encode(), UTF8))

    def _observe_lock(self) -> None:
        center = self._core.CFNotificationCenterGetDistributedCenter()
        for name in self._names:
            self._core.CFNotificationCenterAddObserver(
                center, self._observer, self._on_notified, name, None, DELIVER_IMMEDIATELY
            )

    def _observe_power(self) -> None:
        port = ctypes.c_void_p()
        self._notifier = ctypes.c_uint32()
        self._root = self._kit.IORegisterForSystemPower(
            None, ctypes.byref(port), self._on_powered, ctypes.byref(self._notifier)
        )
        if self._root:
            source = self._kit.IONotificationPortGetRunLoopSource(port)
            self._core.CFRunLoopAddSource(self._core.CFRunLoopGetMain(), source, common_modes(self._core))

    def _notified(self, _: int, __: int, name: int, *___: int) -> None:
        for known, locked in self._names.items():
            if self._core.CFEqual(name, known):
                self._events.set_locked(locked)

    def _powered(self, _: int, __: int, message: int, argument: int | None) -> None:
        if message == WILL_SLEEP:
            self._events.sleeping.emit()
        elif message == HAS_POWERED_ON:
            self._events.woke.emit()
        if message in (CAN_SLEEP, WILL_SLEEP):
            # Unanswered, the computer would wait for us for 30 s.
            self._kit.IOAllowPowerChange(self._root, argument or 0)


def common_modes(core: Any) -> Any:
    """The run loop's modes, by their pointer: that is how they are compared."""
    return ctypes.c_void_p.in_dll(core, "kCFRunLoopCommonModes")


def _core(library: Any) -> Any:
    pointer, index = ctypes.c_void_p, ctypes.c_long
    for name, result, arguments in (
        ("CFStringCreateWithCString", pointer, [pointer, ctypes.c_char_p, ctypes.c_uint32]),
        ("CFNotificationCenterGetDistributedCenter", pointer, []),
        (
            "CFNotificationCenterAddObserver",
            None,
            [pointer, pointer, _Notified, pointer, pointer, index],
        ),
        ("CFNotificationCenterRemoveEveryObserver", None, [pointer, pointer]),
        ("CFEqual", ctypes.c_ubyte, [pointer, pointer]),
        ("CFRunLoopGetMain", pointer, []),
        ("CFRunLoopAddSource", None, [pointer, pointer, pointer]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def _kit(library: Any) -> Any:
    pointer, port = ctypes.c_void_p, ctypes.c_uint32
    for name, result, arguments in (
        ("IORegisterForSystemPower", port, [pointer, pointer, _Powered, pointer]),
        ("IODeregisterForSystemPower", ctypes.c_int, [pointer]),
        ("IONotificationPortGetRunLoopSource", pointer, [pointer]),
        ("IOServiceClose", ctypes.c_int, [port]),
        ("IOAllowPowerChange", ctypes.c_int, [port, ctypes.c_long]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
