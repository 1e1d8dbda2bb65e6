"""What a tool may use of the program and the computer; tests hand in fakes."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from desktop.base.message import Message
from desktop.tools.timers import Timers


def _local_now() -> datetime:
    return datetime.now(UTC).astimezone()


def _unheard(done: float, total: float, words: str) -> None:
    """Nobody asks how far a call is."""


@dataclass(frozen=True, slots=True)
class ToolContext:
    """The functions a tool may use. All are called on the event loop's thread, except `now`."""

    ring: Callable[[str], None]
    """Rings for a timer that is due; takes its label."""
    confirm: Callable[[Message], Awaitable[bool]]
    """Asks the user a question; cancelled when the tool is stopped before the answer."""
    open_url: Callable[[str], bool]
    """Opens a web address in the browser; False when there is none to open it in."""
    now: Callable[[], datetime] = _local_now
    """The time, with the local zone."""
    random: random.Random = field(default_factory=random.SystemRandom)
    timers: Timers = field(default_factory=Timers)
    """The running timers. They outlive a session: the maker of the context closes them."""
    report: Callable[[float, float, str], None] = _unheard
    """Tells how far this call is: done, of how much (0 if that isn't known), in what words."""
