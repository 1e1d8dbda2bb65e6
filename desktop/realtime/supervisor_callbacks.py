"""The callbacks of the connection's supervisor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Literal, NamedTuple

from desktop.protocol import events
from desktop.realtime.handshake import Opened
from desktop.turn import inputs
from desktop.turn.effects import TurnActivity

OpenReason = Literal["first", "reconnect", "renewal"]
"""Why a session was opened: it is the first of a run, one was lost, or one's time is nearly up."""


class SupervisorCallbacks(NamedTuple):
    """Called on the loop's thread; only `prepare`, which is awaited, may wait."""

    handle: Callable[[inputs.Input | events.Event], None]
    """A connection is being opened, an event of the server's came, the connection dropped."""
    prepare: Callable[[Opened], Awaitable[None]]
    """A session is open: prepare everything that must be ready before anything is sent on it."""
    opened: Callable[[Opened, OpenReason], None]
    """From now on everything is sent on this session."""
    activity: Callable[[], TurnActivity]
    """The turn's activity: a session is not replaced in the middle of it."""
    unanswered_turn: Callable[[], Hashable]
    """What the next session will be sent again, equal for the same; None for nothing."""
    not_renewed: Callable[[], None]
    """No other session could be opened: the present one continues."""
