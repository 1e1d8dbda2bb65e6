"""Tasks with an owner: started by a signal or a callback, and cancelled and awaited at their owner's end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


class TaskSet:
    """Holds tasks until they are done, so that none is lost to the garbage collector.

    An error in a task goes to the loop's exception handler at once, and from there into the crash report.
    Nothing may be spawned after `cancel` or `close`: the coroutine is closed unstarted.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    def __len__(self) -> int:
        return len(self._tasks)

    def __iter__(self) -> Iterator[asyncio.Task[Any]]:
        return iter(tuple(self._tasks))

    def spawn(self, work: Coroutine[Any, Any, T], *, name: str = "") -> asyncio.Task[T] | None:
        """Run `work` beside everything else, on the running loop; None when the owner has ended."""
        if self._closed:
            work.close()
            return None
        task = asyncio.get_running_loop().create_task(work, name=name or None)
        self._tasks.add(task)
        task.add_done_callback(self._on_done)
        return task

    def cancel(self) -> None:
        """Cancel every task without waiting, and accept no more."""
        self._closed = True
        for task in self:
            task.cancel()

    async def close(self, within_s: float | None = None) -> None:
        """Cancel every task and wait until it has ended, `within_s` seconds at most."""
        self.cancel()
        await self.join(within_s)

    async def join(self, within_s: float | None = None) -> bool:
        """Wait for the tasks that run now; False when `within_s` seconds were not enough."""
        if not self._tasks:
            return True
        _, pending = await asyncio.wait(self._tasks, timeout=within_s)
        return not pending

    def _on_done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        if error := task.exception():
            context = {"message": f"{task.get_name()} failed", "exception": error, "task": task}
            task.get_loop().call_exception_handler(context)
