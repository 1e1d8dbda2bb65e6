"""A connection to the X server of our own, with what keys need of the core protocol, XInput 2 and XKB.

Libxcb alone: the requests of the two extensions are written by hand, since their libraries may be missing.
Sources: the X Window System Protocol, XI2proto.txt, and the X Keyboard Extension's protocol.
"""

from __future__ import annotations

import ctypes
import select
import struct
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

KEY_PRESS, KEY_RELEASE, MAPPING_NOTIFY, GENERIC = 2, 3, 34, 35
RAW_KEY_PRESS, RAW_KEY_RELEASE, RAW_BUTTON_PRESS, RAW_BUTTON_RELEASE = 13, 14, 15, 16
RAW_REPEAT = 1 << 16
"""XIKeyRepeat, in a raw event's flags."""
ASYNC = 1
CORE_KEYBOARD = 0x100
DETECTABLE_AUTO_REPEAT = 1
XKB_NEW_KEYBOARD, XKB_MAPS = 0x1, 0x3
"""New keyboards, and these together with changed maps."""
FIRST_OF_EXTENSIONS = 64
"""From here on events are of extensions. Of those that are used here, XKB alone has such."""
ALL_MASTERS = 1
CORE_POINTER = 2
"""The master pointer that every server has first."""
ANSWER_S = 0.6
"""How long an answer may take. A window manager stops them for as long as it moves a window."""
HEAD = 32
"""Bytes of a reply; behind them come as many words as the second one says."""
_CHECKED = 1


class XEvent(NamedTuple):
    """What of an event matters here."""

    kind: int
    """A core event's type, or with `raw` an XInput 2 event's."""
    raw: bool
    code: int
    """The key's code, or the button's number."""
    stamp_ms: int
    repeat: bool


class Held(NamedTuple):
    """What is down: the codes of keys, and the numbers of buttons."""

    keys: frozenset[int]
    buttons: frozenset[int]


class Xcb:
    """One connection. For one thread at a time.

    Args:
        display: the value of DISPLAY; None: the environment's.
        load: loads a library by its name; None is the program itself.

    Raises:
        OSError: there is no such display, or the library is missing.
        AttributeError: the library has not the calls.
    """

    def __init__(self, display: str | None = None, load: Callable[[str | None], Any] = ctypes.CDLL) -> None:
        self._xcb = _library(load("libxcb.so.1"))
        self._free = load(None).free
        self._free.argtypes = [ctypes.c_void_p]
        name = display.encode() if display else None
        self._c = ctypes.c_void_p(self._xcb.xcb_connect(name, None))
        if self._xcb.xcb_connection_has_error(self._c):
            self._xcb.xcb_disconnect(self._c)
            raise OSError(f"there is no display {display or ''}".strip())
        setup = self._xcb.xcb_get_setup(self._c)
        head = ctypes.string_at(setup, 40)
        self.least, self.most = head[34], head[35]
        """The codes of keys."""
        self.root: int = self._xcb.xcb_setup_roots_iterator(setup).screen.contents.value
        self._input = _Extension(b"XInputExtension", 0)
        self._keyboard = _Extension(b"XKEYBOARD", 0)
        self.fd: int = self._xcb.xcb_get_file_descriptor(self._c)

    def close(self) -> None:
        """End the connection; the server gives back what it had."""
        self._xcb.xcb_disconnect(self._c)

    @property
    def broken(self) -> bool:
        """Whether the server is gone."""
        return bool(self._xcb.xcb_connection_has_error(self._c))

    def flush(self) -> None:
        """Send what waits."""
        self._xcb.xcb_flush(self._c)

    def events(self) -> Iterator[XEvent]:
        """What has arrived."""
        while event := self._xcb.xcb_poll_for_event(self._c):
            data = ctypes.string_at(event, HEAD)
            self._free(event)
            if found := _event(data):
                yield found

    def grab_key(self, code: int, modifiers: int) -> bool:
        """Get this key with exactly these modifiers from now on; False: somebody else has it."""
        cookie = self._xcb.xcb_grab_key_checked(self._c, 0, self.root, modifiers, code, ASYNC, ASYNC)
        error = self._xcb.xcb_request_check(self._c, cookie)
        if error:
            self._free(error)
        return not error

    def ungrab_key(self, code: int, modifiers: int) -> None:
        """Give it back."""
        self._xcb.xcb_ungrab_key(self._c, code, self.root, modifiers)

    def select_raw(self, *, keys: bool, buttons: bool) -> bool:
        """Be told of keys and buttons whoever has them; False where XInput 2.2 is missing."""
        if not (keys or buttons):
            self._select_raw(0)
            return True
        reply = self._request(self._input, 47, struct.pack("=HH", 2, 2))
        if len(reply) < HEAD or struct.unpack_from("=HH", reply, 8) < (2, 2):
            return False
        mask = (1 << RAW_KEY_PRESS | 1 << RAW_KEY_RELEASE) if keys else 0
        mask |= (1 << RAW_BUTTON_PRESS | 1 << RAW_BUTTON_RELEASE) if buttons else 0
        self._select_raw(mask)
        return True

    def use_detectable_repeat(self) -> bool:
        """Have a held key repeat without key-ups between; False where XKB is missing."""
        if len(reply := self._request(self._keyboard, 0, struct.pack("=HH", 1, 0))) < HEAD or not reply[1]:
            return False
        # Who speaks XKB is told of another layout or keyboard only if they ask.
        select_maps = struct.pack("=HHHHHH", CORE_KEYBOARD, XKB_MAPS, 0, XKB_NEW_KEYBOARD, 0xFF, 0xFF)
        self._send(self._keyboard, 1, select_maps, is_void=True)
        flags = struct.pack("=HHIIIII", CORE_KEYBOARD, 0, *([DETECTABLE_AUTO_REPEAT] * 2), 0, 0, 0)
        reply = self._request(self._keyboard, 21, flags)
        return len(reply) >= HEAD and bool(struct.unpack_from("=I", reply, 12)[0] & DETECTABLE_AUTO_REPEAT)

    def codes(self) -> dict[int, list[int]]:
        """The codes of keys by keysym, in the order of the keyboard's groups and levels."""
        count = self.most - self.least + 1
        reply = self._reply(self._xcb.xcb_get_keyboard_mapping(self._c, self.least, count).sequence)
        found: dict[int, list[int]] = {}
        each = reply[1] if reply else 0
        keysyms = struct.unpack(f"={(len(reply) - HEAD) // 4}I", reply[HEAD:]) if reply else ()
        for level in range(each):
            for at in range(count):
                keysym = keysyms[at * each + level]
                codes = found.setdefault(keysym, [])
                if keysym and self.least + at not in codes:
                    codes.append(self.least + at)
        return found

    def modifiers(self) -> list[list[int]]:
        """The codes of the keys of each of the eight modifiers: Shift, Lock, Control, Mod1 to Mod5."""
        reply = self._reply(self._xcb.xcb_get_modifier_mapping(self._c).sequence)
        each = reply[1] if reply else 0
        keys = reply[HEAD:]
        return [[code for code in keys[each * at : each * (at + 1)] if code] for at in range(8)]

    def held(self) -> Held | None:
        """What is down; None: no answer came.

        What was struck before the answer has arrived with it: read `events` next.
        """
        keymap = self._reply(self._xcb.xcb_query_keymap(self._c).sequence)
        if not keymap:
            return None
        # The core protocol knows the state of five buttons only.
        pointer = self._request(self._input, 40, struct.pack("=IHH", self.root, CORE_POINTER, 0))
        words = struct.unpack_from("=H", pointer, 34)[0] if len(pointer) > HEAD else 0
        buttons = pointer[56 : 56 + 4 * words]
        return Held(_bits(keymap[8:40]), _bits(buttons))

    def _select_raw(self, mask: int) -> None:
        body = struct.pack("=IHHHHI", self.root, 1, 0, ALL_MASTERS, 1, mask)
        self._send(self._input, 46, body, is_void=True)
        self.flush()

    def _request(self, extension: _Extension, opcode: int, body: bytes) -> bytes:
        sequence = self._send(extension, opcode, body, is_void=False)
        return self._reply(sequence) if sequence else b""

    def _send(self, extension: _Extension, opcode: int, body: bytes, *, is_void: bool) -> int:
        data = ctypes.create_string_buffer(bytes(4) + body, 4 + len(body))
        # Libxcb writes before the first part.
        parts = (_Part * 3)()
        parts[2] = _Part(ctypes.cast(data, ctypes.c_void_p), len(data))
        request = _Request(1, ctypes.pointer(extension), opcode, int(is_void))
        first = ctypes.byref(parts, 2 * ctypes.sizeof(_Part))
        return int(
            self._xcb.xcb_send_request(self._c, 0 if is_void else _CHECKED, first, ctypes.byref(request))
        )

    def _reply(self, sequence: int, within_s: float = ANSWER_S) -> bytes:
        """The reply; empty if it is an error, or doesn't come in time."""
        self.flush()
        deadline = time.monotonic() + within_s
        reply, error = ctypes.c_void_p(), ctypes.c_void_p()
        ours = ctypes.byref(reply), ctypes.byref(error)
        while not self._xcb.xcb_poll_for_reply(self._c, sequence, *ours):
            left_s = deadline - time.monotonic()
            if left_s <= 0 or self.broken:
                self._xcb.xcb_discard_reply(self._c, sequence)
                return b""
            select.select([self.fd], [], [], left_s)
        try:
            if not reply.value:
                return b""
            more = int.from_bytes(ctypes.string_at(reply.value, HEAD)[4:8], sys.byteorder)
            return ctypes.string_at(reply.value, HEAD + 4 * more)
        finally:
            self._free(reply)
            self._free(error)


def _bits(data: bytes) -> frozenset[int]:
    return frozenset(8 * at + bit for at, byte in enumerate(data) for bit in range(8) if byte >> bit & 1)


def _event(data: bytes) -> XEvent | None:
    kind = data[0] & 0x7F
    if kind in (KEY_PRESS, KEY_RELEASE):
        return XEvent(kind, False, data[1], struct.unpack_from("=I", data, 4)[0], False)
    if kind == MAPPING_NOTIFY or kind >= FIRST_OF_EXTENSIONS:
        return XEvent(MAPPING_NOTIFY, False, 0, 0, False)
    if kind == GENERIC:
        # Only one extension of ours has such events.
        raw, stamp_ms, code, flags = struct.unpack_from("=H2xIIxxxxI", data, 8)
        if RAW_KEY_PRESS <= raw <= RAW_BUTTON_RELEASE:
            return XEvent(raw, True, code, stamp_ms, bool(flags & RAW_REPEAT))
    return None


class _Cookie(ctypes.Structure):
    _fields_ = [("sequence", ctypes.c_uint)]


class _Screens(ctypes.Structure):
    _fields_ = [
        ("screen", ctypes.POINTER(ctypes.c_uint32)),  # an xcb_screen_t begins with its root window
        ("left", ctypes.c_int),
        ("index", ctypes.c_int),
    ]


class _Extension(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("global_id", ctypes.c_int)]


class _Request(ctypes.Structure):
    _fields_ = [
        ("count", ctypes.c_size_t),
        ("extension", ctypes.POINTER(_Extension)),
        ("opcode", ctypes.c_uint8),
        ("is_void", ctypes.c_uint8),
    ]


class _Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def _library(library: Any) -> Any:
    pointer, byte, word = ctypes.c_void_p, ctypes.c_uint8, ctypes.c_uint16
    number, code = ctypes.c_uint32, ctypes.c_int
    for name, result, arguments in (
        ("xcb_connect", pointer, [ctypes.c_char_p, pointer]),
        ("xcb_connection_has_error", code, [pointer]),
        ("xcb_disconnect", None, [pointer]),
        ("xcb_get_setup", pointer, [pointer]),
        ("xcb_setup_roots_iterator", _Screens, [pointer]),
        ("xcb_get_file_descriptor", code, [pointer]),
        ("xcb_flush", code, [pointer]),
        ("xcb_poll_for_event", pointer, [pointer]),
        ("xcb_grab_key_checked", _Cookie, [pointer, byte, number, word, byte, byte, byte]),
        ("xcb_ungrab_key", _Cookie, [pointer, byte, number, word]),
        ("xcb_request_check", pointer, [pointer, _Cookie]),
        ("xcb_get_keyboard_mapping", _Cookie, [pointer, byte, byte]),
        ("xcb_get_modifier_mapping", _Cookie, [pointer]),
        ("xcb_query_keymap", _Cookie, [pointer]),
        ("xcb_send_request", ctypes.c_uint, [pointer, code, pointer, pointer]),
        ("xcb_discard_reply", None, [pointer, ctypes.c_uint]),
        ("xcb_poll_for_reply", code, [pointer, ctypes.c_uint, pointer, pointer]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
