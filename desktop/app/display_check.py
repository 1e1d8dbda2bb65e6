"""Whether there is a screen to open a window on. Qt ends the whole process where there is none."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

OTHERWISE = "`presstalk talk` and `say` work without one."


def problem(environment: Mapping[str, str] = os.environ) -> str:
    """Why no window can be opened here, as a sentence; empty if nothing is known to be in the way."""
    platform = environment.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    if sys.platform != "linux" or platform not in ("", "xcb", "wayland"):
        return ""
    wayland, x11 = environment.get("WAYLAND_DISPLAY", ""), environment.get("DISPLAY", "")
    if not wayland and not x11:
        return f"There is no screen to open the window on. {OTHERWISE}"
    if (wayland and _answers_wayland(wayland, environment)) or (x11 and _answers_x11(x11)):
        return ""
    name = wayland or x11
    return f"The screen {name} can't be reached. Is it still there, and may this user use it? {OTHERWISE}"


def _answers_wayland(name: str, environment: Mapping[str, str]) -> bool:
    address = Path(environment.get("XDG_RUNTIME_DIR", ""), name)  # an absolute name stands for itself
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(address)) == 0


def _answers_x11(name: str) -> bool:
    """Asked of libxcb, which knows all ways to write a display, and its keys."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # Qt will say so in its own words
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(name.encode(), None))
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)
