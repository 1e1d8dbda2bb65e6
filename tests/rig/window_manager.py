"""A window manager that does one thing as desktops do: a new window gets the keyboard, unless it asks not to.

with desktop.start([sys.executable, "-m", "tests.rig.window_manager"]) as manager:
    manager.until(lambda: READY in manager.output, within=10, what="the window manager")
"""

from __future__ import annotations

import ctypes
import ctypes.util

READY = "managing windows"
SEEN = "window {} is there"
"""Printed for each new window, once it has the keyboard or not."""

MAP_NOTIFY = 19
SUBSTRUCTURE_NOTIFY = 1 << 19
REVERT_TO_PARENT = 2
CARDINAL = 6


class _Map(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("event", ctypes.c_ulong),
        ("window", ctypes.c_ulong),
        ("override_redirect", ctypes.c_int),
    ]


class _Event(ctypes.Union):
    _fields_ = [("type", ctypes.c_int), ("map", _Map), ("pad", ctypes.c_long * 24)]


_OnError = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_go_on = _OnError(lambda _, __: 0)
"""A window may have gone meanwhile."""


def manage() -> None:
    """Manage the windows of this display until the display is gone."""
    x = ctypes.CDLL(ctypes.util.find_library("X11"))
    x.XOpenDisplay.restype = ctypes.c_void_p
    x.XDefaultRootWindow.restype = x.XInternAtom.restype = ctypes.c_ulong
    x.XSetErrorHandler(_go_on)
    display = ctypes.c_void_p(x.XOpenDisplay(None))
    user_time = ctypes.c_ulong(x.XInternAtom(display, b"_NET_WM_USER_TIME", 0))
    root = ctypes.c_ulong(x.XDefaultRootWindow(display))
    x.XSelectInput(display, root, ctypes.c_long(SUBSTRUCTURE_NOTIFY))
    x.XSync(display, 0)
    print(READY, flush=True)
    event = _Event()
    while True:
        x.XNextEvent(display, ctypes.byref(event))
        if event.type != MAP_NOTIFY or event.map.override_redirect:
            continue
        window = ctypes.c_ulong(event.map.window)
        if not _is_zero(x, display, window, user_time):
            x.XSetInputFocus(display, window, REVERT_TO_PARENT, ctypes.c_ulong(0))
        x.XSync(display, 0)
        print(SEEN.format(event.map.window), flush=True)


def _is_zero(x: ctypes.CDLL, display: ctypes.c_void_p, window: ctypes.c_ulong, name: ctypes.c_ulong) -> bool:
    """Whether the window has this number, and it is 0."""
    kind, size, count, left = (ctypes.c_ulong(), ctypes.c_int(), ctypes.c_ulong(), ctypes.c_ulong())
    found = ctypes.POINTER(ctypes.c_ulong)()
    outcome = [ctypes.byref(value) for value in (kind, size, count, left, found)]
    span = (ctypes.c_long(0), ctypes.c_long(1), ctypes.c_int(0), ctypes.c_ulong(CARDINAL))
    if x.XGetWindowProperty(display, window, name, *span, *outcome) or not count.value:
        return False
    zero = bool(found[0] == 0)
    x.XFree(found)
    return zero


if __name__ == "__main__":
    manage()
