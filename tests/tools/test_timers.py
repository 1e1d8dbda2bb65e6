"""Timers: they ring once, in time, and not after they were dropped."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from desktop.tools.timers import MAX_RUNNING, Timers, TooManyTimersError
from tests.tools.conftest import NOON, World


@pytest.fixture
def timers(world: World) -> Timers:
    return Timers(world.clockwork.call_later)


def test_it_rings_when_due_and_is_gone(timers: Timers, world: World) -> None:
    timer = timers.start(300, "tea", NOON, world.rung.append)
    assert timer.rings_at == NOON + timedelta(minutes=5)
    assert [call.seconds for call in world.clockwork.due] == [300]
    assert timers.running == (timer,)
    world.clockwork.run_all()
    assert world.rung == ["tea"]
    assert len(timers.running) == 0


def test_the_next_one_is_listed_first(timers: Timers, world: World) -> None:
    for seconds, label in [(30, "late"), (10, "soon"), (20, "then")]:
        timers.start(seconds, label, NOON, world.rung.append)
    assert [timer.label for timer in timers.running] == ["soon", "then", "late"]
    assert len({timer.id for timer in timers.running}) == 3


def test_a_dropped_timer_does_not_ring(timers: Timers, world: World) -> None:
    tea, eggs = (timers.start(60, label, NOON, world.rung.append) for label in ("tea", "eggs"))
    assert timers.cancel(tea.id)
    assert not timers.cancel(tea.id)
    assert timers.running == (eggs,)
    world.clockwork.run_all()
    assert world.rung == ["eggs"]


def test_none_rings_after_close(timers: Timers, world: World) -> None:
    for label in ("tea", "eggs"):
        timers.start(60, label, NOON, world.rung.append)
    timers.close()
    assert timers.running == ()
    assert world.clockwork.due == []


def test_a_bell_that_fails_leaves_no_timer_behind(timers: Timers, world: World) -> None:
    def broken(label: str) -> None:
        raise OSError("no sound")

    timers.start(1, "tea", NOON, broken)
    with pytest.raises(OSError, match="no sound"):
        world.clockwork.run_all()
    assert timers.running == ()


def test_there_is_an_end_to_how_many(timers: Timers, world: World) -> None:
    for _ in range(MAX_RUNNING):
        timers.start(60, "x", NOON, world.rung.append)
    with pytest.raises(TooManyTimersError, match=str(MAX_RUNNING)):
        timers.start(60, "x", NOON, world.rung.append)
    assert len(world.clockwork.due) == MAX_RUNNING


async def test_it_rings_on_the_running_loop() -> None:
    rung: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    Timers().start(0.001, "tea", NOON, rung.set_result)
    async with asyncio.timeout(5):
        assert await rung == "tea"
