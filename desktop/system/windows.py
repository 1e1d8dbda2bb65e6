"""Windows: the messages that a window gets about power, and those about its session that it subscribes to."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QWindow

if TYPE_CHECKING:
    from desktop.system.system_events import SystemEvents

# winuser.h and wtsapi32.h; see "WM_POWERBROADCAST" and "WM_WTSSESSION_CHANGE" in Microsoft's reference.
WM_POWERBROADCAST = 0x0218
PBT_APMSUSPEND = 0x04
PBT_APMRESUMEAUTOMATIC = 0x12
"""Comes at every wake; PBT_APMRESUMESUSPEND only follows when a person woke it."""
WM_WTSSESSION_CHANGE = 0x02B1
WTS_SESSION_LOCK = 0x7
WTS_SESSION_UNLOCK = 0x8
NOTIFY_FOR_THIS_SESSION = 0
# dbt.h; comes unasked for any kind of device.
WM_DEVICECHANGE = 0x0219
DBT_DEVNODES_CHANGED = 0x0007
WINDOWS_MESSAGE = b"windows_generic_MSG"


class NativeMessage(ctypes.Structure):
    """The beginning of winuser.h's MSG."""

    _fields_ = [
        ("window", ctypes.c_void_p),
        ("message", ctypes.c_uint32),
        ("wparam", ctypes.c_size_t),
    ]


class MessageListener(QWindow):
    """A window that is never shown. A filter on the program would see every message of every window."""

    def __init__(self, events: SystemEvents) -> None:
        super().__init__()
        self._events = events
        self._wts = _wtsapi32()
        self._subscribed = False
        handle = int(self.winId())  # makes the native window
        if self._wts:
            self._subscribed = bool(self._wts.WTSRegisterSessionNotification(handle, NOTIFY_FOR_THIS_SESSION))

    def close(self) -> bool:
        """Stop listening."""
        if self._wts and self._subscribed:
            self._subscribed = False
            self._wts.WTSUnRegisterSessionNotification(int(self.winId()))
        self.deleteLater()
        return True

    def nativeEvent(self, kind: Any, address: Any) -> object:
        if QByteArray(kind).data() == WINDOWS_MESSAGE:
            message = NativeMessage.from_address(int(address))
            self.handle_message(message.message, message.wparam)
        return False, 0  # Windows goes on with it

    def handle_message(self, message: int, wparam: int) -> None:
        """Pass on what a message of Windows means, if it is one of those above."""
        handlers: dict[tuple[int, int], Callable[[], None]] = {
            (WM_WTSSESSION_CHANGE, WTS_SESSION_LOCK): lambda: self._events.set_locked(True),
            (WM_WTSSESSION_CHANGE, WTS_SESSION_UNLOCK): lambda: self._events.set_locked(False),
            (WM_POWERBROADCAST, PBT_APMSUSPEND): lambda: self._events.sleeping.emit(),
            (WM_POWERBROADCAST, PBT_APMRESUMEAUTOMATIC): lambda: self._events.woke.emit(),
            (WM_DEVICECHANGE, DBT_DEVNODES_CHANGED): lambda: self._events.sound_devices_changed.emit(),
        }
        if handler := handlers.get((message, wparam)):
            handler()


def _wtsapi32() -> Any:
    try:
        library = ctypes.CDLL("wtsapi32")  # on 64-bit Windows there is one calling convention
    except OSError:
        return None  # an edition without it: power messages still come
    library.WTSRegisterSessionNotification.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
    library.WTSUnRegisterSessionNotification.argtypes = [ctypes.c_void_p]
    return library
