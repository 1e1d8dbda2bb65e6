"""What was spent, as it is shown and exported: by turn, day and model."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from desktop.base.message import Message
from desktop.cost.ledger import OPEN_TIME
from desktop.cost.money import ABOUT, AND_MORE, NOT_KNOWN, Money
from desktop.cost.total import Total
from desktop.cost.turn_cost import Cost
from desktop.viewmodels.csv_cell import csv_cell
from desktop.viewmodels.wording import worded


@dataclass(frozen=True, slots=True)
class SpendReport:
    """The sums as they are now; turns in their order, days from the newest, models from the dearest."""

    session: Total = field(default_factory=Total)
    today: Total = field(default_factory=Total)
    forecast: Cost | None = None
    """What the next turn's context costs again; None where that isn't known."""
    saved: Money = field(default_factory=Money)
    """By resting."""
    session_budget: Money = field(default_factory=Money)
    """0: none."""
    day_budget: Money = field(default_factory=Money)
    turns: tuple[tuple[int, Total], ...] = ()
    days: tuple[tuple[date, Total], ...] = ()
    models: tuple[tuple[str, Total], ...] = ()


def message(total: Total) -> Message:
    """ "$0.12", "≈ $0.12" where it isn't exact, "—" where nothing is known."""
    if not total.known:
        return NOT_KNOWN()
    amounts = [money.worded() for money in total.money]
    words = amounts[0]
    for more in amounts[1:]:
        words = AND_MORE(first=words, second=more)
    return ABOUT(amount=words) if total.about else words


def words(total: Total) -> str:
    """The same in the user's language."""
    return worded(message(total))


def cost_words(cost: Cost | None) -> str:
    """A cost by itself."""
    total = Total()
    if cost is not None:
        total.add(cost)
    return words(total)


def to_csv(report: SpendReport) -> str:
    """A line for each turn, day and model and each currency; an amount that nobody knows is empty."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["of", "name", "amount", "currency", "estimated", "assumed", "unknown"])
    for kind, name, total in _rows(report):
        amounts = [(money.exactly(), money.currency) for money in total.money] or [("", "")]
        for amount, currency in amounts:
            marks = [int(total.estimated), int(total.assumed), total.unknown]
            writer.writerow([kind, name, amount, currency, *marks])
    return table.getvalue()


def _rows(report: SpendReport) -> Iterator[tuple[str, str, Total]]:
    for number, total in report.turns:
        yield "turn", "" if number == OPEN_TIME else str(number), total
    yield "session", "", report.session
    for day, total in report.days:
        yield "day", day.isoformat(), total
    for model, total in report.models:
        yield "model", csv_cell(model), total
