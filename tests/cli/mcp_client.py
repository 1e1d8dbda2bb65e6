"""`presstalk mcp` as a process, and the MCP library's own client of it."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO, Any

from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp_types import Implementation

from tests.cli.commands import KEY


@asynccontextmanager
async def presstalk_mcp(*words: str, client: str = "tester", **env: str) -> AsyncIterator[Client]:
    """The client, once it has said hello. What the process writes to stderr must be empty at its end."""
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "desktop", "mcp", *words],
        env={**os.environ, "OPPER_API_KEY": KEY, **env},
    )
    with tempfile.TemporaryFile("w+") as err:
        info = Implementation(name=client, version="1")
        async with Client(_over(parameters, err), client_info=info, cache=None) as made:
            yield made
        err.seek(0)
        assert err.read() == ""


def _over(parameters: StdioServerParameters, err: IO[str]) -> Any:
    return stdio_client(parameters, errlog=err)


async def ask(client: Client, tool: str, **arguments: Any) -> Any:
    """The result of a tool; the words of an error."""
    result = await client.call_tool(tool, arguments)
    if result.is_error:
        return result.content[0].text  # type: ignore[union-attr]
    return result.structured_content
