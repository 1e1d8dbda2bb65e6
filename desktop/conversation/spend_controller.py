"""What the conversation costs as it goes on: priced, added up, and compared with budgets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from datetime import date

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.conversation.session_costs import SessionCosts
from desktop.cost.budget import Budget, Limits, Standing
from desktop.cost.days import Days
from desktop.cost.ledger import Ledger
from desktop.cost.money import Money, as_price
from desktop.cost.prices import Prices
from desktop.cost.turn_cost import Cost
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
        self._turn, self._limits, self._today = turn, limits, today
        self._budget = Budget()
        self._costs = SessionCosts(clock)
        self._unsaved = Days()
        """What is in the ledger and not on the disk."""
        self._saving = asyncio.Lock()
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
        return self._costs.prices

    @property
    def forecast(self) -> Cost | None:
        """What the next turn's context costs again; None where that isn't known."""
        return self._costs.forecast

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
        return self._costs.saved

    @property
    def report(self) -> SpendReport:
        """All the sums, as they are now."""
        ledger, limits, today = self.ledger, self._limits(), self._today()
        spent, by_day = ledger.session, ledger.days.on(today)
        return SpendReport(
            spent,
            by_day,
            self.forecast,
            self.saved,
            Money(limits.session, spent.most.currency),
            Money(limits.day, by_day.most.currency),
            tuple(ledger.turns.items()),
            tuple(ledger.days.by_day()),
            tuple(ledger.days.by_model()),
        )

    def words_for_hold(self) -> Message:
        """Why no new turn begins."""
        standing = self.standing
        text = BUDGET_REACHED_DAY if standing.of == "day" else BUDGET_REACHED_SESSION
        return text(limit=standing.limit.worded())

    def words_for_rest(self) -> Message:
        """Why the session rests, and what that saves."""
        if not self.prices.per_minute:
            return NOTHING_SAVED()
        return RESTS_SAVING(price=as_price(self.prices.per_minute, self.prices.currency))

    # What happens

    async def start(self) -> None:
        """Read what was spent before."""
        self._take_days(await in_daemon(spend_file.load))
        self._loaded = True

    def begin_session(self) -> None:
        """Another conversation: its session has a sum and a budget of its own."""
        self.ledger.begin_session()
        self._budget.begin_session()
        self._costs.begin_session()
        self._told = {told for told in self._told if told[1] == "day"}
        self.settled.emit()
        self._look()
        self.changed.emit()

    def open(self, opened: SessionOpened, model: Model) -> None:
        """A connection is open, with this model."""
        self.tick()
        self._costs.open(opened, model)
        if self.prices.by_the_minute:
            self._ticks.start()
        self._save_soon()  # other programs have spent on this day too
        self._look()

    def frame(self, frame: Frame) -> None:
        """A frame went out or came in."""
        self._charge(self._costs.frame(frame))

    def observe(self, notice: effects.Notice) -> None:
        """A notice of the session: time costs only while it is open."""
        match notice:
            case effects.StateChanged(state) if state in _CLOSED:
                self._charge(self._costs.shut(rests=state is DisplayState.RESTING))
                self._ticks.stop()
            case _:
                pass

    def tick(self) -> None:
        """Add up the open time so far."""
        self._charge(self._costs.tick())

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

    def _charge(self, costs: Iterable[Cost]) -> None:
        for cost in costs:
            number, model, today = self._turn(), self._costs.model, self._today()
            self.ledger.add(number, model, today, cost)
            self._unsaved.add(model, today, cost)
            if number in self.ledger.turns:
                self.turn_changed.emit(number, self.ledger.turns[number].copy())
            self._save_soon()
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

    def _save_soon(self) -> None:
        if self._loaded and not self._saves.isActive():
            self._saves.start()

    async def _save(self) -> None:
        # Nothing that was not read yet may be overwritten.
        if not self._loaded:
            return
        async with self._saving:
            spent, self._unsaved = self._unsaved, Days()
            days = await in_daemon(lambda: spend_file.add(spent))
            if days is None:
                spent.merge(self._unsaved)
                self._unsaved = spent
            else:
                self._take_days(days)

    def _take_days(self, days: Days) -> None:
        """These are on the disk, of all programs; what was spent meanwhile isn't."""
        days.merge(self._unsaved)
        self.ledger.days = days
        self._look()
        self.changed.emit()
