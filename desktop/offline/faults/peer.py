"""One client's connection, seen from the service's side, and a record of what was received."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from desktop.base import json_depth

RECORDED = 10_000
"""Frames and takes that are remembered: an hour of talking must not fill the memory."""
RATE = 24_000
"""Hz in both directions where a scenario names no other."""


class ReceivedTake(msgspec.Struct, frozen=True):
    """Audio that was committed: on which connection, how long, and its middle sample to recognise it by."""

    connection: int
    ms: float
    level: int


class TrafficRecord:
    """What was received from all clients, in order."""

    def __init__(self) -> None:
        self.connections = 0
        self.frames: deque[tuple[int, str]] = deque(maxlen=RECORDED)
        """The connection's number, from 1, and the frame's type; consecutive audio frames count as one."""
        self.takes: deque[ReceivedTake] = deque(maxlen=RECORDED)
        self.answered: deque[ReceivedTake] = deque(maxlen=RECORDED)
        """Takes to which an answer has begun."""
        self.results: deque[str] = deque(maxlen=RECORDED)
        """The ids of the tool results."""

    def add_frame(self, connection: int, kind: str) -> None:
        """Add a received frame of this type."""
        if kind != "audio.append" or not self.frames or self.frames[-1] != (connection, kind):
            self.frames.append((connection, kind))

    def kinds(self, connection: int) -> list[str]:
        """The types of the frames of one connection."""
        return [kind for number, kind in self.frames if number == connection]


class Peer:
    """A client's connection. Sending to one that has gone is harmless.

    `pace` scales every wait of a fault: 1 for people, less for tests.
    """

    def __init__(self, socket: ServerConnection, number: int, pace: float) -> None:
        self.socket = socket
        self.number = number
        self.pace = pace
        self.detects_turns = False
        """Whether the client left the end of its turns to the server."""
        self.open_calls: set[str] = set()
        """The ids of the tool calls whose result hasn't come."""
        self.lag: Callable[[], float] | None = None
        """Seconds by which each frame is late; None for none."""

    async def frames(self) -> AsyncIterator[dict[str, Any]]:
        """The client's frames until the connection ends; what is not a JSON object is ignored."""
        with contextlib.suppress(ConnectionClosed):
            async for text in self.socket:
                with contextlib.suppress(ValueError):
                    frame = json_depth.decode(text)
                    if isinstance(frame, dict):
                        yield frame

    async def send(self, kind: str, **fields: Any) -> None:
        """Send an event."""
        if kind == "tool.call":
            self.open_calls.add(str(fields.get("tool_call_id", "")))
        await self.send_raw(msgspec.json.encode({"type": kind, **fields}).decode())

    async def send_audio(self, pcm: bytes) -> None:
        """Send an audio delta."""
        await self.send("audio.delta", audio=base64.b64encode(pcm).decode())

    async def send_raw(self, frame: str | bytes) -> None:
        """Send this frame as it is: text, or bytes as a binary one."""
        if self.lag:
            await asyncio.sleep(self.lag())
        with contextlib.suppress(ConnectionClosed):
            await self.socket.send(frame)

    async def start(self, **changes: Any) -> None:
        """Send `session.started`; a change to None leaves the field out."""
        fields = {
            "session_id": f"fault-{self.number}",
            "input_sample_rate": RATE,
            "output_sample_rate": RATE,
            "audio_format": "pcm16",
        }
        named = {name: value for name, value in (fields | changes).items() if value is not None}
        await self.send("session.started", **named)

    @property
    def alive(self) -> bool:
        """Whether the connection is open."""
        return self.socket.state is State.OPEN

    async def sleep(self, seconds: float) -> None:
        """Wait at the server's pace, not longer than the connection lives."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds * self.pace):
                await self.gone()

    async def gone(self) -> None:
        """Wait until the connection has ended."""
        await self.socket.wait_closed()

    async def close(self, code: int, reason: str = "") -> None:
        """Close with a close frame."""
        await self.socket.close(code, reason)

    def close_frame_only(self, code: int, reason: str = "") -> None:
        """Send a close frame, and leave the socket open for ever."""
        self.socket.protocol.send_close(code, reason)
        self.socket.send_data()
        self.freeze()

    def cut(self) -> None:
        """Drop the connection without a close frame, as a network does."""
        self.socket.transport.abort()

    def freeze(self) -> None:
        """Read nothing more: pings get no answer, and what the client sends fills the buffers."""
        self.socket.transport.pause_reading()

    def read_slowly(self) -> None:
        """Read one byte at a time, one each round of the loop; not possible on Windows."""
        # The selector transport's own name for the most that it reads at once.
        setattr(self.socket.transport, "max_size", 1)  # noqa: B010
