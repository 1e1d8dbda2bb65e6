"""What would cut off somebody who holds the talk key waits until they have finished."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from desktop.turn.effects import DisplayState

ANSWERING = (DisplayState.SENDING, DisplayState.THINKING, DisplayState.TOOL, DisplayState.SPEAKING)


class _Waiting(NamedTuple):
    do: Callable[[], None]
    answered: bool


class AfterTake:
    """One thing that waits; the next one replaces it.

    Args:
        held: whether a take is open now that the user ends by letting go.
    """

    def __init__(self, held: Callable[[], bool]) -> None:
        self._held = held
        self._waiting: _Waiting | None = None

    def do(self, what: Callable[[], None], *, answered: bool) -> bool:
        """Do this now, or after the take: with `answered`, after its answer. Returns whether it was done."""
        self._waiting = _Waiting(what, answered) if self._held() else None
        if self._waiting:
            return False
        what()
        return True

    def follow(self, state: DisplayState) -> None:
        """The state of the session has become this."""
        waiting = self._waiting
        if waiting is None or self._held() or (waiting.answered and state in ANSWERING):
            return
        self.end()

    def end(self) -> None:
        """There is nothing more to wait for."""
        waiting, self._waiting = self._waiting, None
        if waiting:
            waiting.do()

    def forget(self) -> None:
        """It isn't wanted any more."""
        self._waiting = None
