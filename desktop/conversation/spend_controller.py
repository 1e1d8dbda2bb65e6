"""What the conversation costs as it goes on: priced, added up, and compared with budgets."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.conversation.usage_meter import UsageMeter
from desktop.cost import turn_cost
from desktop.cost.budget import Budget, Limits, Standing
from desktop.cost.ledger import Ledger
from desktop.cost.money import Money, as_price
from desktop.cost.prices import UNKNOWN, Prices
from desktop.cost.table import prices_of
from desktop.cost.turn_cost import Cost
from desktop.cost.usage import Usage
from desktop.protocol.catalog import Model
from desktop.realtime.connection import Frame
from desktop.realtime.quiet_spell import NOTHING_SAVED
from desktop.realtime.session_events import SessionOpened
from desktop.recording import spend_file
from desktop.turn import effects
from desktop.turn.effects import DisplayState, Note
from desktop.viewmodels.spend_report import SpendReport

TICK_MS = 5_000
"""How often open time is added up where it costs."""
SAVE_MS = 5_000
"""After a cost, at most this much later it is on the disk."""
CLOSE_S = 2.0

BUDGET_NEAR_SESSION = Text("budget-near-session", "{spent} of this session's budget of {limit} is spent.")
BUDGET_NEAR_DAY = Text("budget-near-day", "{spent} of today's budget of {limit} is spent.")
BUDGET_REACHED_SESSION = Text(
    "budget-reached-session",
    "This session's budget of {limit} is used up. What you say is kept, and sent when you go on.",
)
BUDGET_REACHED_DAY = Text(
    "budget-reached-day",
    "Today's budget of {limit} is used up. What you say is kept, and sent when you go on.",
)
RESTS_SAVING = Text("rests-saving", "Resting, which saves {price} a minute. Press to talk again.")

_CLOSED = (
    DisplayState.OFFLINE,
    DisplayState.ERROR,
    DisplayState.RESTING,
    DisplayState.RECONNECTING,
    DisplayState.CONNECTING,
)


class SpendController(QObject):
    """Listens to the frames and notices of all sessions. `start` it, and `close` it before the loop ends.

    Args:
        turn: gives the number of the turn that the service is responding to.
        limits: asked whenever something was spent.
        clock: seconds that never run backwards.
        today: the date by the user's calendar.
    """

    changed = Signal()
    """Another amount."""
    turn_changed = Signal(int, object)
    """A turn's number and its `cost.ledger.Total`."""
    noted = Signal(Note)
    settled = Signal()
    """What was said of a budget is true no longer."""
    reached = Signal()
    """A budget is used up: no new turn is to begin."""

    def __init__(
        self,
        turn: Callable[[], int],
        limits: Callable[[], Limits],
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], date] = date.today,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.ledger = Ledger()
        self.forecast: Cost | None = None
        """What the next turn's context costs again; None where that isn't known."""
        self._turn, self._limits, self._today = turn, limits, today
        self._budget = Budget()
        self._meter = UsageMeter(clock)
        self._model, self._prices = "", UNKNOWN
        self._told: set[tuple[str, str]] = set()
        self._loaded = False
        self._tasks = TaskSet()
        self._ticks = QTimer(self, interval=TICK_MS)
        self._ticks.timeout.connect(self.tick)
        self._saves = QTimer(self, interval=SAVE_MS, singleShot=True)
        self._saves.timeout.connect(lambda: self._tasks.spawn(self._save(), name="spend"))

    @property
    def prices(self) -> Prices:
        """Those of the open session, or of the last one."""
        return self._prices

    @property
    def standing(self) -> Standing:
        """How far the budgets are used up."""
        return self._budget.standing(self._limits(), self.ledger, self._today())

    @property
    def holds(self) -> bool:
        """Whether no new turn may begin."""
        return self.standing.level == "reached"

    @property
    def today(self) -> date:
        """The day that is spent on now."""
        return self._today()

    @property
    def saved(self) -> Money:
        """What resting has saved in this session."""
        return Money(turn_cost.of_open_ms(self._meter.rested_ms, self._prices), self._prices.currency)

    @property
    def report(self) -> SpendReport:
        """All the sums, as they are now."""
        ledger, limits, today = self.ledger, self._limits(), self._today()
        spent, by_day = ledger.session, ledger.day(today)
        return SpendReport(
            spent,
            by_day,
            self.forecast,
            self.saved,
            Money(limits.session, spent.most.currency),
            Money(limits.day, by_day.most.currency),
            tuple(ledger.turns.items()),
            tuple(ledger.by_day()),
            tuple(ledger.by_model()),
        )

    def words_for_hold(self) -> Message:
        """Why no new turn begins."""
        standing = self.standing
        text = BUDGET_REACHED_DAY if standing.of == "day" else BUDGET_REACHED_SESSION
        return text(limit=standing.limit.worded())

    def words_for_rest(self) -> Message:
        """Why the session rests, and what that saves."""
        if not self._prices.per_minute:
            return NOTHING_SAVED()
        return RESTS_SAVING(price=as_price(self._prices.per_minute, self._prices.currency))

    # What happens

    async def start(self) -> None:
        """Read what was spent before."""
        days = await in_daemon(spend_file.load)
        self.ledger.read_days(days)
        self._loaded = True
        self._look()
        self.changed.emit()

    def begin_session(self) -> None:
        """Another conversation: its session has a sum and a budget of its own."""
        self.ledger.begin_session()
        self._budget.begin_session()
        self._meter.begin_session()
        self._told = {told for told in self._told if told[1] == "day"}
        self.forecast = None
        self.settled.emit()
        self._look()
        self.changed.emit()

    def open(self, opened: SessionOpened, model: Model) -> None:
        """A connection is open, with this model."""
        self.tick()
        self._model, self._prices = model.id, prices_of(model)
        self._meter.open(model.provider, opened)
        if self._prices.by_the_minute:
            self._ticks.start()
        self._look()

    def frame(self, frame: Frame) -> None:
        """A frame went out or came in."""
        if used := self._meter.frame(frame):
            self._charge_usage(used)
        if self._meter.take_message() and self._prices.per_message:
            self._charge(turn_cost.of_message(self._prices))

    def observe(self, notice: effects.Notice) -> None:
        """A notice of the session: time costs only while it is open."""
        match notice:
            case effects.StateChanged(state) if state in _CLOSED:
                self.tick()
                self._ticks.stop()
                self._meter.shut(rests=state is DisplayState.RESTING)
            case _:
                pass

    def tick(self) -> None:
        """Add up the open time so far."""
        before, now = self._meter.advance()
        cost = turn_cost.of_open_ms(now, self._prices) - turn_cost.of_open_ms(before, self._prices)
        if cost > 0:
            self._charge(Cost(cost, self._prices.currency))

    def go_on(self) -> None:
        """The user goes on past the budget, in this session and on this day."""
        self._budget.go_on(self._today())
        self.settled.emit()
        self.changed.emit()

    def limits_changed(self) -> None:
        """The settings have other budgets."""
        self._told.clear()
        self.settled.emit()
        self._look()
        self.changed.emit()

    async def close(self) -> None:
        """Add up what is open, and write it all."""
        self.tick()
        self._ticks.stop()
        self._saves.stop()
        await self._tasks.join(CLOSE_S)
        await self._save()

    def _charge_usage(self, used: Usage) -> None:
        self._charge(turn_cost.of_usage(used, self._prices))
        if not self._meter.totals_only:
            self.forecast = turn_cost.forecast(used, self._prices)
        self.tick()

    def _charge(self, cost: Cost) -> None:
        number = self._turn()
        self.ledger.add(number, self._model, self._today(), cost)
        if number in self.ledger.turns:
            self.turn_changed.emit(number, self.ledger.turns[number].copy())
        if self._loaded and not self._saves.isActive():
            self._saves.start()
        self._look()
        self.changed.emit()

    def _look(self) -> None:
        """Tell the user once that a budget is nearly used up; that it is, is told by who holds the turn."""
        standing = self.standing
        key = (standing.level, standing.of)
        if standing.level == "reached":
            self.reached.emit()
        if standing.level != "near" or key in self._told:
            return
        self._told.add(key)
        text = BUDGET_NEAR_DAY if standing.of == "day" else BUDGET_NEAR_SESSION
        words = text(spent=standing.spent.worded(), limit=standing.limit.worded())
        self.noted.emit(Note("warning", words, subject="budget"))

    async def _save(self) -> None:
        # Nothing that was not read yet may be overwritten.
        if self._loaded:
            days = self.ledger.to_builtins()
            await in_daemon(lambda: spend_file.save(days))
