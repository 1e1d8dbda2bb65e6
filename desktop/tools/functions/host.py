"""A file's process: runs the user's file and calls its functions. It ends with the program."""

from __future__ import annotations

import asyncio
import inspect
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, assert_never

import msgspec

from desktop.base import json_depth
from desktop.tools.child_pipe import ChildPipe
from desktop.tools.functions.messages import Call, Cancel, Fault, Load, Order, Raised, Returned
from desktop.tools.functions.reading import Functions
from desktop.tools.registry import ArgumentsError, convert_arguments

LARGEST_RESULT = 1_000_000
"""Bytes of a result as JSON. The model gets less."""


class FunctionHost:
    """Calls the functions of one file: coroutines on the loop, others in a thread each."""

    def __init__(self, pipe: ChildPipe) -> None:
        self._pipe = pipe
        self._functions = Functions()
        self._running: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Serve until standard input closes."""
        over = asyncio.Event()
        self._pipe.listen(self._receive, over.set, Order)
        await over.wait()

    def _receive(self, order: Order) -> None:
        match order:
            case Load(path=path):
                self._pipe.send(self._functions.load(Path(path)))
            case Call():
                task = asyncio.get_running_loop().create_task(self._finish(order))
                self._running[order.id] = task
                task.add_done_callback(lambda _: self._running.pop(order.id, None))
            case Cancel(id=id):
                if running := self._running.get(id):
                    running.cancel()
            case _:
                assert_never(order)

    async def _finish(self, call: Call) -> None:
        found = self._functions.by_name.get(call.function)
        if found is None:
            self._pipe.send(Raised(call.id, Fault(0, f"There is no function named {call.function}.")))
            return
        function, arguments = found
        try:
            struct = convert_arguments(arguments, call.arguments)
            values = {name: getattr(struct, name) for name in struct.__struct_fields__}
            if inspect.iscoroutinefunction(function):
                value = await function(**values)
            else:
                value = await _in_thread(lambda: function(**values))
            plain = msgspec.to_builtins(value, enc_hook=str)
            if len(msgspec.json.encode(plain)) > LARGEST_RESULT:
                raise ValueError(f"the result has more than {LARGEST_RESULT} bytes")
            if json_depth.is_deep(plain, json_depth.INNER):
                raise ValueError(f"the result is nested more than {json_depth.INNER} deep")
        except asyncio.CancelledError:
            raise
        except ArgumentsError as exc:
            self._pipe.send(Raised(call.id, Fault(0, str(exc))))
        except BaseException as exc:  # also SystemExit: the file's next call goes on
            self._pipe.send(Raised(call.id, self._functions.fault(exc)))
        else:
            self._pipe.send(Returned(call.id, plain))


async def _in_thread(work: Callable[[], Any]) -> Any:
    """Its result. Not the executor's threads: one that never ends would hold up the next calls."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()

    def settle(value: Any, error: BaseException | None) -> None:
        if not done.done():
            done.set_exception(error) if error else done.set_result(value)

    def run() -> None:
        try:
            value = work()
        except BaseException as exc:
            # A future takes no StopIteration, and a SystemExit would end the loop.
            error = exc if isinstance(exc, Exception) and not isinstance(exc, StopIteration) else None
            wrapped = error or RuntimeError(f"{type(exc).__name__}: {exc}").with_traceback(exc.__traceback__)
            loop.call_soon_threadsafe(settle, None, wrapped)
        else:
            loop.call_soon_threadsafe(settle, value, None)

    threading.Thread(target=run, daemon=True).start()
    return await done


def main() -> None:
    """Serve one file until standard input closes."""
    asyncio.run(FunctionHost(ChildPipe()).run())
    os._exit(0)  # threads may run on for ever


if __name__ == "__main__":
    main()
