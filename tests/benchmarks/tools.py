"""Tools of MCP servers: what a call costs besides the tool itself, and what a hundred of them weigh."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from desktop.tools.mcp.client import McpServers
from desktop.tools.mcp.config import ServerConfig
from desktop.tools.registry import Registry
from tests.benchmarks.figures import Figure, figure

SERVERS, TOOLS = 5, 20
CALLS = 300
CALL_MS = 5.0
"""From the call to its result, with a server that does nothing, through both processes and back."""
MOST_MB = 40.0
WITHIN_S = 60.0
STEP_S = 0.005
GAP_MS = 50.0
"""Longer, and somebody sees it."""
ROUGH = Path(__file__).parents[1] / "tools" / "mcp" / "rough_server.py"


def measure() -> Iterator[Figure]:
    """The figures."""
    yield from asyncio.run(_collected())


async def _collected() -> list[Figure]:
    return [one async for one in _measured()]


async def _measured() -> AsyncIterator[Figure]:
    changed = asyncio.Event()
    servers = McpServers(lambda _: "", changed.set)

    async def ready(count: int) -> None:
        async with asyncio.timeout(WITHIN_S):
            while [one.phase for one in servers.servers] != ["ready"] * count:
                changed.clear()
                await changed.wait()

    def weight_mb() -> float:
        gc.collect()
        pids = [None, servers.host_pid]
        return float(sum(psutil.Process(pid).memory_info().rss for pid in pids)) / 1e6

    configs = [
        ServerConfig(f"s{n}", sys.executable, (str(ROUGH), "twenty"), timeout_s=WITHIN_S)
        for n in range(SERVERS)
    ]
    plain = ServerConfig("plain", sys.executable, (str(ROUGH),), timeout_s=WITHIN_S)
    try:
        servers.use([plain])
        await ready(1)
        took = []
        for _ in range(CALLS):
            began = time.perf_counter()
            await servers.call(plain, "do", {"what": "at once"})
            took.append(1_000 * (time.perf_counter() - began))
        yield figure("a call of an MCP server's tool", took, "ms", CALL_MS)
        before = weight_mb()
        servers.use([plain, *configs])
        await ready(1 + SERVERS)
        registry = Registry()
        tools = servers.tools()
        registry.replace("mcp", [servers.tool(one, tool, f"{one.name}__{tool.name}") for one, tool in tools])
        for provider in ("openai", "xai", "gemini"):
            registry.definitions(provider)
        more = weight_mb() - before
        yield figure(f"{SERVERS * TOOLS} tools of {SERVERS} servers, in our processes", [more], "MB", MOST_MB)
        async with _gaps() as gaps:
            servers.use(
                [
                    plain,
                    *(ServerConfig(f"gone{n}", "no-such-program") for n in range(2)),
                    ServerConfig("many", sys.executable, (str(ROUGH), "many")),
                    ServerConfig("chatty", sys.executable, (str(ROUGH), "chatty")),
                    ServerConfig("floods", "sh", ("-c", "exec cat /dev/zero | tr '\\0' '\\n '; yes no")),
                ]
            )
            async with asyncio.timeout(WITHIN_S):
                while any(one.phase in ("off", "starting") for one in servers.servers):
                    changed.clear()
                    await changed.wait()
        # The window's loop is this kind of loop: what holds it up holds the window up.
        yield figure("the loop's longest gap while servers start, fail and flood", [max(gaps)], "ms", GAP_MS)
    finally:
        await servers.close()


@asynccontextmanager
async def _gaps() -> AsyncIterator[list[float]]:
    """By how many ms each of many short waits was too long."""
    gaps: list[float] = []

    async def look() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(STEP_S)
            gaps.append(1_000 * (time.perf_counter() - began - STEP_S))

    task = asyncio.create_task(look())
    try:
        yield gaps
    finally:
        task.cancel()
