"""A keyboard on an X screen whose keys move at a known moment: XTEST, without a process in between."""

from __future__ import annotations

import ctypes
import ctypes.util
import time
from typing import Any

SPACE = 0x0020


class Keyboard:
    """Presses keys of a virtual screen. `down` and `up` give the moment, by `time.monotonic()`."""

    def __init__(self, display: str, keysym: int = SPACE) -> None:
        self._x = ctypes.CDLL(ctypes.util.find_library("X11"))
        self._test = ctypes.CDLL(ctypes.util.find_library("Xtst"))
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(display.encode()))
        self._key = self._x.XKeysymToKeycode(self._display, ctypes.c_ulong(keysym))

    def __enter__(self) -> Keyboard:
        return self

    def __exit__(self, *_: Any) -> None:
        self._x.XCloseDisplay(self._display)

    def down(self) -> float:
        """The key, Space by default, goes down."""
        return self._move(1)

    def up(self) -> float:
        """It goes up."""
        return self._move(0)

    def _move(self, down: int) -> float:
        moment = time.monotonic()
        self._test.XTestFakeKeyEvent(self._display, self._key, down, ctypes.c_ulong(0))
        self._x.XFlush(self._display)
        return moment
