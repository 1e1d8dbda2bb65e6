"""Waits that end early."""

from __future__ import annotations

import asyncio

import pytest

from desktop.base.message import verbatim
from desktop.realtime._wake_up import WakeUp
from desktop.realtime.errors import UnreachableError


async def test_a_wait_ends_when_it_is_triggered():
    wake_up = WakeUp()
    waiting = asyncio.create_task(wake_up.wait(60))
    await asyncio.sleep(0)
    wake_up.trigger()
    assert await asyncio.wait_for(waiting, 5)


async def test_what_was_triggered_before_a_reset_ends_no_wait():
    wake_up = WakeUp()
    wake_up.trigger()
    assert wake_up.triggered
    wake_up.reset()
    assert not wake_up.triggered
    assert not await wake_up.wait(0.001)


async def test_work_that_ends_on_its_own_has_its_result():
    async def work() -> int:
        return 7

    assert await WakeUp().interruptible(work()) == 7


async def test_an_error_of_the_work_is_raised():
    async def work() -> None:
        raise UnreachableError(verbatim("Nobody is there."))

    with pytest.raises(UnreachableError):
        await WakeUp().interruptible(work())


@pytest.mark.parametrize("outer", [False, True])
async def test_interrupted_work_has_ended_when_it_returns(outer: bool):
    wake_up, begun, ended = WakeUp(), asyncio.Event(), []

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    task = asyncio.create_task(wake_up.interruptible(work()))
    await begun.wait()
    if outer:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    else:
        wake_up.trigger()
        assert await task is None
    assert ended == [True]
