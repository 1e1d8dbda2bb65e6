"""A context whose bell, browser, clock, dice and user the test controls."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from desktop.base.message import Message
from desktop.tools.context import ToolContext
from desktop.tools.timers import Timers

NOON = datetime(2026, 3, 1, 12, 5, 30, tzinfo=timezone(timedelta(hours=1), "CET"))


@dataclass
class Clockwork:
    """Stands in for the loop's `call_later`: nothing is due until the test says so."""

    due: list[ScheduledCall] = field(default_factory=list)

    def call_later(self, seconds: float, callback: Any, *args: Any) -> ScheduledCall:
        """Keep the call."""
        call = ScheduledCall(self, seconds, callback, args)
        self.due.append(call)
        return call

    def run_all(self) -> None:
        """Run every call, in order."""
        for call in sorted(self.due, key=lambda c: c.seconds):
            self.due.remove(call)
            call.callback(*call.args)


@dataclass(eq=False)
class ScheduledCall:
    """One call that waits for its time."""

    clockwork: Clockwork
    seconds: float
    callback: Any
    args: tuple[Any, ...]

    def cancel(self) -> None:
        """Drop it."""
        self.clockwork.due.remove(self)


@dataclass
class World:
    """What the tools did, and the user's answers."""

    answer: bool = True
    browser: bool = True
    rung: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    clockwork: Clockwork = field(default_factory=Clockwork)

    async def confirm(self, question: Message) -> bool:
        """The user answers."""
        self.asked.append(str(question))
        return self.answer

    def open_url(self, url: str) -> bool:
        """The browser opens."""
        self.opened.append(url)
        return self.browser


@pytest.fixture
def world() -> World:
    """A user who says yes, a browser that opens."""
    return World()


@pytest.fixture
def context(world: World) -> ToolContext:
    """A context in that world."""
    return ToolContext(
        ring=world.rung.append,
        confirm=world.confirm,
        open_url=world.open_url,
        now=lambda: NOON,
        random=random.Random(7),
        timers=Timers(world.clockwork.call_later),
    )
