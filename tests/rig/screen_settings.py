"""The settings of an X screen, as a desktop hands them to every program: here its scale."""

from __future__ import annotations

import ctypes
import ctypes.util
import struct
from types import TracebackType

CLIENT_MESSAGE = 33
STRUCTURE_NOTIFY = 1 << 17
USUAL_DPI = 96
NAME = b"Xft/DPI"
SETTING = "_XSETTINGS_SETTINGS"


class _Message(ctypes.Structure):
    """X's XClientMessageEvent, padded to the size of an XEvent."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("padding", ctypes.c_long * 24),
    )


class ScreenSettings:
    """Owns them. Qt listens only where somebody did when it started. Source: the XSETTINGS specification.

    Leave its `with` block before the screen ends.
    """

    def __init__(self, display: str) -> None:
        """`display` is the value of DISPLAY."""
        self._x = ctypes.CDLL(ctypes.util.find_library("X11"))
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        for name in ("XInternAtom", "XDefaultRootWindow", "XCreateSimpleWindow"):
            getattr(self._x, name).restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(display.encode()))
        root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))
        self._window = ctypes.c_ulong(self._x.XCreateSimpleWindow(self._display, root, 0, 0, 1, 1, 0, 0, 0))
        self._serial = 0
        self.percent = 0
        self.scale(100)
        self._own(root)

    def __enter__(self) -> ScreenSettings:
        return self

    def __exit__(self, *_: type[BaseException] | TracebackType | BaseException | None) -> None:
        self._x.XCloseDisplay(self._display)

    def scale(self, percent: int) -> None:
        """Everything is so large from now on."""
        self.percent = percent
        self._serial += 1
        padding = b"\0" * (-len(NAME) % 4)
        dpi = round(USUAL_DPI * 1024 * percent / 100)
        setting = (
            struct.pack("=BBH", 0, 0, len(NAME)) + NAME + padding + struct.pack("=Ii", self._serial, dpi)
        )
        content = struct.pack("=B3xII", 0, self._serial, 1) + setting  # little-endian, as every PC
        name = self._atom(SETTING)
        self._x.XChangeProperty(self._display, self._window, name, name, 8, 0, content, len(content))
        self._x.XSync(self._display, 0)

    def _own(self, root: ctypes.c_ulong) -> None:
        selection = self._atom("_XSETTINGS_S0")
        self._x.XSetSelectionOwner(self._display, selection, self._window, 0)
        message = _Message(type=CLIENT_MESSAGE, window=root, message_type=self._atom("MANAGER"), format=32)
        message.data[1], message.data[2] = selection.value, self._window.value
        self._x.XSendEvent(self._display, root, 0, STRUCTURE_NOTIFY, ctypes.byref(message))
        self._x.XSync(self._display, 0)

    def _atom(self, name: str) -> ctypes.c_ulong:
        return ctypes.c_ulong(self._x.XInternAtom(self._display, name.encode(), 0))
