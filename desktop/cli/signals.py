"""Being asked to end: by `kill`, by a service manager, by a terminal that closes."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

from desktop.cli.output import Terminated

Result = TypeVar("Result")


def run_until_signal(work: Coroutine[Any, Any, Result]) -> Result:
    """Run this to its end in an event loop; on a signal cancel it, so that it can close what it has open.

    Raises:
        Terminated: SIGTERM, or SIGHUP unless it is ignored as under `nohup`.
        KeyboardInterrupt: Ctrl+C.
    """
    received: list[int] = []

    async def supervised() -> Result:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None, "a coroutine is run in a task"

        def end(number: int) -> None:
            received.append(number)
            task.cancel()

        if sys.platform != "win32":
            for number in (signal.SIGTERM, signal.SIGHUP):
                if signal.getsignal(number) is signal.SIG_DFL:
                    loop.add_signal_handler(number, end, number)
        return await work

    running = supervised()
    try:
        return asyncio.run(running)
    except asyncio.CancelledError:
        if received:
            raise Terminated(received[0]) from None
        raise
    finally:
        running.close()  # where no event loop could be had
        work.close()
