"""How often a session steps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from desktop.realtime.ticker import (
    AFTER_LATE_S,
    IDLE_STEP_S,
    REST_STEP_S,
    STEP_S,
    LoopTimer,
    Ticker,
)


class Bench:
    """A ticker whose timer is driven by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.pace = REST_STEP_S
        self.started: list[float] = []
        self.late: list[bool] = []
        self._callback: Callable[[], None] = lambda: None
        self.ticker = Ticker(lambda: self.late.append(self.ticker.late), lambda: self.pace, self)
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: self.now)

    def start(self, seconds: float, callback: Callable[[], None]) -> None:
        self.started.append(seconds)
        self._callback = callback

    def stop(self) -> None:
        self._callback = lambda: None

    def fire(self, after: float) -> None:
        self.now += after
        self._callback()


async def test_the_timer_is_set_only_when_the_pace_changes(monkeypatch):
    bench = Bench(monkeypatch)
    bench.ticker.start()
    bench.fire(REST_STEP_S)
    bench.pace = STEP_S
    for _ in range(5):
        bench.fire(STEP_S)
    bench.pace = IDLE_STEP_S
    bench.fire(STEP_S)
    assert bench.started == [REST_STEP_S, STEP_S, IDLE_STEP_S]
    assert len(bench.late) == 8
    assert not any(bench.late[:2])


async def test_a_step_after_a_stall_is_late_and_the_next_one_is_not(monkeypatch):
    bench = Bench(monkeypatch)
    bench.pace = STEP_S
    bench.ticker.start()
    bench.fire(STEP_S)
    before = bench.now
    bench.fire(1.0)
    assert bench.ticker.stalled_since == before
    bench.fire(AFTER_LATE_S)
    bench.fire(STEP_S)
    assert bench.late == [False, False, True, False, False]
    assert bench.started == [STEP_S, AFTER_LATE_S, STEP_S]


async def test_what_begins_during_a_rest_is_looked_at_soon(monkeypatch):
    bench = Bench(monkeypatch)
    bench.ticker.start()
    bench.ticker.wake()
    bench.pace = IDLE_STEP_S
    bench.fire(STEP_S)
    bench.ticker.wake()
    assert bench.started == [REST_STEP_S, STEP_S, IDLE_STEP_S]


async def test_nothing_is_late_that_was_stopped(monkeypatch):
    bench = Bench(monkeypatch)
    bench.ticker.start()
    bench.ticker.stop()
    bench.now += 60
    bench.ticker.start()
    assert bench.late == [False, False]
    assert bench.started == [REST_STEP_S, REST_STEP_S]


async def test_the_loops_timer_goes_on_after_a_failure():
    reported, calls, done = [], [], asyncio.Event()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    timer = LoopTimer()

    def call() -> None:
        calls.append(True)
        if len(calls) == 3:
            done.set()
        raise ValueError("a step")

    timer.start(0.001, call)
    async with asyncio.timeout(5):
        await done.wait()
    timer.stop()
    assert len(reported) == len(calls)
