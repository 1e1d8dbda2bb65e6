"""Where the offline provider listens, and for how long a connection may say nothing."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import socket

from aiohttp import web
from aiohttp.typedefs import Middleware
from aiohttp.web_protocol import RequestHandler

from desktop.offline.authorization import Handler

HEADERS_S = 10.0
"""How long a connection may take until its first request's headers are there. The library itself waits for
ever."""
NOT_OURS = "{} is not an address of this computer: use 127.0.0.1."


class CannotListen(Exception):
    """The address can't be listened on; the text is one plain sentence with the next step."""


class Listener:
    """Takes connections for a runner that is set up, and ends those that never ask for anything."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._silent: dict[RequestHandler, asyncio.TimerHandle] = {}

    async def listen(self, runner: web.AppRunner, host: str, port: int) -> str:
        """Listen; returns a URL that this computer can use.

        Raises:
            CannotListen: the port is taken, or the address isn't one of this computer's.
        """
        host = host.removeprefix("[").removesuffix("]")
        loop = asyncio.get_running_loop()
        server = runner.server
        assert server is not None, "the runner is set up"

        def connection() -> RequestHandler:
            handler = server()
            self._silent[handler] = loop.call_later(HEADERS_S, self._end, handler)
            return handler

        try:
            self._server = await loop.create_server(connection, host, port)
        except OSError as exc:
            raise CannotListen(_why_not(exc, host, port)) from exc
        except OverflowError as exc:
            raise CannotListen(
                f"{port} is not a port: choose one from 1 to 65535, or 0 for a free one."
            ) from exc
        except UnicodeError as exc:  # a name that can't be one
            raise CannotListen(NOT_OURS.format(host)) from exc
        return url_of(*self._server.sockets[0].getsockname())

    def close(self) -> None:
        """Take no more connections."""
        if self._server:
            self._server.close()
        for timer in self._silent.values():
            timer.cancel()
        self._silent.clear()

    @property
    def note(self) -> Middleware:
        """The middleware that sees each request, and with it that its connection is no silent one."""

        @web.middleware
        async def noting(request: web.Request, handler: Handler) -> web.StreamResponse:
            timer = self._silent.pop(request.protocol, None)
            if timer:
                timer.cancel()
            return await handler(request)

        return noting

    def _end(self, connection: RequestHandler) -> None:
        self._silent.pop(connection, None)
        if isinstance(connection.transport, asyncio.Transport):
            connection.transport.abort()


def url_of(host: str, port: int, _flow: int = 0, scope: int = 0) -> str:
    """The URL of a socket that listens on this address; for "every address" it is the loopback's."""
    address = ipaddress.ip_address(host.partition("%")[0])
    if address.is_unspecified:
        address = ipaddress.ip_address("127.0.0.1" if address.version == 4 else "::1")
    if address.version == 4:
        return f"http://{address}:{port}"
    # A link-local address is of use only with its interface (RFC 6874).
    zone = f"%25{socket.if_indextoname(scope)}" if scope else ""
    return f"http://[{address}{zone}]:{port}"


def _why_not(exc: OSError, host: str, port: int) -> str:
    if exc.errno == errno.EADDRINUSE:
        return f"Port {port} is in use by another program: choose another, or 0 for a free one."
    if exc.errno == errno.EACCES:
        return f"Port {port} may not be used without more rights: choose one above 1023."
    if exc.errno == errno.EADDRNOTAVAIL or isinstance(exc, socket.gaierror):
        return NOT_OURS.format(host)
    reason = os.strerror(exc.errno) if exc.errno else str(exc)
    return f"Can't listen on {host}, port {port} ({reason}): use 127.0.0.1."
