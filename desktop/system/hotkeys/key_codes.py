"""What each system calls the keys of `base.hotkey`.

Sources: X11/keysymdef.h and XF86keysym.h; Carbon's HIToolbox/Events.h (`kVK_…`, by their place on an American
keyboard); winuser.h (`VK_…`). The portal takes the names of keysyms (the "shortcuts" specification of
freedesktop.org).
"""

from __future__ import annotations

import string
from typing import NamedTuple


class KeyCode(NamedTuple):
    """One key. None: this system has none, or can't give it away."""

    keysyms: tuple[int, ...]
    """Any of them: what layouts have on that key."""
    xkb: str
    mac: int | None
    windows: int | None


_MAC_LETTERS = dict(
    zip(
        string.ascii_uppercase,
        (
            *(0x00, 0x0B, 0x08, 0x02, 0x0E, 0x03, 0x05, 0x04, 0x22, 0x26, 0x28, 0x25, 0x2E),
            *(0x2D, 0x1F, 0x23, 0x0C, 0x0F, 0x01, 0x11, 0x20, 0x09, 0x0D, 0x07, 0x10, 0x06),
        ),
        strict=True,
    )
)
_MAC_DIGITS = dict(
    zip(string.digits, (0x1D, 0x12, 0x13, 0x14, 0x15, 0x17, 0x16, 0x1A, 0x1C, 0x19), strict=True)
)
_MAC_FUNCTION = (
    *(0x7A, 0x78, 0x63, 0x76, 0x60, 0x61, 0x62, 0x64, 0x65, 0x6D),
    *(0x67, 0x6F, 0x69, 0x6B, 0x71, 0x6A, 0x40, 0x4F, 0x50, 0x5A),
)

KEY_CODES: dict[str, KeyCode] = {
    **{
        letter: KeyCode((ord(letter.lower()),), letter.lower(), _MAC_LETTERS[letter], ord(letter))
        for letter in string.ascii_uppercase
    },
    **{digit: KeyCode((ord(digit),), digit, _MAC_DIGITS[digit], ord(digit)) for digit in string.digits},
    **{
        f"F{number}": KeyCode(
            (0xFFBD + number,),
            f"F{number}",
            _MAC_FUNCTION[number - 1] if number <= len(_MAC_FUNCTION) else None,
            0x6F + number,
        )
        for number in range(1, 25)
    },
    ",": KeyCode((0x2C,), "comma", 0x2B, 0xBC),
    ".": KeyCode((0x2E,), "period", 0x2F, 0xBE),
    "-": KeyCode((0x2D,), "minus", 0x1B, 0xBD),
    "/": KeyCode((0x2F,), "slash", 0x2C, 0xBF),
    ";": KeyCode((0x3B,), "semicolon", 0x29, 0xBA),
    "'": KeyCode((0x27,), "apostrophe", 0x27, 0xDE),
    "[": KeyCode((0x5B,), "bracketleft", 0x21, 0xDB),
    "]": KeyCode((0x5D,), "bracketright", 0x1E, 0xDD),
    "\\": KeyCode((0x5C,), "backslash", 0x2A, 0xDC),
    "`": KeyCode((0x60,), "grave", 0x32, 0xC0),
    "=": KeyCode((0x3D,), "equal", 0x18, 0xBB),
    "Space": KeyCode((0x20,), "space", 0x31, 0x20),
    "Tab": KeyCode((0xFF09,), "Tab", 0x30, 0x09),
    "Return": KeyCode((0xFF0D,), "Return", 0x24, 0x0D),
    "Backspace": KeyCode((0xFF08,), "BackSpace", 0x33, 0x08),
    "Del": KeyCode((0xFFFF,), "Delete", 0x75, 0x2E),
    "Ins": KeyCode((0xFF63,), "Insert", 0x72, 0x2D),
    "Home": KeyCode((0xFF50,), "Home", 0x73, 0x24),
    "End": KeyCode((0xFF57,), "End", 0x77, 0x23),
    "PgUp": KeyCode((0xFF55,), "Prior", 0x74, 0x21),
    "PgDown": KeyCode((0xFF56,), "Next", 0x79, 0x22),
    "Left": KeyCode((0xFF51,), "Left", 0x7B, 0x25),
    "Up": KeyCode((0xFF52,), "Up", 0x7E, 0x26),
    "Right": KeyCode((0xFF53,), "Right", 0x7C, 0x27),
    "Down": KeyCode((0xFF54,), "Down", 0x7D, 0x28),
    "Pause": KeyCode((0xFF13,), "Pause", None, 0x13),
    "ScrollLock": KeyCode((0xFF14,), "Scroll_Lock", None, 0x91),
    "Print": KeyCode((0xFF61,), "Print", None, 0x2C),
    "Menu": KeyCode((0xFF67,), "Menu", None, 0x5D),
    "Media Play": KeyCode((0x1008FF14,), "XF86AudioPlay", None, 0xB3),
    "Microphone Mute": KeyCode((0x1008FFB2,), "XF86AudioMicMute", None, None),
    "Left Ctrl": KeyCode((0xFFE3,), "Control_L", None, None),
    "Right Ctrl": KeyCode((0xFFE4,), "Control_R", None, None),
    "Left Alt": KeyCode((0xFFE9,), "Alt_L", None, None),
    # Layouts with a third level have AltGr there.
    "Right Alt": KeyCode((0xFFEA, 0xFE03), "Alt_R", None, None),
    "Left Shift": KeyCode((0xFFE1,), "Shift_L", None, None),
    "Right Shift": KeyCode((0xFFE2,), "Shift_R", None, None),
    "Left Meta": KeyCode((0xFFEB, 0xFFE7), "Super_L", None, None),
    "Right Meta": KeyCode((0xFFEC, 0xFFE8), "Super_R", None, None),
}

ESCAPE = KeyCode((0xFF1B,), "Escape", 0x35, 0x1B)
