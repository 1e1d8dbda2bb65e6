"""Prices what a session uses, as its frames come and its time goes on."""

from __future__ import annotations

from collections.abc import Callable

from desktop.conversation.usage_meter import UsageMeter
from desktop.cost import turn_cost
from desktop.cost.money import Money
from desktop.cost.prices import UNKNOWN, Prices
from desktop.cost.table import prices_of
from desktop.cost.turn_cost import Cost
from desktop.protocol.catalog import Model
from desktop.realtime.connection import Frame
from desktop.realtime.session_events import SessionOpened


class SessionCosts:
    """Each method gives what is to be charged now. `clock` gives seconds that never run backwards."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._meter = UsageMeter(clock)
        self.model = ""
        self.prices: Prices = UNKNOWN
        self.forecast: Cost | None = None
        """What the next turn's context costs again; None where that isn't known."""

    @property
    def saved(self) -> Money:
        """What resting has saved in this session."""
        return Money(turn_cost.of_open_ms(self._meter.rested_ms, self.prices), self.prices.currency)

    def begin_session(self) -> None:
        """Another conversation."""
        self._meter.begin_session()
        self.forecast = None

    def open(self, opened: SessionOpened, model: Model) -> None:
        """A connection is open, with this model. Tick before."""
        self.model, self.prices = model.id, prices_of(model)
        self._meter.open(model.provider, opened)

    def frame(self, frame: Frame) -> list[Cost]:
        """A frame went out or came in."""
        costs = []
        if used := self._meter.frame(frame):
            costs.append(turn_cost.of_usage(used, self.prices))
            if not self._meter.totals_only:
                self.forecast = turn_cost.forecast(used, self.prices)
            costs += self.tick()
        if self._meter.take_message() and self.prices.per_message:
            costs.append(turn_cost.of_message(self.prices))
        return costs

    def tick(self) -> list[Cost]:
        """The open time since the last call."""
        before, now = self._meter.advance()
        cost = turn_cost.of_open_ms(now, self.prices) - turn_cost.of_open_ms(before, self.prices)
        return [Cost(cost, self.prices.currency)] if cost > 0 else []

    def shut(self, *, rests: bool = False) -> list[Cost]:
        """The connection is closed; resting, what that saves is counted."""
        costs = self.tick()
        self._meter.shut(rests=rests)
        return costs
