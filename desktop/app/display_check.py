"""Checks for a screen before the window is opened: without one Qt would end the whole process."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

HEADLESS = "`presstalk talk` and `say` work without one."


def problem(environment: Mapping[str, str] = os.environ) -> str:
    """Why no window can be opened here, as a sentence; an empty string if nothing is known to prevent it."""
    platform = environment.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    if sys.platform != "linux" or platform not in ("", "xcb", "wayland"):
        return ""
    wayland, x11 = environment.get("WAYLAND_DISPLAY", ""), environment.get("DISPLAY", "")
    if not wayland and not x11:
        return f"There is no screen to open the window on. {HEADLESS}"
    if (wayland and _wayland_answers(wayland, environment)) or (x11 and _x11_answers(x11)):
        return ""
    name = wayland or x11
    return f"The screen {name} can't be reached. Is it still there, and may this user use it? {HEADLESS}"


def _wayland_answers(name: str, environment: Mapping[str, str]) -> bool:
    address = Path(environment.get("XDG_RUNTIME_DIR", ""), name)  # an absolute name replaces the folder
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(address)) == 0


def _x11_answers(name: str) -> bool:
    """libxcb knows every way to name a display, and its authorisation keys."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # Qt will say so itself
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(name.encode(), None))
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)
