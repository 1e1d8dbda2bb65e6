"""Feeds inputs to the turn one after the other, and has its effects carried out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from desktop.protocol import events
from desktop.turn import effects, inputs
from desktop.turn.effects import TurnOutput
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
        """Give this to the turn and carry out its effects. Inputs that arrive meanwhile come next.

        Where one fails, the others are carried out all the same: a press must open the microphone, whatever
        happens at the speaker.

        Raises:
            Exception: the first one that something failed with, in the end.
        """
        self._inbox.append(happened)
        if self._handling:
            return
        self._handling = True
        failure: Exception | None = None
        try:
            while self._inbox:
                try:
                    outputs = self._turn.handle(self._inbox.popleft(), self._now())
                except Exception as exc:
                    failure = failure or exc
                    continue
                for output in outputs:
                    try:
                        self._carry_out(output)
                    except Exception as exc:
                        failure = failure or exc
        finally:
            self._handling = False
        if failure:
            raise failure

    def _carry_out(self, output: TurnOutput) -> None:
        if isinstance(output, effects.Effect):
            self._execute(output)
        else:
            self._observer(output)
