"""A slow network on loopback: a relay that passes so many bytes a second each way, and stores few.

    with SlowLink(server_port, bytes_per_s=100_000) as link:
        ...  # connect to link.url instead

It reads no faster than it writes, with small buffers of the system's, as a modem does: a sender's data waits
at the sender. `cut` drops all connections, `freeze` has them pass nothing more and stay open.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from types import TracebackType

BUFFER = 8 * 1024
"""Bytes of each of the system's buffers; Linux doubles it."""
SLICE_S = 0.01
"""How often some bytes pass."""


class SlowLink:
    """Runs in a thread of its own, so that a busy client does not slow it down further."""

    def __init__(self, port: int, bytes_per_s: float) -> None:
        self.bytes_per_s = bytes_per_s
        """May be changed at any time."""
        self.passed = 0
        """Bytes that went to the server so far."""
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._flowing = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="slow link", daemon=True)

    def __enter__(self) -> SlowLink:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def cut(self) -> None:
        """Drop every connection, without a close frame."""
        self._loop.call_soon_threadsafe(self._cut)

    def freeze(self) -> None:
        """Pass nothing more."""
        self._loop.call_soon_threadsafe(self._flowing.clear)

    def thaw(self) -> None:
        """Pass again what comes; the connections that were frozen are gone by now, or go on."""
        self._loop.call_soon_threadsafe(self._flowing.set)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._flowing.set()
        self._loop.run_until_complete(asyncio.start_server(self._connect, sock=self._listening, limit=BUFFER))
        self._loop.run_forever()
        self._cut()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        pending = asyncio.gather(*asyncio.all_tasks(self._loop), return_exceptions=True)
        self._loop.run_until_complete(pending)
        self._listening.close()
        self._loop.close()

    def _cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ahead = socket.create_connection(("127.0.0.1", self._port))
        ahead.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        ahead.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        ahead.setblocking(False)
        there, out = await asyncio.open_connection(sock=ahead, limit=BUFFER)
        both = {writer, out}
        self._writers |= both
        for one in both:
            one.transport.set_write_buffer_limits(high=0)
        try:
            # Cancelled: the link is gone. asyncio's streams report a task that ended so as a fault.
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await asyncio.gather(self._pass(reader, out, up=True), self._pass(there, writer, up=False))
        finally:
            for one in both:
                one.transport.abort()
            self._writers -= both

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool) -> None:
        while data := await reader.read(max(1, round(self.bytes_per_s * SLICE_S))):
            await self._flowing.wait()
            await asyncio.sleep(len(data) / self.bytes_per_s)
            writer.write(data)
            await writer.drain()
            self.passed += len(data) if up else 0
        if writer.can_write_eof():
            writer.write_eof()
