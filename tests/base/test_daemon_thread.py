"""Blocking work beside the loop."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref

import pytest

from desktop.base.daemon_thread import in_daemon


async def test_the_result_and_the_error_come_back():
    assert await in_daemon(lambda: 6 * 7) == 42
    with pytest.raises(ZeroDivisionError):
        await in_daemon(lambda: 1 // 0)


class Held:
    """An object that only the work holds."""


async def test_what_the_work_held_never_dies_in_its_thread_after_the_end_was_told():
    places: list[str] = []

    def work(held: Held) -> Held:
        return held

    for _ in range(300):
        held = Held()
        weakref.finalize(held, lambda: places.append(threading.current_thread().name))
        task = asyncio.ensure_future(in_daemon(lambda held=held: work(held)))
        del held
        result = await task
        del task
        del result
    gc.collect()
    assert set(places) == {"MainThread"}
