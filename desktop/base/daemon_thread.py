"""Blocking work that may never end, off the loop: it must not hold up the program's exit."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


async def in_daemon(work: Callable[[], T]) -> T:
    """The result of `work`, run in a thread that dies with the program.

    For work that waits for a person, such as a keychain that has to be unlocked. The executor's threads are
    joined at the exit and would wait for it.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()
    # The thread must not be the last to hold anything: a Qt object would die in the wrong thread with it, its
    # timers too (seen as a crash). So everything is handed over, and `settle` empties what both can reach.
    handed: list[object] = [work]
    waiting = weakref.ref(done)
    del work

    def settle() -> None:
        result, error = cast("tuple[T, Exception | None]", handed.pop())
        handed.clear()
        future = waiting()
        if future is None or future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)

    def run() -> None:
        _work(handed)
        try:
            loop.call_soon_threadsafe(settle)
        except RuntimeError:
            pass  # the loop is closed: nobody is waiting any more

    threading.Thread(target=run, name="background", daemon=True).start()
    return await done


def _work(handed: list[Any]) -> None:
    """Store the outcome of the work: a result and no error, or the error."""
    try:
        handed.append((handed[0](), None))
    except Exception as exc:
        handed.append((None, exc))  # raised where it is awaited
