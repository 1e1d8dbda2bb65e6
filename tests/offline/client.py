"""A client of the protocol that shares no code with the server, not even its WebSocket library."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from desktop.offline.server import AiohttpSocket, OfflineProvider
from desktop.offline.server_session import SessionLimits
from desktop.offline.speech_engines import EngineLoaders

DEADLINE_S = 20.0
"""The longest wait for a frame; a passing test needs a fraction of it."""

Frame = dict[str, Any]

TOOLS: list[Frame] = [
    {
        "name": name,
        "description": name,
        "parameters": {"type": "object", "properties": {field: {} for field in fields}},
    }
    for name, fields in {
        "get_time": ["timezone"],
        "roll_dice": ["sides", "count"],
        "calculate": ["expression"],
        "set_timer": ["seconds", "label"],
        "open_url": ["url"],
    }.items()
]


class Client:
    """One connection, frames as dictionaries."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.started: Frame = {}

    async def send(self, kind: str, **fields: Any) -> None:
        await self.connection.send(json.dumps({"type": kind, **fields}))

    async def receive(self) -> Frame:
        async with asyncio.timeout(DEADLINE_S):
            frame: Frame = json.loads(await self.connection.recv())
        return frame

    async def until(self, *kinds: str) -> list[Frame]:
        """All frames up to the first of one of these types, that one included."""
        frames: list[Frame] = []
        while not frames or frames[-1]["type"] not in kinds:
            frames.append(await self.receive())
        return frames

    async def start(self, model: str = "offline/demo", **config: Any) -> Frame:
        await self.send("session.start", config={"model": model, **config})
        self.started = (await self.until("session.started"))[-1]
        return self.started

    async def append(self, pcm: bytes, piece: int | None = None) -> None:
        piece = piece or len(pcm) or 1
        for at in range(0, len(pcm), piece):
            await self.send("audio.append", audio=base64.b64encode(pcm[at : at + piece]).decode())

    async def ask(self, text: str) -> list[Frame]:
        """Types a question; the frames of the whole response."""
        await self.send("text.input", text=text)
        await self.send("response.create")
        return await self.until("response.completed")

    async def error(self) -> str:
        """The code of the next error."""
        return str((await self.until("error"))[-1]["error"]["code"])

    async def read(self) -> None:
        """Returns when the server has read all that was sent: it answers pings in their order."""
        async with asyncio.timeout(DEADLINE_S):
            await (await self.connection.ping())

    async def closed(self) -> int | None:
        """The code the server closes with."""
        async with asyncio.timeout(DEADLINE_S):
            await self.connection.wait_closed()
        return self.connection.close_code


def spoken(frames: list[Frame]) -> str:
    """The text of a response."""
    return "".join(frame["delta"] for frame in frames if frame["type"] == "text.delta")


def sound(frames: list[Frame]) -> bytes:
    """The audio of a response."""
    return b"".join(base64.b64decode(frame["audio"]) for frame in frames if frame["type"] == "audio.delta")


def kinds(frames: list[Frame]) -> list[str]:
    """The types in order, each run of deltas as one."""
    names: list[str] = []
    for frame in frames:
        name = "delta" if frame["type"].endswith(".delta") else frame["type"]
        if name != "delta" or names[-1:] != ["delta"]:
            names.append(name)
    return names


class HeldWire:
    """Holds the server's frames back, from the first of a type on, until it is released."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
        self.release = asyncio.Event()
        self._reached = asyncio.Event()
        send = AiohttpSocket.send

        async def held(socket: AiohttpSocket, frame: str) -> None:
            if f'"type":"{kind}"' in frame:
                self._reached.set()
                await self.release.wait()
            await send(socket, frame)

        # A session takes the method when it opens: hold the wire before.
        monkeypatch.setattr(AiohttpSocket, "send", held)

    async def held(self) -> None:
        """Returns when a frame is held."""
        async with asyncio.timeout(DEADLINE_S):
            await self._reached.wait()


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return socket.has_ipv6


NEEDS_IPV6 = pytest.mark.skipif(not has_ipv6(), reason="This computer has no IPv6 loopback")


@asynccontextmanager
async def running(loaders: EngineLoaders, **limits: float) -> AsyncIterator[str]:
    """A provider on loopback; gives its URL."""
    provider = OfflineProvider(loaders, SessionLimits(**limits))
    url = await provider.start()
    try:
        yield url
    finally:
        await provider.stop()


@asynccontextmanager
async def connected(url: str, *, key: str | None = "any-key", **options: Any) -> AsyncIterator[Client]:
    """A connection, not yet started."""
    headers = {"Authorization": f"Bearer {key}"} if key is not None else {}
    address = url.replace("http://", "ws://") + options.pop("path", "/v3/realtime")
    async with connect(
        address, additional_headers=headers, max_size=None, compression=None, proxy=None, **options
    ) as connection:
        yield Client(connection)


@asynccontextmanager
async def session(
    loaders: EngineLoaders, config: Frame | None = None, **limits: float
) -> AsyncIterator[Client]:
    """A started session on a provider of its own."""
    async with running(loaders, **limits) as url, connected(url) as client:
        await client.start(**(config or {}))
        yield client
