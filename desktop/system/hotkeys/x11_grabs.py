"""Which keys this program has from the X server: by a grab, or unasked as raw events."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from desktop.base.hotkey import Hotkey, HotkeyAction
from desktop.base.message import Message, Shortcut
from desktop.system.hotkeys.interface import CLASH, NO_RAW, NO_SUCH_KEY, TWICE, Keys
from desktop.system.hotkeys.key_codes import ESCAPE, KEY_CODES
from desktop.system.hotkeys.xcb import Xcb

SHIFT, LOCK, CONTROL = 1, 2, 4
NUM_LOCK = (0xFF7F,)
_BY_KEYSYM = {"Alt": (0xFFE9, 0xFFEA), "Meta": (0xFFEB, 0xFFEC, 0xFFE7, 0xFFE8)}
_USUAL = {"Alt": 1 << 3, "Meta": 1 << 6}
"""Mod1 and Mod4, where the keyboard has no such key."""
_USUAL_NUM_LOCK = 1 << 4


class Grabs:
    """The keys that are wanted, in the codes of the keyboard as it is now."""

    def __init__(self, xcb: Xcb) -> None:
        self._xcb = xcb
        self._codes: dict[int, list[int]] = {}
        self._masks: dict[str, int] = {}
        self._locks: tuple[int, ...] = (0,)
        self._grabbed: set[tuple[int, int]] = set()
        self.keys: dict[int, HotkeyAction] = {}
        """By the codes of grabbed keys."""
        self.raw_keys: dict[int, HotkeyAction] = {}
        self.raw_buttons: dict[int, HotkeyAction] = {}
        self.escape: frozenset[int] = frozenset()
        """The codes of Escape."""
        self._escape_grabs: set[tuple[int, int]] = set()

    def take(self, keys: Keys) -> dict[HotkeyAction, Message | None]:
        """Ask for these keys in the place of those before: of each why it can't be had, None if it can."""
        self.give_back()
        self._read_keyboard()
        problems: dict[HotkeyAction, Message | None] = {}
        taken: set[Hotkey] = set()
        for action, key in keys.items():
            problems[action] = TWICE(keys=Shortcut(str(key))) if key in taken else self.take_one(action, key)
            taken.add(key)
        # A click is also what a modifier may be used with.
        buttons = bool(self.raw_buttons or self.raw_keys)
        if not self._xcb.select_raw(keys=bool(self.raw_keys), buttons=buttons):
            raw = {*self.raw_keys.values(), *self.raw_buttons.values()}
            problems |= {action: NO_RAW(keys=Shortcut(str(keys[action]))) for action in raw}
            self.raw_keys, self.raw_buttons = {}, {}
        return problems

    def take_one(self, action: HotkeyAction, key: Hotkey) -> Message | None:
        """Ask for one of them, which was refused before say."""
        if key.is_button:
            self.raw_buttons[int(key.key.split()[1])] = action
            return None
        codes = self._codes_of(KEY_CODES[key.key].keysyms)
        if not codes:
            return NO_SUCH_KEY(keys=Shortcut(str(key)))
        if key.is_lone_modifier:
            self.raw_keys |= dict.fromkeys(codes, action)
            return None
        mask = self._mask(key)
        got = [self._grab(code, mask | locks) for code in codes for locks in self._locks]
        if not all(got):
            for code in codes:
                self._release(code, mask)
            return CLASH(keys=Shortcut(str(key)))
        self.keys |= dict.fromkeys(codes, action)
        return None

    def are_current(self) -> bool:
        """Whether the keyboard has the same codes as when the keys were taken.

        It is told of each time that a key is struck on another keyboard than the last one.
        """
        before = self._codes, self._masks, self._locks
        self._read_keyboard()
        return before == (self._codes, self._masks, self._locks)

    def means(self, action: HotkeyAction, button: bool, code: int) -> bool:
        """Whether this key, or button, stands for this."""
        if button:
            return self.raw_buttons.get(code) is action
        return action in (self.keys.get(code), self.raw_keys.get(code))

    def hear_escape(self, wanted: bool, keys: Keys) -> None:
        """Grab Escape, alone and with the modifiers of the talk keys that may be held beside it."""
        if not wanted:
            for code, mask in self._escape_grabs:
                self._xcb.ungrab_key(code, mask)
            self._escape_grabs = set()
            self._xcb.flush()
            return
        masks = {0, *(self._mask(key) for key in keys.values() if not key.is_button)}
        for code in self.escape:
            for mask in (mask | locks for mask in masks for locks in self._locks):
                if (code, mask) not in self._grabbed and self._xcb.grab_key(code, mask):
                    self._escape_grabs.add((code, mask))

    def give_back(self) -> None:
        """Want none any more."""
        self.hear_escape(False, {})
        for code, mask in self._grabbed:
            self._xcb.ungrab_key(code, mask)
        self._grabbed = set()
        self.keys, self.raw_keys, self.raw_buttons = {}, {}, {}
        self._xcb.flush()

    def _read_keyboard(self) -> None:
        self._codes = self._xcb.codes()
        modifiers = self._xcb.modifiers()
        self._masks = {"Shift": SHIFT, "Ctrl": CONTROL}
        for name, keysyms in _BY_KEYSYM.items():
            self._masks[name] = self._mask_of(keysyms, modifiers) or _USUAL[name]
        num_lock = self._mask_of(NUM_LOCK, modifiers) or _USUAL_NUM_LOCK
        self._locks = tuple(_sums((LOCK, num_lock)))
        self.escape = frozenset(self._codes_of(ESCAPE.keysyms))

    def _codes_of(self, keysyms: tuple[int, ...]) -> list[int]:
        for keysym in keysyms:
            if codes := self._codes.get(keysym):
                # The first is where the key is on the layout in use; a key of another layout means another.
                return codes[:1] if keysym < 0xFF else codes
        return []

    def _mask_of(self, keysyms: tuple[int, ...], modifiers: list[list[int]]) -> int:
        codes = {code for keysym in keysyms for code in self._codes.get(keysym, [])}
        # From Mod1 on: the first three are known.
        return sum(1 << at for at, keys in enumerate(modifiers) if at >= 3 and codes & set(keys))

    def _mask(self, key: Hotkey) -> int:
        return sum(self._masks.get(name, 0) for name in key.modifiers)

    def _grab(self, code: int, mask: int) -> bool:
        if not self._xcb.grab_key(code, mask):
            return False
        self._grabbed.add((code, mask))
        return True

    def _release(self, code: int, mask: int) -> None:
        for grab in [(code, mask | locks) for locks in self._locks]:
            if grab in self._grabbed:
                self._grabbed.discard(grab)
                self._xcb.ungrab_key(*grab)


def _sums(masks: tuple[int, ...]) -> Iterator[int]:
    for count in range(len(masks) + 1):
        for chosen in combinations(masks, count):
            yield sum(chosen)
