"""Feeds the turn one thing after the other, and has done what it says."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from desktop.protocol import events
from desktop.turn import effects, inputs
from desktop.turn.turn import Turn


class TurnLoop:
    """Everything that happens goes through `handle`, on one thread.

    Args:
        turn: decides.
        now: milliseconds of a clock that never runs backwards.
        execute: carries out an effect; it may call `handle`.
        observer: gets the notices.
    """

    def __init__(
        self,
        turn: Turn,
        now: Callable[[], float],
        execute: Callable[[effects.Effect], None],
        observer: Callable[[effects.Notice], None],
    ) -> None:
        self._turn = turn
        self._now = now
        self._execute = execute
        self._observer = observer
        self._inbox: deque[inputs.Input | events.Event] = deque()
        self._handling = False

    def handle(self, happened: inputs.Input | events.Event) -> None:
        """Tell the turn, and do what it says. What happens meanwhile comes after that."""
        self._inbox.append(happened)
        if self._handling:
            return
        self._handling = True
        try:
            while self._inbox:
                for output in self._turn.handle(self._inbox.popleft(), self._now()):
                    if isinstance(output, effects.Effect):
                        self._execute(output)
                    else:
                        self._observer(output)
        finally:
            self._handling = False
