"""Says which part of an X screen is free for windows, as a desktop with a panel does."""

from __future__ import annotations

import ctypes
import ctypes.util

CARDINAL = 6
REPLACE = 0


def set_work_area(display: str, left: int, top: int, width: int, height: int) -> None:
    """Set _NET_WORKAREA of this display, in pixels of the device."""
    x = ctypes.CDLL(ctypes.util.find_library("X11"))
    x.XOpenDisplay.restype = ctypes.c_void_p
    x.XInternAtom.restype = x.XDefaultRootWindow.restype = ctypes.c_ulong
    connection = ctypes.c_void_p(x.XOpenDisplay(display.encode()))
    root = ctypes.c_ulong(x.XDefaultRootWindow(connection))
    name = ctypes.c_ulong(x.XInternAtom(connection, b"_NET_WORKAREA", 0))
    values = (ctypes.c_long * 4)(left, top, width, height)
    x.XChangeProperty(connection, root, name, ctypes.c_ulong(CARDINAL), 32, REPLACE, ctypes.byref(values), 4)
    x.XCloseDisplay(connection)
