from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest_asyncio

from desktop.tools.mcp.client import McpServers
from desktop.tools.mcp.config import ServerConfig
from desktop.tools.mcp.results import value_for_model
from desktop.tools.mcp.sign_ins import SignIns
from desktop.tools.mcp.status import ServerStatus

ROUGH = str(Path(__file__).with_name("rough_server.py"))
DEADLINE_S = 60.0
"""For a machine that has much else to do."""


def rough(habit: str = "", name: str = "rough", timeout_s: float = DEADLINE_S) -> ServerConfig:
    """The server of `rough_server`, with this habit."""
    return ServerConfig(name, sys.executable, (ROUGH, *([habit] if habit else ())), timeout_s=timeout_s)


def installed(program: str, *args: str, name: str = "real") -> ServerConfig:
    """A server that is installed beside the tests' Python."""
    return ServerConfig(name, str(Path(sys.executable).with_name(program)), args, timeout_s=DEADLINE_S)


class Servers:
    """`McpServers`, and waiting for what becomes of them."""

    def __init__(
        self, secrets: dict[str, str] | None = None, open_page: Callable[[str], bool] = lambda _: False
    ) -> None:
        self._changed = asyncio.Event()
        known = {} if secrets is None else secrets
        read = lambda name: known.get(name, "")  # noqa: E731
        sign_ins = SignIns(read, known.__setitem__, open_page)
        self.all = McpServers(read, self._changed.set, sign_ins=sign_ins)

    def __getitem__(self, name: str) -> ServerStatus:
        return next(status for status in self.all.servers if status.name == name)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    async def ready(self, *configs: ServerConfig) -> None:
        self.all.use(configs)
        await self.until(lambda: all(self[one.name].phase == "ready" for one in configs))

    async def failed(self, config: ServerConfig) -> ServerStatus:
        self.all.use([config])
        await self.until(lambda: self[config.name].phase == "failed")
        return self[config.name]

    async def call(self, config: ServerConfig, tool: str, **arguments: Any) -> Any:
        return value_for_model(tool, await self.all.call(config, tool, arguments))

    async def do(self, what: str, config: ServerConfig | None = None) -> Any:
        return (await self.call(config or rough(), "do", what=what))["result"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def servers() -> AsyncIterator[Servers]:
    """One process for a module's tests: it takes a second to start."""
    made = Servers({"tok": "s3cret-value"})
    yield made
    await made.all.close()
