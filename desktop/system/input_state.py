"""What is really held down on the keyboard and the mouse, asked of the system.

A program hears a key-up only while the keyboard is its own: under a window manager's grab it goes elsewhere.
X11 tells everybody what is down. Wayland tells nobody; on Windows and macOS nothing is asked.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtGui import QGuiApplication

log = logging.getLogger(__name__)

# X11/X.h and the replies of X11's core protocol: where in each the value begins.
LEFT_BUTTON = 1 << 8
HEAD = 32
"""Bytes of a reply; behind them come as many words as the second one says."""
KEYS_AT = 8
FOCUS_AT = 8
BUTTONS_AT = 24


class InputSnapshot(NamedTuple):
    """What was held when the system was asked."""

    keys: frozenset[int]
    """Their codes, as in `QKeyEvent.nativeScanCode`."""
    button: bool
    """The left button of the mouse."""
    focus: int
    """The id of the window that has the focus, even while another program grabs the keyboard."""


class X11InputState:
    """Asks over Qt's own connection. No call waits: a window manager may stop the X server's answers.

    Args:
        connection: an `xcb_connection_t*`.
        load: loads a library by its name; None is the program itself.

    Raises:
        OSError, AttributeError: the library is missing.
    """

    def __init__(self, connection: int, load: Callable[[str | None], Any] = ctypes.CDLL) -> None:
        self._connection = ctypes.c_void_p(connection)
        self._xcb = _xcb(load("libxcb.so.1"))
        self._free = load(None).free
        self._free.argtypes = [ctypes.c_void_p]
        setup = self._xcb.xcb_get_setup(self._connection)
        self._root = self._xcb.xcb_setup_roots_iterator(setup).screen.contents.value
        self._waiting: list[int] = []
        self._replies: list[bytes] = []

    def ask(self) -> None:
        """Ask. What was asked before and not answered yet is forgotten."""
        for sequence in self._waiting:
            self._xcb.xcb_discard_reply(self._connection, sequence)
        xcb, connection = self._xcb, self._connection
        self._replies = []
        self._waiting = [
            xcb.xcb_query_keymap(connection).sequence,
            xcb.xcb_query_pointer(connection, self._root).sequence,
            xcb.xcb_get_input_focus(connection).sequence,
        ]
        xcb.xcb_flush(connection)

    def answer(self) -> InputSnapshot | None:
        """The answer to the last question, once; None while there is none."""
        while self._waiting:
            reply = self._reply(self._waiting[0])
            if reply is None:
                return None
            self._replies.append(reply)
            del self._waiting[0]
        if not all(self._replies) or not self._replies:
            return None
        keymap, pointer, focus = self._replies
        self._replies = []
        return InputSnapshot(
            _keys(keymap[KEYS_AT:]),
            bool(int.from_bytes(pointer[BUTTONS_AT : BUTTONS_AT + 2], sys.byteorder) & LEFT_BUTTON),
            int.from_bytes(focus[FOCUS_AT : FOCUS_AT + 4], sys.byteorder),
        )

    def _reply(self, sequence: int) -> bytes | None:
        """The reply; empty if it is an error, None if there is none yet."""
        reply, error = ctypes.c_void_p(), ctypes.c_void_p()
        if not self._xcb.xcb_poll_for_reply(
            self._connection, sequence, ctypes.byref(reply), ctypes.byref(error)
        ):
            return None
        try:
            if not reply.value:
                return b""
            more = int.from_bytes(ctypes.string_at(reply.value, HEAD)[4:8], sys.byteorder)
            return ctypes.string_at(reply.value, HEAD + 4 * more)
        finally:
            self._free(reply)
            self._free(error)


def input_state() -> X11InputState | None:
    """What can be asked here; None where the system doesn't tell what is held."""
    if QGuiApplication.platformName() == "xcb":
        try:
            return X11InputState(QGuiApplication.instance().nativeInterface().connection())  # type: ignore[union-attr]
        except (OSError, AttributeError) as exc:
            log.info("the keys' state can't be asked of the X server: %s", exc)
            return None
    log.debug("the keys' state can't be asked on %s", QGuiApplication.platformName())
    return None


class _Cookie(ctypes.Structure):
    _fields_ = [("sequence", ctypes.c_uint)]


class _Screens(ctypes.Structure):
    _fields_ = [
        ("screen", ctypes.POINTER(ctypes.c_uint32)),  # an xcb_screen_t begins with its root window
        ("left", ctypes.c_int),
        ("index", ctypes.c_int),
    ]


def _keys(bits: bytes) -> frozenset[int]:
    return frozenset(8 * at + bit for at, byte in enumerate(bits) for bit in range(8) if byte >> bit & 1)


def _xcb(library: Any) -> Any:
    pointer = ctypes.c_void_p
    for name, result, arguments in (
        ("xcb_get_setup", pointer, [pointer]),
        ("xcb_setup_roots_iterator", _Screens, [pointer]),
        ("xcb_query_keymap", _Cookie, [pointer]),
        ("xcb_query_pointer", _Cookie, [pointer, ctypes.c_uint32]),
        ("xcb_get_input_focus", _Cookie, [pointer]),
        ("xcb_flush", ctypes.c_int, [pointer]),
        ("xcb_discard_reply", None, [pointer, ctypes.c_uint]),
        ("xcb_poll_for_reply", ctypes.c_int, [pointer, ctypes.c_uint, pointer, pointer]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
