"""The transport to a server at an address (streamable HTTP)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp.client._transport import TransportStreams
from mcp.client.streamable_http import streamable_http_client

from desktop.tools.mcp.lines import LONGEST
from desktop.tools.mcp.messages import ServerSpec

CONNECT_S = 10.0
READ_S = 300.0
"""A server may hold its stream of news open without a word for minutes."""


PLAIN = {"accept-encoding": "identity"}
"""A few hundred bytes that are unpacked can be gigabytes."""


class Bounded(httpx2.AsyncByteStream):
    """The bytes of an answer, LONGEST of them at most: then httpx2.DecodingError."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = LONGEST
        async for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                raise httpx2.DecodingError("its answer is too long")
            yield chunk

    async def aclose(self) -> None:
        """Read no more."""
        await self._stream.aclose()


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
                headers={**self._spec.headers, **PLAIN}, timeout=timeout, event_hooks=hooks
            ) as client,
            streamable_http_client(self._spec.url, http_client=client, max_sse_event_size=LONGEST) as streams,
        ):
            yield streams

    async def _on_response(self, response: httpx2.Response) -> None:
        if response.status_code >= 400:
            self.refusal = response.status_code
        if response.headers.get("content-encoding", "identity") != "identity":
            raise httpx2.DecodingError("compressed, though it was asked not to be")
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            # The SDK reads such an answer whole; events it bounds itself.
            response.stream = Bounded(response.stream)
