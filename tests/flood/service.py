"""The service that floods, in a process of its own: python -m tests.flood.service "errors, the same"

It prints its address, opens each session, and from then on sends one flood as fast as it is taken. What the
client sends is read, and `session.start` and `audio.commit` are printed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

from tests.flood.kinds import FLOODS, TRICKLES, Wire, wire

STARTED = {
    "type": "session.started",
    "session_id": "flood",
    "input_sample_rate": 24_000,
    "output_sample_rate": 24_000,
    "audio_format": "pcm16",
}
AT_ONCE = 256 * 1024
"""Bytes that are handed to the socket at a time."""


async def flood(socket: ServerConnection, name: str) -> None:
    """Send it until the connection ends."""
    # Whole frames at a time: a pong may be written in between.
    blocks, block = list[bytes](), b""
    for frame in FLOODS[name]():
        block += frame if isinstance(frame, Wire) else wire(frame)
        if len(block) >= AT_ONCE:
            blocks.append(block)
            block = b""
    if name in TRICKLES:
        await trickle(socket, block)
        return
    if block:
        blocks.append(block * (AT_ONCE // len(block) + 1))
    while blocks and not socket.transport.is_closing():
        for block in blocks:
            socket.transport.write(block)
            await socket.drain()


async def trickle(socket: ServerConnection, frames: bytes) -> None:
    """Send it a byte at a time until the connection ends. A pong goes between two frames, at best."""
    while not socket.transport.is_closing():
        for byte in frames:
            socket.transport.write(bytes([byte]))
            await asyncio.sleep(0.001)


async def main(name: str) -> None:
    """Serve until it is ended."""

    async def take(socket: ServerConnection) -> None:
        flooding: asyncio.Task[None] | None = None
        try:
            async for text in socket:
                kind = json.loads(text)["type"]
                if kind in ("session.start", "audio.commit"):
                    print(kind, flush=True)
                if kind == "session.start":
                    await socket.send(json.dumps(STARTED))
                    flooding = asyncio.create_task(flood(socket, name))
        finally:
            if flooding:
                flooding.cancel()

    options: dict[str, Any] = {
        "compression": None,
        "max_queue": None,
        "ping_interval": None,
        "close_timeout": 0.5,
    }
    async with serve(take, "127.0.0.1", 0, **options) as server:
        host, port = server.sockets[0].getsockname()[:2]
        print(f"http://{host}:{port}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
