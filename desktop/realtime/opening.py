"""Opening the socket: through the proxy if there is one, and along redirects within the same origin."""

from __future__ import annotations

import asyncio
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.uri import parse_uri

from desktop.base.addresses import host_of, is_loopback_url
from desktop.realtime import messages, proxy_errors, redirects
from desktop.realtime.endpoint import Endpoint
from desktop.realtime.errors import RealtimeError, unreachable
from desktop.realtime.keep_alive import WatchedSocket
from desktop.realtime.messages import STATUS_MESSAGES, TICKET_MESSAGES
from desktop.realtime.proxy import Proxy, find_proxy
from desktop.realtime.tunnel import open_tunnel

HTTP_1_0, HTTP_1_1 = b"HTTP/1.0 ", b"HTTP/1.1 "
FAILURES = (OSError, EOFError, WebSocketException, ValueError, LookupError, ImportError)
"""What libraries raise for what comes from outside."""


async def open_socket(endpoint: Endpoint, *, open_timeout: float, **options: Any) -> WatchedSocket:
    """Connect and authenticate. `open_timeout` is for all redirects together; `options` are the library's.

    Raises:
        RealtimeError: an `AddressError`, `CredentialError`, `UnreachableError` or `RefusedError`.
    """
    url, ticket = endpoint.websocket_url(), endpoint.subprotocols()
    options |= {"additional_headers": endpoint.headers(), "subprotocols": ticket or None}
    until = asyncio.get_running_loop().time() + open_timeout
    for _ in range(redirects.MOST_REDIRECTS + 1):
        proxy = None if is_loopback_url(url) else await asyncio.to_thread(find_proxy, url)
        hop = _Hop(url, proxy, options)
        try:
            async with asyncio.timeout_at(until):
                return await hop.open()
        except FAILURES as exc:
            location = _location(exc)
            if location is None:
                raise hop.failure(exc, has_ticket=bool(ticket)) from exc
            url = redirects.socket_target(url, location, messages.BASE_URL())
    raise redirects.circle(url, messages.BASE_URL())


class _Connect(connect):
    """The library's, for one hop: what a redirect means is decided by us."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class _Hop:
    """One connection of those that redirects make necessary."""

    def __init__(self, url: str, proxy: Proxy | None, options: dict[str, Any]) -> None:
        self._url = url
        self._proxy = proxy
        self._options = options
        self._reached = proxy is None
        """Whether what went wrong went wrong behind the proxy."""

    async def open(self) -> WatchedSocket:
        """Connect. Raises what the libraries raise, or an error of the proxy's."""
        proxy, there = self._proxy, parse_uri(self._url)
        options = self._options | {"open_timeout": None, "create_connection": self._noting()}
        if proxy and proxy.kind == "http":
            options["sock"] = await open_tunnel(proxy, there.host, there.port)
        elif proxy:
            options["proxy"] = proxy.url
        else:
            options["proxy"] = None
        connection = await _Connect(self._url, **options)
        assert isinstance(connection, WatchedSocket)
        return connection

    def failure(self, exc: Exception, *, has_ticket: bool) -> RealtimeError:
        """What this exception means to the user."""
        host, proxy = host_of(self._url), self._proxy
        if proxy and not self._reached:
            return proxy_errors.failed_at_proxy(exc, proxy, host)
        broken_off = proxy_errors.broken_off(exc, proxy, host) if proxy else None
        return broken_off or unreachable(exc, host, TICKET_MESSAGES if has_ticket else STATUS_MESSAGES)

    def _noting(self) -> type[WatchedSocket]:
        hop = self

        class Noting(WatchedSocket):
            """It is made when the proxy has reached the host."""

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                hop._reached = True
                self._made = self._answered = False
                super().__init__(*args, **kwargs)

            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                self._made = True
                super().connection_made(transport)

            def data_received(self, data: bytes) -> None:
                if not self._answered:
                    self._answered = True
                    if data.startswith(HTTP_1_0):  # as sign-in pages are sent; the library wouldn't read it
                        data = HTTP_1_1 + data.removeprefix(HTTP_1_0)
                super().data_received(data)

            def connection_lost(self, exc: Exception | None) -> None:
                if self._made:  # the library is told in any case when TLS fails behind an HTTPS proxy
                    super().connection_lost(exc)

        return Noting


def _location(exc: BaseException) -> str | None:
    """Where the answer redirects to, None if it doesn't."""
    if not isinstance(exc, InvalidStatus) or exc.response.status_code not in redirects.REDIRECTS:
        return None
    return next(iter(exc.response.headers.get_all("Location")), None)
