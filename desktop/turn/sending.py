"""What the user said and the network hasn't taken yet."""

from __future__ import annotations

import math

from desktop.turn import inputs
from desktop.turn.effects import SendingProgress, TurnOutput
from desktop.turn.response import Response
from desktop.turn.unanswered import Unanswered

SHOWN_MS = 1_500
"""Less than this is sent before one has read it."""


class Sending:
    """Has the waits of a response count from the moment when what it depends on was sent."""

    def __init__(self, response: Response, unanswered: Unanswered) -> None:
        self._response = response
        self._unanswered = unanswered
        self._left_s = 0
        self.active = False
        """Something that a response depends on waits to be sent."""

    @property
    def shown(self) -> bool:
        """Whether it takes so long that the user should see it."""
        return self._left_s > 0

    def handle(self, unsent: inputs.Unsent, now: float) -> list[TurnOutput]:
        """So much waits to be sent."""
        self.active = unsent.ms is not None
        if self.active:
            self._response.hold(now)
            self._unanswered.hold(now)
        ms = unsent.ms or 0.0
        before, self._left_s = self._left_s, math.ceil(ms / 1_000) if self.shown or ms >= SHOWN_MS else 0
        return [SendingProgress(self._left_s)] if self._left_s != before else []
