"""Strokes that come without a time of their own, as the portal and Windows tell them.

They are taken to be struck when they are read. A program that was stopped for a while, or starved, reads in
one go what was struck meanwhile. Then a key went up when it was last known to be down, at the earliest: what
was said after that is not sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from desktop.base.hotkey import HotkeyAction
from desktop.system.hotkeys.interface import Lost, Struck, Tell

LATE_S = 0.2
"""How much later than it should a thread may run before it was stopped. A busy window takes less."""


class LastSeen:
    """When keys were last known to be down, by a look at them every so many seconds."""

    def __init__(self, every_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._longest_s = every_s + LATE_S
        self.now = clock
        self._at = clock()

    def seen(self) -> None:
        """They are down, or none is."""
        self._at = self.now()

    def gone_at(self) -> float:
        """When one that isn't down any more went up: now, or after a stop when it was last seen."""
        now = self.now()
        return self._at if now - self._at > self._longest_s else now


class LateStrokes:
    """Takes strokes as they are read, and tells those of one go together.

    Args:
        tell: gets them.
        seen: when the keys were last known to be down.
    """

    def __init__(self, tell: Tell, seen: LastSeen) -> None:
        self._tell = tell
        self._seen = seen
        self._held: set[HotkeyAction] = set()
        self._read: list[tuple[HotkeyAction, bool]] = []

    @property
    def any_held(self) -> bool:
        """Whether a key is down."""
        return bool(self._held)

    def strike(self, action: HotkeyAction, down: bool) -> None:
        """This was read; some desktops repeat a held key."""
        self._read.append((action, down))

    def tell(self) -> None:
        """Tell what was read since the last call: nothing more waits to be read.

        A stroke of the talk key that began and ended meanwhile is not told: two of them would lock the
        microphone open, with nobody at the key.
        """
        read, self._read = self._read, []
        gone_at, before = self._seen.gone_at(), frozenset(self._held)
        for action, down in _without_whole(read, HotkeyAction.TALK):
            if down == (action in self._held):
                continue
            (self._held.add if down else self._held.discard)(action)
            at = gone_at if action in before and not down else self._seen.now()
            self._tell(Struck(action, down, at))
        self._seen.seen()

    def lose_all(self) -> None:
        """Nothing more will be heard of them."""
        gone_at = self._seen.gone_at()
        self.tell()
        for action in list(self._held):
            self._tell(Lost(action, gone_at))
        self._held.clear()


def _without_whole(
    strokes: list[tuple[HotkeyAction, bool]], of: HotkeyAction
) -> list[tuple[HotkeyAction, bool]]:
    """The strokes; of this key only its first key-up and, if it is down in the end, its last key-down."""
    ups = [at for at, (action, down) in enumerate(strokes) if action is of and not down]
    downs = [at for at, (action, down) in enumerate(strokes) if action is of and down]
    kept = {*ups[:1], *(downs[-1:] if downs and downs[-1] > max(ups, default=-1) else ())}
    return [one for at, one in enumerate(strokes) if one[0] is not of or at in kept]
