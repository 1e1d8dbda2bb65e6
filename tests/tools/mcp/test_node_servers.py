"""Against servers written for Node by others: pictures, structured results, progress, and streamable HTTP."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from desktop.tools.approval import ByHand
from desktop.tools.context import ToolContext
from desktop.tools.mcp.config import ServerConfig
from desktop.tools.registry import PicturesResult, Registry, ToolError
from desktop.tools.runner import ToolRunner
from tests.tools.mcp.conftest import DEADLINE_S, Servers

MODULES = Path(__file__).parents[2] / "node" / "node_modules" / "@modelcontextprotocol"
EVERYTHING = str(MODULES / "server-everything" / "dist" / "index.js")
FILES = str(MODULES / "server-filesystem" / "dist" / "index.js")
NODE = shutil.which("node") or ""

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(
        not NODE or not Path(EVERYTHING).exists() or not Path(FILES).exists(),
        reason="npm isn't here or could not install the servers for Node: `make test` tries to, where npm is",
    ),
]


def local(path: str, *args: str, name: str = "node") -> ServerConfig:
    return ServerConfig(name, NODE, (path, *args), timeout_s=DEADLINE_S)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def remote() -> AsyncIterator[ServerConfig]:
    """`server-everything` by HTTP."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(NODE, EVERYTHING, "streamableHttp"),
        env={**os.environ, "PORT": str(port)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr
    async with asyncio.timeout(DEADLINE_S):
        while b"listening" not in (await process.stderr.readline()):
            pass
    yield ServerConfig("far", url=f"http://127.0.0.1:{port}/mcp", timeout_s=DEADLINE_S)
    process.kill()
    await process.wait()


@pytest.mark.parametrize("way", ["stdio", "HTTP"])
async def test_all_kinds_of_results(servers: Servers, remote: ServerConfig, way: str) -> None:
    server = remote if way == "HTTP" else local(EVERYTHING)
    await servers.ready(server)
    assert await servers.call(server, "echo", message="hi") == {"result": "Echo: hi"}
    weather = await servers.call(server, "get-structured-content", location="New York")
    assert set(weather) == {"temperature", "conditions", "humidity"}
    picture = await servers.call(server, "get-tiny-image")
    assert isinstance(picture, PicturesResult)
    assert picture.value["pictures"][0].startswith("image/png")
    assert picture.pictures[0].startswith("iVBOR")
    with pytest.raises(ToolError, match="Invalid"):
        await servers.call(server, "get-sum", a="x")


@pytest.mark.parametrize("way", ["stdio", "HTTP"])
async def test_progress_is_told(
    servers: Servers, remote: ServerConfig, way: str, context: ToolContext
) -> None:
    server = remote if way == "HTTP" else local(EVERYTHING)
    await servers.ready(server)
    info = next(one for one in servers[server.name].tools if one.name == "trigger-long-running-operation")
    tool = servers.all.tool(server, info, "it")
    told: list[tuple[float, float, str]] = []
    runner = ToolRunner(Registry(tool), context, ByHand())
    outcome = await runner.run(
        "c1", "it", {"duration": 0.5, "steps": 2}, reported=lambda *said: told.append(said)
    )
    assert "completed" in outcome.result["result"]
    assert told[-1][:2] == (2.0, 2.0)


async def test_files_are_read_where_they_may_be(servers: Servers, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("remember", encoding="utf-8")
    server = local(FILES, str(tmp_path))
    await servers.ready(server)
    assert "remember" in str(await servers.call(server, "read_text_file", path=str(tmp_path / "note.txt")))
    with pytest.raises(ToolError, match="denied"):
        await servers.call(server, "read_text_file", path="/etc/passwd")


async def test_a_call_that_is_cancelled_leaves_the_server_to_the_others(servers: Servers) -> None:
    server = local(EVERYTHING)
    await servers.ready(server)
    told = asyncio.Event()
    long = {"duration": 600, "steps": 6_000}
    call = asyncio.create_task(
        servers.all.call(server, "trigger-long-running-operation", long, lambda *_: told.set())
    )
    async with asyncio.timeout(DEADLINE_S):
        await told.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await servers.call(server, "echo", message="on") == {"result": "Echo: on"}
