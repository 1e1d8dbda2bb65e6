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


class HttpServer:
    """One connection to a server; `connect` is its transport for the SDK."""

    def __init__(self, spec: ServerSpec) -> None:
        self._spec = spec
        self.refusal = 0
        """The code of the last answer that was a refusal; 0 without one. The SDK doesn't tell it."""

    @asynccontextmanager
    async def connect(self) -> AsyncGenerator[TransportStreams, None]:
        """Reach it. Redirects to another origin are not followed: the headers may hold a secret."""
        timeout = httpx2.Timeout(CONNECT_S, read=READ_S)
        hooks = {"response": [self._on_response]}
        async with (
            httpx2.AsyncClient(
                headers=dict(self._spec.headers), timeout=timeout, event_hooks=hooks
            ) as client,
            streamable_http_client(self._spec.url, http_client=client, max_sse_event_size=LONGEST) as streams,
        ):
            yield streams

    async def _on_response(self, response: httpx2.Response) -> None:
        if response.status_code >= 400:
            self.refusal = response.status_code
