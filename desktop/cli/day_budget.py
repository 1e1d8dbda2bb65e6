"""The day's budget on the command line, where there is no button to go on with: an option does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from desktop.base import paths
from desktop.cli.output import CommandError, print_problem
from desktop.conversation import settings_values
from desktop.cost.budget import Budget, Limits
from desktop.cost.ledger import Ledger
from desktop.protocol.catalog import Model
from desktop.recording import spend_file
from desktop.settings import files

USED_UP = (
    "Today's budget of {limit} is used up, so nothing was sent. "
    "Go on with --beyond-budget, or raise it in the settings."
)
SPENT = "{spent} of today's budget of {limit} is spent."


def look_for(models: Iterable[Model], *, beyond: bool = False) -> None:
    """As `look`, before turns with several models: one that costs is enough."""
    if paid := next((model for model in models if not model.offline), None):
        look(paid, beyond=beyond)


def look(model: Model, *, beyond: bool = False, today: Callable[[], date] = date.today) -> None:
    """Say before a turn that the window's day budget is nearly used up. Blocks.

    Args:
        model: the demo is free, and always answers.
        beyond: the user goes on past the budget.

    Raises:
        CommandError: it is used up.
    """
    if model.offline:
        return
    limits = Limits(day=settings_values.limits(files.look(paths.config())).day)
    if not limits.day:
        return
    standing = Budget().standing(limits, Ledger(days=spend_file.load()), today())
    if standing.level == "reached" and not beyond:
        raise CommandError(USED_UP.format(limit=standing.limit))
    if standing.level:
        print_problem(SPENT.format(spent=standing.spent, limit=standing.limit))
