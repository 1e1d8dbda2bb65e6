"""What a backend tells, from any thread."""

from __future__ import annotations

import queue
from typing import TypeVar

from desktop.base.hotkey import HotkeyAction
from desktop.system.hotkeys.interface import Active, HotkeyEvent, Struck, Told
from tests.rig.process import RigError

WITHIN_S = 10.0
T = TypeVar("T")


class Heard:
    """The events in their order."""

    def __init__(self) -> None:
        self._events: queue.Queue[HotkeyEvent] = queue.Queue()
        self.tell = self._events.put

    def next(self, kind: type[T], within_s: float = WITHIN_S) -> T:
        """The next event of this kind; those of other kinds are dropped. RigError if none comes."""
        while True:
            try:
                event = self._events.get(timeout=within_s)
            except queue.Empty:
                raise RigError(f"no {kind.__name__} within {within_s:g} s") from None
            if isinstance(event, kind):
                return event

    def rest(self) -> list[HotkeyEvent]:
        """What has come since, without waiting."""
        found = []
        while not self._events.empty():
            found.append(self._events.get())
        return found

    def strokes(self) -> list[tuple[HotkeyAction, bool]]:
        """What was struck since, without waiting."""
        return [(one.action, one.down) for one in self.rest() if isinstance(one, Struck)]

    def until_way(self, way: str) -> Active:
        """The next `Active` with this way."""
        while (active := self.next(Active)).way != way:
            pass
        return active

    def problem(self, action: HotkeyAction) -> object:
        """What is told next of this key."""
        while (told := self.next(Told)).action is not action:
            pass
        return told.problem
