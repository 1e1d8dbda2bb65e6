"""A task has an owner: it is kept, its errors are reported, and it ends with its owner."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

from desktop.base.task_set import TaskSet


async def forever() -> None:
    await asyncio.Event().wait()


async def test_a_task_is_kept_until_it_is_done():
    tasks, go = TaskSet(), asyncio.Event()
    done: list[str] = []

    async def work() -> None:
        await go.wait()
        done.append("done")

    tasks.spawn(work(), name="work")
    await asyncio.sleep(0)
    gc.collect()
    assert [task.get_name() for task in tasks] == ["work"]
    go.set()
    assert await tasks.join()
    assert (done, len(tasks)) == (["done"], 0)


async def test_an_error_is_reported_at_once():
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    tasks = TaskSet()

    async def fail() -> None:
        raise ValueError("no")

    tasks.spawn(fail(), name="failing")
    await tasks.join()
    await asyncio.sleep(0)
    assert [(each["message"], str(each["exception"])) for each in reported] == [("failing failed", "no")]


async def test_closing_cancels_and_waits():
    tasks, ended = TaskSet(), asyncio.Event()

    async def work() -> None:
        try:
            await forever()
        finally:
            await asyncio.sleep(0)
            ended.set()

    tasks.spawn(work())
    await asyncio.sleep(0)
    await tasks.close()
    assert ended.is_set()


async def test_waiting_ends_in_time():
    tasks = TaskSet()
    tasks.spawn(forever())
    assert not await tasks.join(within_s=0.001)
    await tasks.close()


async def test_nothing_begins_after_the_end():
    tasks = TaskSet()
    tasks.cancel()
    assert tasks.spawn(forever()) is None
    assert len(tasks) == 0
