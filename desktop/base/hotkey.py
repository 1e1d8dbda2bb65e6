"""A key that works in all programs: its name, as it is kept in the settings and given to the system.

Keys and chords have the names that Qt writes in portable text.

A name is a chord ("Ctrl+Alt+Space"), one key that types nothing ("F13"), a modifier on its own
("Right Ctrl") or a button of the mouse ("Mouse 8", as X11 counts them: 8 is back, 9 is forward).
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from enum import Enum
from typing import Literal


class HotkeyAction(Enum):
    """What a key does in all programs."""

    TALK = "talk"
    MUTE = "mute"
    PUSH_TO_MUTE = "push to mute"
    """Muted while it is held."""
    DISCARD = "discard"
    """What Escape does in the window: discards a take, silences an answer."""


Way = Literal["", "x11", "portal", "macos", "windows"]
"""By which the keys come; empty: by none, but commands still work."""

MODIFIERS = ("Ctrl", "Alt", "Shift", "Meta")
"""In the order in which they are written. Meta is the Windows or the command key."""
LONE_MODIFIERS = frozenset(f"{side} {name}" for side in ("Left", "Right") for name in MODIFIERS)
BUTTONS = frozenset(f"Mouse {number}" for number in range(8, 16))
"""The first three are everybody's, and 4 to 7 are the wheel."""
QUIET = frozenset(
    {f"F{number}" for number in range(1, 25)}
    | {"Pause", "ScrollLock", "Print", "Ins", "Menu", "Media Play", "Microphone Mute"}
)
"""Keys that type nothing, so that one alone can be given away. Pedals send F13 and later ones."""
TYPING = frozenset(string.ascii_uppercase + string.digits + ",.-/;'[]\\`=") | {
    *("Space", "Tab", "Return", "Backspace", "Del"),
    *("Home", "End", "PgUp", "PgDown", "Left", "Right", "Up", "Down"),
}
"""Keys that are needed for writing: with Ctrl, Alt or Meta only."""
KEYS = QUIET | TYPING


@dataclass(frozen=True, slots=True)
class Hotkey:
    """One of these. `parse` makes no other than those that can be used."""

    key: str
    modifiers: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return "+".join([*(name for name in MODIFIERS if name in self.modifiers), self.key])

    @property
    def is_button(self) -> bool:
        """A button of the mouse."""
        return self.key in BUTTONS

    @property
    def is_lone_modifier(self) -> bool:
        """A modifier on its own."""
        return self.key in LONE_MODIFIERS


HotkeyProblem = Literal["", "unknown", "typing"]


def problem(text: str) -> HotkeyProblem:
    """Why a name can't be used; empty if it can, and for none at all.

    `unknown`: it is no name of a key. `typing`: the key is needed for writing, and has no modifier.
    """
    if not text:
        return ""
    *modifiers, key = text.split("+")
    if len(set(modifiers)) != len(modifiers) or not set(modifiers) <= set(MODIFIERS):
        return "unknown"
    if key in LONE_MODIFIERS | BUTTONS:
        return "unknown" if modifiers else ""
    if key not in KEYS:
        return "unknown"
    return "typing" if key in TYPING and not set(modifiers) - {"Shift"} else ""


def parse(text: str) -> Hotkey | None:
    """The key of this name; None if it names none that can be used."""
    if not text or problem(text):
        return None
    *modifiers, key = text.split("+")
    return Hotkey(key, frozenset(modifiers))
