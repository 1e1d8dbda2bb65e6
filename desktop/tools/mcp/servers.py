"""The servers, by name: carries out what the program orders."""

from __future__ import annotations

import asyncio
from typing import assert_never

from desktop import __version__
from desktop.tools.child_pipe import ChildPipe
from desktop.tools.mcp.life import ServerLife
from desktop.tools.mcp.messages import Call, Cancel, Failure, Order, Start, State, Stop
from desktop.tools.mcp.stdio import kill_all

END_S = 3.2
"""How long the servers may take to end, all at once."""


class Servers:
    """Runs them until the program wants no more."""

    def __init__(self, pipe: ChildPipe) -> None:
        self._pipe = pipe
        self._lives: dict[str, ServerLife] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._over = asyncio.Event()

    async def run(self) -> None:
        """Serve until standard input closes, then end all of them."""
        self._pipe.listen(self._receive, self._over.set, Order)
        await self._over.wait()
        for name in list(self._lives):
            self._stop(name)
        if self._ending:
            await asyncio.wait(self._ending, timeout=END_S)
        kill_all()

    def _receive(self, order: Order) -> None:
        match order:
            case Start(server=spec, sign_in=sign_in):
                self._stop(spec.name)
                life = self._lives[spec.name] = ServerLife(
                    spec, self._pipe.send, __version__, sign_in=sign_in
                )
                life.start()
            case Stop(name=name):
                self._stop(name)
                self._pipe.send(State(name=name, phase="off"))
            case Call():
                if found := self._lives.get(order.server):
                    found.call(order)
                else:
                    self._pipe.send(Failure(id=order.id, reason="exited"))
            case Cancel(id=id):
                for life in self._lives.values():
                    life.cancel(id)
            case _:
                assert_never(order)

    def _stop(self, name: str) -> None:
        if life := self._lives.pop(name, None):
            task = asyncio.create_task(life.stop())
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
