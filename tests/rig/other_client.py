"""Another program on the virtual screen: it grabs the keyboard, as window managers and screen lockers do."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from tests.rig.process import RigError, until

ASYNC = 1
"""X's GrabModeAsync."""
PARENT = 2
"""X's RevertToParent."""
GRAB_S = 2.0
"""How long a grab may be refused, because Qt has one for a popup that is just closing."""

_ErrorHandler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_ignore = _ErrorHandler(lambda _, __: 0)
"""Xlib's own ends the process, for a window that has gone in the meantime too."""


class OtherClient:
    """A client of its own, with a window. Leave its `with` block before the screen ends."""

    def __init__(self, display: str) -> None:
        """`display` is the value of DISPLAY."""
        self._x = _x11()
        self._test = _xtest()
        self._x.XSetErrorHandler(_ignore)
        self._display = self._x.XOpenDisplay(display.encode())
        if not self._display:
            raise RigError(f"There is no display {display}")
        root = self._x.XDefaultRootWindow(self._display)
        self.window: int = self._x.XCreateSimpleWindow(self._display, root, 900, 0, 100, 60, 0, 0, 0)
        """A window that can have the focus. It lies at the right edge."""
        self._x.XMapRaised(self._display, self.window)
        self._x.XSync(self._display, 0)

    def __enter__(self) -> OtherClient:
        return self

    def __exit__(self, *_: type[BaseException] | TracebackType | BaseException | None) -> None:
        self._x.XCloseDisplay(self._display)

    @contextmanager
    def keyboard(self, *, must: bool = True) -> Iterator[bool]:
        """Grab the keyboard, as a window manager does while it moves a window; whether that worked."""

        def grab() -> bool:
            status = self._x.XGrabKeyboard(self._display, self.window, 0, ASYNC, ASYNC, 0)
            self._x.XSync(self._display, 0)
            return bool(status == 0)

        grabbed = until(grab, within=GRAB_S, what="the keyboard") if must else grab()
        try:
            yield grabbed
        finally:
            self._x.XUngrabKeyboard(self._display, 0)
            self._x.XSync(self._display, 0)

    @contextmanager
    def server(self) -> Iterator[None]:
        """Stop the X server for all others, and grab the keyboard too, as old window managers do."""
        with self.keyboard(must=False):
            self._x.XGrabServer(self._display)
            self._x.XSync(self._display, 0)
            try:
                yield
            finally:
                self._x.XUngrabServer(self._display)
                self._x.XSync(self._display, 0)

    def focus(self, window: int) -> None:
        """Give the keyboard to a window, this client's or another's."""
        self._x.XSetInputFocus(self._display, window, PARENT, 0)
        self._x.XSync(self._display, 0)

    def key(self, name: str, down: bool) -> None:
        """Press or release a key by its X11 name, even while the X server is stopped for others."""
        code = self._x.XKeysymToKeycode(self._display, self._x.XStringToKeysym(name.encode()))
        self._test.XTestFakeKeyEvent(self._display, code, int(down), 0)
        self._x.XSync(self._display, 0)

    def button(self, number: int, down: bool) -> None:
        """Press or release a mouse button where the pointer is."""
        self._test.XTestFakeButtonEvent(self._display, number, int(down), 0)
        self._x.XSync(self._display, 0)

    def move(self, x: int, y: int) -> None:
        """Put the pointer to a pixel of the screen."""
        self._test.XTestFakeMotionEvent(self._display, -1, x, y, 0)
        self._x.XSync(self._display, 0)

    def unmap(self, window: int) -> None:
        """Take a window off the screen, as a change of the workspace does."""
        self._x.XUnmapWindow(self._display, window)
        self._x.XSync(self._display, 0)

    def place(self, window: int, x: int, y: int) -> None:
        """Move a window."""
        self._x.XMoveWindow(self._display, window, x, y)
        self._x.XSync(self._display, 0)

    def map(self, window: int) -> None:
        """Bring it back."""
        self._x.XMapWindow(self._display, window)
        self._x.XSync(self._display, 0)


def _x11() -> ctypes.CDLL:
    x = ctypes.CDLL(ctypes.util.find_library("X11"))
    display, window = ctypes.c_void_p, ctypes.c_ulong
    number = ctypes.c_int
    x.XOpenDisplay.restype, x.XOpenDisplay.argtypes = display, [ctypes.c_char_p]
    x.XDefaultRootWindow.restype, x.XDefaultRootWindow.argtypes = window, [display]
    x.XCreateSimpleWindow.restype = window
    x.XCreateSimpleWindow.argtypes = [
        display,
        window,
        number,
        number,
        ctypes.c_uint,
        ctypes.c_uint,
        ctypes.c_uint,
        window,
        window,
    ]
    x.XGrabKeyboard.argtypes = [display, window, number, number, number, window]
    x.XUngrabKeyboard.argtypes = [display, window]
    x.XSetInputFocus.argtypes = [display, window, number, window]
    for name in ("XMapRaised", "XMapWindow", "XUnmapWindow"):
        getattr(x, name).argtypes = [display, window]
    x.XMoveWindow.argtypes = [display, window, number, number]
    x.XSync.argtypes = [display, number]
    for name in ("XGrabServer", "XUngrabServer", "XCloseDisplay"):
        getattr(x, name).argtypes = [display]
    x.XSetErrorHandler.argtypes = [_ErrorHandler]
    x.XStringToKeysym.restype, x.XStringToKeysym.argtypes = window, [ctypes.c_char_p]
    x.XKeysymToKeycode.restype, x.XKeysymToKeycode.argtypes = ctypes.c_ubyte, [display, window]
    return x


def _xtest() -> ctypes.CDLL:
    library = ctypes.CDLL(ctypes.util.find_library("Xtst"))
    display, number, delay = ctypes.c_void_p, ctypes.c_int, ctypes.c_ulong
    for name in ("XTestFakeKeyEvent", "XTestFakeButtonEvent"):
        getattr(library, name).argtypes = [display, ctypes.c_uint, number, delay]
    library.XTestFakeMotionEvent.argtypes = [display, number, number, number, delay]
    return library
