"""Proxies on loopback, as companies and desktops have them: for CONNECT, for SOCKS 5, and broken ones."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter
Handler = Callable[["ProxyServer", Reader, Writer], Awaitable[None]]


class ProxyServer:
    """A proxy's address, and what it was asked for. All hosts lead to `target`."""

    def __init__(self, target: tuple[str, int] | None) -> None:
        self.target = target
        self.address = ""
        self.asked: list[str] = []
        """`host:port` of each connection that was asked for."""
        self.credentials: list[str] = []

    async def join(self, reader: Reader, writer: Writer) -> None:
        """Carry bytes both ways until one side ends."""
        assert self.target
        far_reader, far_writer = await asyncio.open_connection(*self.target)
        ways = [
            asyncio.create_task(_carry(reader, far_writer)),
            asyncio.create_task(_carry(far_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.wait(ways)
            await _close(far_writer)


async def _close(writer: Writer) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def _carry(reader: Reader, writer: Writer) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()


async def _read_connect(proxy: ProxyServer, reader: Reader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    proxy.asked.append(head.split()[1])
    for line in head.splitlines():
        name, _, value = line.partition(": ")
        if name.lower() == "proxy-authorization":
            proxy.credentials.append(base64.b64decode(value.removeprefix("Basic ")).decode())


async def tunnels(proxy: ProxyServer, reader: Reader, writer: Writer) -> None:
    """A proxy that works."""
    await _read_connect(proxy, reader)
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    await proxy.join(reader, writer)


async def dribbles(proxy: ProxyServer, reader: Reader, writer: Writer) -> None:
    """A proxy whose answer comes in pieces, with headers that nobody needs."""
    await _read_connect(proxy, reader)
    for piece in (b"HT", b"TP/1.0 2", b"00 OK\r\nVia: 1.1 proxy\r", b"\n\r", b"\n"):
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0)
    await proxy.join(reader, writer)


async def floods(proxy: ProxyServer, reader: Reader, writer: Writer) -> None:
    """A proxy whose headers never end."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X: " + b"x" * 1_000 + b"\r\n")
        await writer.drain()


def answers(status: str, body: str = "<html>Blocked by policy</html>") -> Handler:
    """A proxy that answers CONNECT with this status and a page."""

    async def answer(proxy: ProxyServer, reader: Reader, writer: Writer) -> None:
        await _read_connect(proxy, reader)
        head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(f"{head}{body}".encode())

    return answer


async def knows_http_only(proxy: ProxyServer, reader: Reader, writer: Writer) -> None:
    """An HTTP proxy that is asked for something else."""
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


async def babbles(proxy: ProxyServer, reader: Reader, writer: Writer) -> None:
    """Something that is no proxy."""
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\xff\x00")


async def hangs_up(proxy: ProxyServer, reader: Reader, writer: Writer) -> None:
    """A proxy that closes every connection."""
    await reader.read(1)


async def breaks_off(proxy: ProxyServer, reader: Reader, writer: Writer) -> None:
    """A proxy whose tunnel ends at once."""
    await _read_connect(proxy, reader)
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    await writer.drain()
    await reader.read(1)


async def sends_a_page(proxy: ProxyServer, reader: Reader, writer: Writer) -> None:
    """A proxy that accepts every connection, and answers in place of the host."""
    await _read_connect(proxy, reader)
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    await reader.read(1)
    writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<html>Blocked</html>")


async def says_nothing(proxy: ProxyServer, reader: Reader, writer: Writer) -> None:
    """A proxy that never answers."""
    await reader.read()


def socks(name: str = "", password: str = "", reply: int = 0) -> Handler:
    """A SOCKS 5 proxy (RFC 1928, RFC 1929), with this reply to what it is asked for."""

    async def answer(proxy: ProxyServer, reader: Reader, writer: Writer) -> None:
        _, count = await reader.readexactly(2)
        methods = await reader.readexactly(count)
        method = 2 if name else 0
        if method not in methods:
            writer.write(b"\x05\xff")
            return
        writer.write(bytes((5, method)))
        if name and not await _authenticated(proxy, reader, writer, name, password):
            return
        *_, kind = await reader.readexactly(4)
        host = await reader.readexactly(
            4 if kind == 1 else 16 if kind == 4 else (await reader.readexactly(1))[0]
        )
        port = int.from_bytes(await reader.readexactly(2))
        proxy.asked.append(f"{host.decode() if kind == 3 else socket.inet_ntop(2, host)}:{port}")
        writer.write(bytes((5, reply, 0, 1, 0, 0, 0, 0, 0, 0)))
        if not reply:
            await proxy.join(reader, writer)

    return answer


async def _authenticated(
    proxy: ProxyServer, reader: Reader, writer: Writer, name: str, password: str
) -> bool:
    _, length = await reader.readexactly(2)
    user = (await reader.readexactly(length)).decode()
    (length,) = await reader.readexactly(1)
    proxy.credentials.append(f"{user}:{(await reader.readexactly(length)).decode()}")
    right = proxy.credentials[-1] == f"{name}:{password}"
    writer.write(bytes((1, 0 if right else 1)))
    return right


@asynccontextmanager
async def proxying(
    handler: Handler, target: tuple[str, int] | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[ProxyServer]:
    """A proxy that treats every client in this way."""
    proxy = ProxyServer(target)
    clients: set[asyncio.Task[None]] = set()

    async def serve(reader: Reader, writer: Writer) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await handler(proxy, reader, writer)
                await writer.drain()
        finally:
            await _close(writer)

    def begin(reader: Reader, writer: Writer) -> None:
        task = asyncio.create_task(serve(reader, writer))
        clients.add(task)
        task.add_done_callback(clients.discard)

    server = await asyncio.start_server(begin, "127.0.0.1", 0, ssl=tls)
    proxy.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        for task in clients:
            task.cancel()
        if clients:
            await asyncio.wait(set(clients))


@contextmanager
def nobody_at() -> Iterator[str]:
    """An address of this machine at which nothing listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{held.getsockname()[1]}"
