"""A screen that exists in memory only: real X11 windows, real key events, real pixels."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import zlib
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.rig.close_window import close_window
from tests.rig.process import Program, RigError, until

START_SECONDS = 20.0
ACTION_SECONDS = 10.0


class VirtualScreen:
    """An Xvfb on a free display number, driven by xdotool.

    There is no window manager: a window has no frame and gets the keyboard by `focus`.
    """

    def __init__(self, width: int = 1280, height: int = 800) -> None:
        """The size is in pixels."""
        self.size = (width, height)
        self.env: dict[str, str] = {}
        """What a program needs to find this screen; set from `__enter__` on."""
        self._cleanup = ExitStack()

    def __enter__(self) -> VirtualScreen:
        with ExitStack() as started:
            folder = Path(started.enter_context(TemporaryDirectory(prefix="rig-screen-")))
            reading, writing = os.pipe()
            started.callback(os.close, reading)
            geometry = "{}x{}x24".format(*self.size)
            command = ["Xvfb", "-displayfd", str(writing), "-fbdir", str(folder), "-screen", "0", geometry]
            try:
                server = Program(
                    [*command, "-nolisten", "tcp", "-noreset"],
                    env=os.environ,
                    log=folder / "xvfb.log",
                    pass_fds=[writing],
                )
            finally:
                os.close(writing)
            started.enter_context(server)
            os.set_blocking(reading, False)
            number = server.until(lambda: _line(reading), within=START_SECONDS, what="the virtual screen")
            self.env = {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
            self._frame = folder / "Xvfb_screen0"
            self._cleanup = started.pop_all()
        return self

    def __exit__(self, *_: Any) -> None:
        self._cleanup.close()

    def window(self, title: str, *, within: float = ACTION_SECONDS, program: Program | None = None) -> int:
        """The id of a visible window whose title matches a regular expression, waited for."""

        def search() -> int | None:
            found = self.windows(title)
            return found[0] if found else None

        wait = program.until if program else until
        return wait(search, within=within, what=f"a window named {title!r}")

    def windows(self, title: str = ".") -> list[int]:
        """The ids of the visible windows that have a title, and whose title matches."""
        found = self._xdotool("search", "--onlyvisible", "--name", title, check=False)
        return [int(window) for window in found.split()]

    def place(self, window: int) -> tuple[int, int, int, int]:
        """Where a window is, without its frame: left, top, width and height in pixels."""
        words = self._xdotool("getwindowgeometry", "--shell", str(window))
        left, top, width, height = re.findall(r"^(?:X|Y|WIDTH|HEIGHT)=(-?\d+)$", words, re.MULTILINE)
        return int(left), int(top), int(width), int(height)

    def focused(self) -> int:
        """The id of the window that has the keyboard."""
        return int(self._xdotool("getwindowfocus", "-f"))

    def focus(self, window: int) -> None:
        """Give the keyboard to a window, and wait until it has it."""
        self._xdotool("windowfocus", "--sync", str(window))

    def close_window(self, window: int) -> None:
        """Ask a window to close, as its title bar's button does."""
        close_window(self.env["DISPLAY"], window)

    def key_down(self, key: str) -> None:
        """Press a key by its X11 name (`space`, `Escape`, `ctrl`), and keep it pressed: it auto-repeats."""
        self._xdotool("keydown", key)

    def key_up(self, key: str) -> None:
        """Release a key."""
        self._xdotool("keyup", key)

    def press(self, keys: str) -> None:
        """Press and release, also in combination: `ctrl+k`."""
        self._xdotool("key", keys)

    def tap_twice(self, key: str) -> None:
        """Press and release a key twice, in quick succession."""
        self._xdotool("key", "--delay", "80", key, key)

    def type(self, text: str) -> None:
        """Type a text into whatever has the keyboard."""
        self._xdotool("type", "--", text)

    def move(self, x: int, y: int) -> None:
        """Put the pointer to a pixel of the screen."""
        self._xdotool("mousemove", "--sync", str(x), str(y))

    def mouse_down(self, button: int = 1) -> None:
        """Press a mouse button where the pointer is."""
        self._xdotool("mousedown", str(button))

    def mouse_up(self, button: int = 1) -> None:
        """Release a mouse button."""
        self._xdotool("mouseup", str(button))

    def pixels(self) -> NDArray[np.uint8]:
        """What is on the screen now: height x width x (red, green, blue)."""
        return _read_xwd(self._frame.read_bytes())

    def screenshot(self, path: Path) -> None:
        """Save what is on the screen as PNG."""
        path.write_bytes(png(self.pixels()))

    def _xdotool(self, *words: str, check: bool = True) -> str:
        try:
            done = subprocess.run(
                ["xdotool", *words],
                env={**os.environ, **self.env},
                capture_output=True,
                text=True,
                timeout=ACTION_SECONDS,
            )
        except FileNotFoundError:
            raise RigError("xdotool is not installed. `make test` installs it or says how") from None
        except subprocess.TimeoutExpired:
            raise RigError(f"xdotool {' '.join(words)}: nothing for {ACTION_SECONDS:g} s") from None
        if check and done.returncode:
            raise RigError(f"xdotool {' '.join(words)}: {done.stderr.strip() or done.returncode}")
        return done.stdout


def png(pixels: NDArray[np.uint8]) -> bytes:
    """A PNG file of height x width x (red, green, blue)."""
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + width * 3), np.uint8)  # each row begins with its filter: 0, none
    rows[:, 1:] = pixels.reshape(height, -1)

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _read_xwd(content: bytes) -> NDArray[np.uint8]:
    """The pixels of an X window dump of 32 bits a pixel, which is how Xvfb keeps its screen."""
    field = struct.unpack(">25I", content[:100])
    header_size, width, height, line_bytes, colours = field[0], field[4], field[5], field[12], field[19]
    if field[1] != 7 or field[11] != 32 or field[7] != 0:
        raise RigError("The virtual screen is not kept as 32-bit little-endian pixels")
    start = header_size + 12 * colours
    raw = np.frombuffer(content, np.uint8, count=line_bytes * height, offset=start)
    bgrx = raw.reshape(height, line_bytes // 4, 4)[:, :width]
    return np.ascontiguousarray(bgrx[:, :, 2::-1])


def _line(descriptor: int) -> str | None:
    try:
        return os.read(descriptor, 32).decode().strip()
    except BlockingIOError:
        return None
