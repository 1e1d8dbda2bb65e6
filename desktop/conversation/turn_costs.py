"""What a turn without a window costs, added to the day that the window shows and has a budget for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import date

from desktop.base.daemon_thread import in_daemon
from desktop.base.shielded import shielded
from desktop.conversation.session_costs import SessionCosts
from desktop.cost.days import Days
from desktop.cost.turn_cost import Cost
from desktop.protocol.catalog import Model
from desktop.realtime.connection import Frame
from desktop.realtime.session_events import SessionOpened
from desktop.recording import spend_file
from desktop.turn import effects


class TurnCosts:
    """Prices the frames and notices of a session, and passes them on; `keep` writes what they have cost.

    `clock` gives seconds that never run backwards, `today` the date by the user's calendar; `charged` gets
    each cost.
    """

    def __init__(
        self,
        model: Model,
        observer: Callable[[effects.Notice], object],
        frames: Callable[[Frame], object],
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], date] = date.today,
        charged: Callable[[Cost], object] = lambda cost: None,
    ) -> None:
        self._model, self._today = model, today
        self._observer, self._frames, self._charged = observer, frames, charged
        self._costs = SessionCosts(clock)
        self._days = Days()
        # What can't be priced is said and heard all the same.
        self._price = shielded(self._charge_frame, "the price of a turn")

    def observe(self, notice: effects.Notice) -> None:
        """One notice of the session: each connection has a context of its own."""
        if isinstance(notice, SessionOpened):
            self._charge(self._costs.shut())
            self._costs.open(notice, self._model)
        self._observer(notice)

    def frame(self, frame: Frame) -> None:
        """A frame went out or came in."""
        self._price(frame)
        self._frames(frame)

    async def keep(self) -> None:
        """The session is over: add what it has cost. A disk that is full costs the figure only."""
        self._charge(self._costs.shut())
        days, self._days = self._days, Days()
        if days:
            await in_daemon(lambda: spend_file.add(days))

    def _charge_frame(self, frame: Frame) -> None:
        self._charge(self._costs.frame(frame))

    def _charge(self, costs: Iterable[Cost]) -> None:
        for cost in costs:
            self._charged(cost)
            # Nothing is nothing to be kept: the demo is free.
            if cost.picos != 0:
                self._days.add(self._model.id, self._today(), cost)
