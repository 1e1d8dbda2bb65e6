"""The transport to a server at an address (streamable HTTP)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp.client._transport import TransportStreams
from mcp.client.streamable_http import streamable_http_client

from desktop.base.addresses import is_loopback
from desktop.tools.mcp.config import is_usable_url
from desktop.tools.mcp.failures import reason_of_status
from desktop.tools.mcp.lines import LONGEST
from desktop.tools.mcp.messages import Reason, ServerSpec
from desktop.tools.mcp.oauth import SignIn

CONNECT_S = 10.0
READ_S = 300.0
"""A server may hold its stream of news open without a word for minutes."""
GOODBYE_S = 1.0
"""How long a server may take to hear that its session is over."""

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
    """One connection to a server; `connect` is its transport for the SDK. `sign_in` signs its requests."""

    def __init__(self, spec: ServerSpec, sign_in: SignIn) -> None:
        self._spec = spec
        self._sign_in = sign_in
        self._own = any(name.lower() == "authorization" for name in spec.headers)
        self.refusal = 0
        """The code of the last answer that was a refusal; 0 without one. The SDK doesn't tell it."""

    def refused(self) -> tuple[Reason, str] | None:
        """Why it refused, or the sign-in failed; None if it didn't."""
        if self._sign_in.failure:
            return self._sign_in.failure, ""
        if self.refusal == 401 and not self._own:
            return "sign-in", ""
        return reason_of_status(self.refusal) if self.refusal else None

    @asynccontextmanager
    async def connect(self) -> AsyncGenerator[TransportStreams, None]:
        """Reach it. Redirects to another origin are not followed: the headers may hold a secret."""
        timeout = httpx2.Timeout(CONNECT_S, read=READ_S)
        hooks: dict[str, list[Any]] = {"request": [self._on_request], "response": [self._on_response]}
        headers = {**self._spec.headers, **PLAIN}
        auth = await self._sign_in.begin() if self._sign_in.wanted and not self._own else None
        try:
            async with (
                httpx2.AsyncClient(headers=headers, timeout=timeout, event_hooks=hooks, auth=auth) as client,
                streamable_http_client(
                    self._spec.url, http_client=client, max_sse_event_size=LONGEST
                ) as streams,
            ):
                yield streams
        finally:
            await self._sign_in.end()

    async def _on_request(self, request: httpx2.Request) -> None:
        """Where the server sends a sign-in must be as safe as the server, and never this computer instead."""
        host = request.url.host
        if not is_usable_url(str(request.url)) or (is_loopback(host) and not is_loopback(self._host)):
            raise httpx2.UnsupportedProtocol(f"it sends the sign-in to {host}, which isn't safe")
        if request.method == "DELETE":
            request.extensions["timeout"] = httpx2.Timeout(GOODBYE_S).as_dict()

    @property
    def _host(self) -> str:
        return httpx2.URL(self._spec.url).host

    async def _on_response(self, response: httpx2.Response) -> None:
        if response.request.method == "POST":  # a server needn't have a stream of news to be asked for
            self.refusal = response.status_code if response.status_code >= 400 else 0
        if response.headers.get("content-encoding", "identity") != "identity":
            raise httpx2.DecodingError("compressed, though it was asked not to be")
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            # The SDK reads such an answer whole; events it bounds itself.
            response.stream = Bounded(response.stream)
