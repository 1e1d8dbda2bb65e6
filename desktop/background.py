"""Blocking work that may never end, off the loop: it must not hold up the program's exit."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def in_daemon(work: Callable[[], T]) -> T:
    """The result of `work`, run in a thread that dies with the program.

    For what waits on somebody: a keychain that asks to be unlocked. The executor's threads are joined at
    the exit and would wait for it.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()
    # What the thread holds must be let go before the loop hears of the end: else the thread may be the last
    # to hold a Qt object, which then dies in the wrong thread, its timers with it (seen as a crash).
    waiting: list[Callable[[], T]] = [work]
    ended: list[tuple[T | None, Exception | None]] = []
    del work

    def settle() -> None:
        result, error = ended.pop()
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        ended.append(_outcome(waiting.pop()))
        try:
            loop.call_soon_threadsafe(settle)
        except RuntimeError:
            pass  # the loop is closed: nobody waits any more

    threading.Thread(target=run, name="background", daemon=True).start()
    return await done


def _outcome(work: Callable[[], T]) -> tuple[T | None, Exception | None]:
    try:
        return work(), None
    except Exception as exc:
        return None, exc  # raised where it is awaited
