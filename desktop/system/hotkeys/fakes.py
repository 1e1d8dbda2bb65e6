"""A system whose keys are struck by a test. Synchronous: each call is told at once."""

from __future__ import annotations

import time

from desktop.base.hotkey import HotkeyAction
from desktop.base.message import Message
from desktop.system.hotkeys.interface import Active, Answered, Escaped, Keys, Lost, Struck, Tell, Told


class FakeHotkeys:
    """Gives every key that isn't in `refused`."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self.keys: Keys = {}
        self.escape = False
        self.refused: dict[HotkeyAction, Message] = {}
        self.answers = True
        self.closed = False

    asks_user = False

    def use(self, keys: Keys) -> None:
        self.keys = dict(keys)
        for action in keys:
            self._tell(Told(action, self.refused.get(action)))
        given = keys.keys() - self.refused.keys()
        self._tell(Active("x11" if given else "", next(iter(self.refused.values()), None)))

    def hear_escape(self, wanted: bool) -> None:
        self.escape = wanted

    def ask(self) -> bool:
        if self.answers:
            self._tell(Answered())
        return True

    def refresh(self) -> None:
        self.use(self.keys)

    def close(self) -> None:
        self.closed = True

    def strike(
        self, action: HotkeyAction, down: bool, at: float | None = None, *, alone: bool = True
    ) -> None:
        """Press or release this key, by default now."""
        self._tell(Struck(action, down, time.monotonic() if at is None else at, alone))

    def end(self) -> None:
        """The system gives no keys any more."""
        self._tell(Active(""))

    def lose(self, action: HotkeyAction) -> None:
        """Its key-up never comes."""
        self._tell(Lost(action, time.monotonic()))

    def press_escape(self) -> None:
        """Press Escape."""
        self._tell(Escaped())
