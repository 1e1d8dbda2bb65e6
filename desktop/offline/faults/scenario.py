"""What a scenario is: a fault, and the moment in a session at which it happens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum

import msgspec
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Response

from desktop.offline.faults.peer import Peer

Fault = Callable[[Peer], Awaitable[None]]
Upgrade = Callable[[ServerConnection, int, float], Awaitable[Response | None]]
"""Handles the upgrade of this number, from 1, at this pace of waits; a returned response refuses it."""


class FaultMoment(Enum):
    """When the fault is played; the rest of the session goes well, as far as there is one."""

    START = "instead of session.started"
    IDLE = "when the session has started"
    TAKE = "when the first audio of a take has come"
    COMMIT = "when a take was committed"
    ANSWER = "instead of an answer"
    TOOL = "when the model has called a tool"


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """One way to go wrong. The fault is played once on each of the first `times` connections."""

    name: str
    about: str
    """One line that begins with what the service does."""
    moment: FaultMoment = FaultMoment.IDLE
    fault: Fault | None = None
    upgrade: Upgrade | None = None
    listens: bool = True
    """Whether anything listens at the address."""
    times: int = 1
