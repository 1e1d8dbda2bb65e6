"""A hostile service in a thread: its list of models and its frames are whatever it is given."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterable
from http import HTTPStatus

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

STARTED = {"type": "session.started", "input_sample_rate": 24_000, "output_sample_rate": 24_000}
WITHIN_S = 150.0


class HostileService:
    """Use it as a context. `models` is the body of its list, `started` the frame that opens a session."""

    def __init__(self) -> None:
        self.models = b"{}"
        self.started = json.dumps(STARTED).encode()
        self.sessions = 0
        self._loop = asyncio.new_event_loop()
        self._socket: ServerConnection | None = None
        self._listening = threading.Event()
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.url = ""

    def __enter__(self) -> HostileService:
        self._thread.start()
        self._listening.wait(WITHIN_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(WITHIN_S)

    def send(self, frames: Iterable[bytes]) -> bool:
        """Send these in the open session; once they are read, whether it is still open."""
        sending = asyncio.run_coroutine_threadsafe(self._send(list(frames)), self._loop)
        return sending.result(WITHIN_S)

    async def _send(self, frames: list[bytes]) -> bool:
        if self._socket is None:
            return False
        try:
            for frame in frames:
                await self._socket.send(frame, text=True)
            await asyncio.wait_for(await self._socket.ping(), WITHIN_S)
        except (ConnectionClosed, TimeoutError):
            return False
        return True

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        options = {"compression": None, "ping_interval": None, "close_timeout": 0.2, "max_queue": None}
        async with serve(
            self._take,
            "127.0.0.1",
            0,
            process_request=self._over_http,
            **options,  # type: ignore[arg-type]
        ) as server:
            host, port = server.sockets[0].getsockname()[:2]
            self.url = f"http://{host}:{port}"
            self._listening.set()
            await self._ended.wait()

    def _over_http(self, socket: ServerConnection, request: Request) -> Response | None:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return None
        headers = Headers({"Content-Length": str(len(self.models)), "Connection": "close"})
        return Response(HTTPStatus.OK, "OK", headers, self.models)

    async def _take(self, socket: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in socket:
                if json.loads(text)["type"] == "session.start":
                    self.sessions += 1
                    await socket.send(self.started, text=True)
                    self._socket = socket
