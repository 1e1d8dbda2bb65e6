"""A service on loopback for measurements: silent until a test sends, it times each arriving frame."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from websockets.asyncio.server import ServerConnection, serve

RATE = 24_000


class Echo:
    """It opens sessions at 24 kHz and answers nothing. Times are of `time.monotonic()`."""

    def __init__(self) -> None:
        self.url = ""
        self.frames: list[tuple[float, str, bytes]] = []
        """Arrival, type, and the PCM of an `audio.append`."""
        self._loop = asyncio.new_event_loop()
        self._socket: ServerConnection | None = None
        self._listening = threading.Event()
        self._end: asyncio.Event
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))

    def __enter__(self) -> Echo:
        self._thread.start()
        self._listening.wait(10)
        return self

    def __exit__(self, *_: Any) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()
        self._loop.close()

    @property
    def connected(self) -> bool:
        """Whether a session is open."""
        return self._socket is not None

    def send(self, *frames: dict[str, Any]) -> float:
        """Send events now; the time just before the first went to the socket."""
        encoded = [json.dumps(frame) for frame in frames]

        async def send() -> float:
            assert self._socket
            began = time.monotonic()
            for frame in encoded:
                await self._socket.send(frame)
            return began

        return asyncio.run_coroutine_threadsafe(send(), self._loop).result(10)

    def arrived(self, kind: str, after: float) -> float | None:
        """When the first frame of this type arrived after a moment."""
        return next((at for at, name, _ in list(self.frames) if name == kind and at > after), None)

    async def _serve(self) -> None:
        self._end = asyncio.Event()
        async with serve(self._take, "127.0.0.1", 0, compression=None, max_queue=None) as server:
            host, port = server.sockets[0].getsockname()[:2]
            self.url = f"http://{host}:{port}"
            self._listening.set()
            await self._end.wait()

    async def _take(self, socket: ServerConnection) -> None:
        async for text in socket:
            at = time.monotonic()
            frame = json.loads(text)
            kind = frame["type"]
            pcm = base64.b64decode(frame["audio"]) if kind == "audio.append" else b""
            self.frames.append((at, kind, pcm))
            if kind == "session.start":
                await socket.send(
                    json.dumps({"type": "session.started", "session_id": "echo", "sample_rate": RATE})
                )
                self._socket = socket
        self._socket = None


def delta(samples: NDArray[np.float32]) -> dict[str, Any]:
    """An `audio.delta` with these samples at 24 kHz."""
    pcm = (samples.clip(-1, 1) * 32_767).astype("<i2").tobytes()
    return {"type": "audio.delta", "audio": base64.b64encode(pcm).decode()}


def tone(seconds: float, hertz: float = 440.0) -> NDArray[np.float32]:
    """A sine at 24 kHz, loud from its first sample on."""
    t = np.arange(int(RATE * seconds)) / RATE
    return (0.5 * np.cos(2 * np.pi * hertz * t)).astype(np.float32)
