"""The words for the desktop's portal, and what is said where it gives no key."""

from __future__ import annotations

from desktop.base.hotkey import Hotkey, HotkeyAction
from desktop.base.message import Text
from desktop.system.hotkeys.key_codes import KEY_CODES

MODIFIERS = {"Ctrl": "CTRL", "Alt": "ALT", "Shift": "SHIFT", "Meta": "LOGO"}

NO_PORTAL = Text(
    "hotkey-no-portal",
    "This desktop gives programs no keys of their own (its portal has no global shortcuts). Let it run "
    "`presstalk ptt down` and `presstalk ptt up` instead: the README says how.",
)
REFUSED = Text(
    "hotkey-refused",
    "The desktop gave Presstalk no key. Choose it again here, or in the desktop's settings.",
)
NOT_BY_PORTAL = Text(
    "hotkey-not-by-portal", "On Wayland {keys} can't be a key for all programs. Choose another one."
)

WORDS: dict[HotkeyAction, str] = {
    HotkeyAction.TALK: "Talk",
    HotkeyAction.MUTE: "Mute the microphone",
    HotkeyAction.PUSH_TO_MUTE: "Mute the microphone while held",
    HotkeyAction.DISCARD: "Discard what was said, or silence the answer",
}
"""What the desktop's dialog calls them, unless other words are given."""


def trigger(key: Hotkey) -> str:
    """The key in the words of the "shortcuts" specification: `CTRL+ALT+space`."""
    modifiers = [portal for name, portal in MODIFIERS.items() if name in key.modifiers]
    return "+".join([*modifiers, KEY_CODES[key.key].xkb])
