"""Timers that ring on the event loop."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

MAX_RUNNING = 50
"""Timers at once. One more is refused: a model in a loop must not ring all evening."""


class TooManyTimersError(ValueError):
    """`MAX_RUNNING` timers run already."""


class TimerHandle(Protocol):
    """A scheduled call, as `loop.call_later` returns it."""

    def cancel(self) -> object:
        """Cancels the call."""


CallLater = Callable[..., TimerHandle]


@dataclass(frozen=True, slots=True)
class Timer:
    """One running timer."""

    id: str
    label: str
    rings_at: datetime


def _call_later(seconds: float, callback: Callable[..., object], *args: Any) -> TimerHandle:
    return asyncio.get_running_loop().call_later(seconds, callback, *args)


class Timers:
    """The running timers; `call_later` stands in for the running loop's in tests."""

    def __init__(self, call_later: CallLater = _call_later) -> None:
        self._call_later = call_later
        self._numbers = itertools.count(1)
        self._running: dict[str, tuple[Timer, TimerHandle]] = {}

    @property
    def running(self) -> tuple[Timer, ...]:
        """The timers that have not rung yet, the next one first."""
        return tuple(sorted((timer for timer, _ in self._running.values()), key=lambda t: t.rings_at))

    def start(self, seconds: float, label: str, now: datetime, ring: Callable[[str], None]) -> Timer:
        """A timer that calls `ring(label)` after so many seconds, unless it is cancelled before.

        Raises:
            TooManyTimersError: `MAX_RUNNING` of them run already.
        """
        if len(self._running) >= MAX_RUNNING:
            raise TooManyTimersError(f"{MAX_RUNNING} timers are running already; let one ring first")
        timer = Timer(f"timer-{next(self._numbers)}", label, now + timedelta(seconds=seconds))
        handle = self._call_later(seconds, self._ring, timer.id, ring)
        self._running[timer.id] = (timer, handle)
        return timer

    def cancel(self, timer_id: str) -> bool:
        """Cancels a timer; False when no timer of that id runs."""
        _, handle = self._running.pop(timer_id, (None, None))
        if handle is None:
            return False
        handle.cancel()
        return True

    def close(self) -> None:
        """Cancels all timers; none rings after this."""
        for timer_id in list(self._running):
            self.cancel(timer_id)

    def _ring(self, timer_id: str, ring: Callable[[str], None]) -> None:
        timer, _ = self._running.pop(timer_id)
        ring(timer.label)
