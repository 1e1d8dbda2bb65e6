"""The transport to a server at an address (streamable HTTP)."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx2
from mcp.client._transport import TransportStreams
from mcp.client.streamable_http import streamable_http_client

from desktop.tools.mcp.lines import LONGEST
from desktop.tools.mcp.messages import ServerSpec

CONNECT_S = 10.0
READ_S = 300.0
"""A server may hold its stream of news open without a word for minutes."""


@asynccontextmanager
async def connect(spec: ServerSpec) -> AsyncGenerator[TransportStreams, None]:
    """Reach it. Redirects to another origin are not followed: the headers may hold a secret."""
    timeout = httpx2.Timeout(CONNECT_S, read=READ_S)
    async with httpx2.AsyncClient(headers=dict(spec.headers), timeout=timeout) as client:
        async with streamable_http_client(
            spec.url, http_client=client, max_sse_event_size=LONGEST
        ) as streams:
            yield streams
