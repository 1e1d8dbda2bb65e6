"""Lets no new turn begin once a budget is used up. Nobody is cut off in the middle of a sentence."""

from __future__ import annotations

from collections.abc import Callable

from desktop.conversation.spend_controller import SpendController
from desktop.realtime.session import Session
from desktop.turn.effects import DisplayState

QUIET = (DisplayState.READY, DisplayState.INTERRUPTED, DisplayState.MUTED)
"""Nobody speaks, and nothing is expected: the connection can be closed."""


class BudgetGate:
    """Holds the session where it must; what the user says then is kept until `go_on`."""

    def __init__(self, spend: SpendController, session: Callable[[], Session | None]) -> None:
        self._spend = spend
        self._session = session
        self._held = False

    @property
    def held(self) -> bool:
        """Whether the session is held."""
        return self._held and self._session() is not None

    def before_turn(self) -> None:
        """The user is about to press or to type: it is kept if the budget is used up."""
        session = self._session()
        if session is not None and self._spend.holds and not self.held:
            self._held = session.hold(self._spend.words_for_hold())

    def look(self) -> None:
        """Hold the session as soon as nobody speaks: open time may cost, and hands-free needs no press."""
        session = self._session()
        if session is not None and session.state in QUIET:
            self.before_turn()

    def on_opened(self) -> None:
        """A connection is open, or none is wanted any more."""
        self._held = False

    def go_on(self) -> None:
        """The user goes on past the budget: what was kept is sent."""
        self._spend.go_on()

    def release(self) -> None:
        """A budget may hold no longer: the user goes on, or has changed it."""
        session = self._session()
        if session is not None and self._held and not self._spend.holds:
            self._held = False
            session.reconnect_now()
