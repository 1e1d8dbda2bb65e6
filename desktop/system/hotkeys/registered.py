"""What macOS and Windows have in common: a key is registered by its code, under a number."""

from __future__ import annotations

from desktop.base.hotkey import Hotkey, HotkeyAction, Way
from desktop.base.message import Message, Shortcut
from desktop.system.hotkeys.interface import (
    CLASH,
    NO_SUCH_KEY,
    NOT_ALONE,
    TWICE,
    Active,
    Keys,
    Tell,
    Told,
    first_problem,
)

ESCAPE_ID = 100
"""Escape's number; those of the actions are lower."""
AGAIN_MS = 3_000
"""How often a key is asked for that somebody else has."""


class RegisteredKeys:
    """Which keys are wanted, and which of them are registered. A system's own class registers them.

    Args:
        tell: gets what became of each.
    """

    way: Way

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._keys: Keys = {}

    def code_of(self, key: Hotkey) -> int | None:
        """The system's code of this key; None if it has none."""
        raise NotImplementedError

    def register(self, number: int, key: Hotkey, code: int) -> bool:
        """Register this key under this number; whether that worked."""
        raise NotImplementedError

    def registered(self) -> set[int]:
        """The numbers of the keys that are registered now."""
        raise NotImplementedError

    def take_all(self, keys: Keys) -> None:
        """Register these, none being registered, and tell what became of each."""
        self._keys = dict(keys)
        problems = {action: self._take(action, key) for action, key in self._keys.items()}
        for action, problem in problems.items():
            self._tell(Told(action, problem))
        self._tell(Active(self.way if self.registered() else "", first_problem(problems)))

    def take_missing(self) -> None:
        """Ask again for the keys that are missing."""
        for action in list(self._keys):
            if number_of(action) not in self.registered() and self._take(action, self._keys[action]) is None:
                self._tell(Told(action, None))
                self._tell(Active(self.way))

    @property
    def lacks_some(self) -> bool:
        """Whether a key is missing."""
        return len(self.registered()) < len(self._keys)

    def _take(self, action: HotkeyAction, key: Hotkey) -> Message | None:
        words = Shortcut(str(key))
        if key.is_button or key.is_lone_modifier:
            return NOT_ALONE(keys=words)
        code = self.code_of(key)
        if code is None:
            return NO_SUCH_KEY(keys=words)
        if any(self._keys[action_of(number)] == key for number in self.registered()):
            return TWICE(keys=words)
        return None if self.register(number_of(action), key, code) else CLASH(keys=words)


def number_of(action: HotkeyAction) -> int:
    """The number under which an action's key is registered."""
    return list(HotkeyAction).index(action)


def action_of(number: int) -> HotkeyAction:
    """The action of a number."""
    return list(HotkeyAction)[number]
