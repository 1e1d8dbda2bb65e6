"""Whether windows are composited: only then a transparent corner shows what is behind it."""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QGuiApplication

log = logging.getLogger(__name__)

SELECTION = b"_NET_WM_CM_S%d"
"""Whoever composites a screen of X11 owns this selection (Extended Window Manager Hints)."""
ATOM_AT = OWNER_AT = 8
"""Where in the replies of X11's core protocol the value begins."""
REPLY = 32
"""Bytes of these replies."""


def is_composited() -> bool:
    """Ask the system; X11 alone may be without. Answered at once: a compositor may come or go."""
    if QGuiApplication.platformName() != "xcb":
        return True
    try:
        display = QGuiApplication.instance().nativeInterface()  # type: ignore[union-attr]
        return has_compositor(display.connection())
    except (OSError, AttributeError) as exc:
        log.info("the X server can't be asked for its compositor: %s", exc)
        return False


def has_compositor(connection: int, load: Callable[[str | None], Any] = ctypes.CDLL) -> bool:
    """Whether somebody composites the first screen of this `xcb_connection_t*`.

    Raises:
        OSError, AttributeError: the library is missing.
    """
    xcb, free = load("libxcb.so.1"), load(None).free
    pointer, served = ctypes.c_void_p, ctypes.c_void_p(connection)
    free.argtypes = [pointer]
    for name, result, arguments in (
        ("xcb_intern_atom", _Cookie, [pointer, ctypes.c_uint8, ctypes.c_uint16, ctypes.c_char_p]),
        ("xcb_intern_atom_reply", pointer, [pointer, _Cookie, pointer]),
        ("xcb_get_selection_owner", _Cookie, [pointer, ctypes.c_uint32]),
        ("xcb_get_selection_owner_reply", pointer, [pointer, _Cookie, pointer]),
    ):
        function = getattr(xcb, name)
        function.restype, function.argtypes = result, arguments

    def number(reply: int | None, at: int) -> int:
        if not reply:
            return 0
        value = ctypes.c_uint32.from_buffer_copy(ctypes.string_at(reply, REPLY), at).value
        free(reply)
        return value

    selection = SELECTION % 0  # Qt has one X screen; several monitors are parts of it
    cookie = xcb.xcb_intern_atom(served, 0, len(selection), selection)
    atom = number(xcb.xcb_intern_atom_reply(served, cookie, None), ATOM_AT)
    cookie = xcb.xcb_get_selection_owner(served, atom)
    return bool(number(xcb.xcb_get_selection_owner_reply(served, cookie, None), OWNER_AT))


class _Cookie(ctypes.Structure):
    _fields_ = [("sequence", ctypes.c_uint)]
