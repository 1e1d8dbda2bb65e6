"""A socket to a host through an HTTP proxy: `CONNECT`, and what the proxy answers.

The WebSocket library has one too, which leaves tracebacks in the log when a proxy hangs up or a certificate
behind it is bad.
"""

from __future__ import annotations

import asyncio
import base64
import re
import socket

from desktop import __version__
from desktop.realtime.proxy import Proxy
from desktop.realtime.proxy_errors import refused_by_proxy

MOST_BYTES = 64 * 1024
"""Of the proxy's answer, without its page."""
STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})\b")


async def open_tunnel(proxy: Proxy, host: str, port: int) -> socket.socket:
    """A socket that is connected to this host, a name in ASCII; whoever asked for it closes it.

    Raises:
        UnreachableError: the proxy refused.
        OSError, EOFError, ValueError: the proxy can't be reached, or isn't one.
    """
    sock = await _connected(proxy.host, proxy.port)
    try:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(sock, _request(proxy, host, port))
        answer = bytearray()
        while b"\r\n\r\n" not in answer:
            piece = await loop.sock_recv(sock, 4_096)
            if not piece:
                raise EOFError("the proxy hung up")
            answer += piece
            if not _may_be_http(answer) or len(answer) > MOST_BYTES:
                raise ValueError("the answer isn't HTTP")
        status = STATUS_LINE.match(answer)
        if not status:
            raise ValueError("the answer isn't HTTP")
        if not 200 <= int(status[1]) < 300:
            raise refused_by_proxy(int(status[1]), proxy, host)
    except BaseException:
        sock.close()
        raise
    return sock


def _may_be_http(answer: bytearray) -> bool:
    start = b"HTTP/1."
    return answer[: len(start)] == start[: len(answer)]


def _request(proxy: Proxy, host: str, port: int) -> bytes:
    there = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {there} HTTP/1.1", f"Host: {there}", f"User-Agent: presstalk/{__version__}"]
    if proxy.user:
        name = base64.b64encode(f"{proxy.user}:{proxy.password}".encode()).decode()
        lines.append(f"Proxy-Authorization: Basic {name}")
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


async def _connected(host: str, port: int) -> socket.socket:
    """A socket at the first of the host's addresses that answers."""
    loop = asyncio.get_running_loop()
    failures: list[OSError] = []
    for family, kind, protocol, _, address in await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setblocking(False)
            await loop.sock_connect(sock, address)
        except OSError as exc:
            sock.close()
            failures.append(exc)
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise failures[0] if failures else OSError("the proxy has no address")
