"""A scripted service on loopback, over real sockets."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from desktop.access import key_hosts

WITHIN_S = 5.0
STARTED = {
    "type": "session.started",
    "session_id": "s1",
    "input_sample_rate": 24_000,
    "output_sample_rate": 24_000,
    "audio_format": "pcm16",
}


class Line:
    """One client's connection, from the service's side."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket
        self.appended = bytearray()
        """Audio that came since the last commit or clear."""

    async def expect(self, kind: str) -> dict[str, Any]:
        """The next frame that isn't audio; it must be of this type."""
        async with asyncio.timeout(WITHIN_S):
            while True:
                frame = json.loads(await self.socket.recv())
                if frame["type"] == "audio.append" and kind != "audio.append":
                    self.appended += base64.b64decode(frame["audio"])
                    continue
                assert frame["type"] == kind, f"{frame} instead of {kind}"
                return frame

    async def send(self, kind: str, **fields: Any) -> None:
        """Send an event."""
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def send_audio(self, pcm: bytes) -> None:
        """Send an audio delta."""
        await self.send("audio.delta", audio=base64.b64encode(pcm).decode())

    async def start(self, **changes: Any) -> dict[str, Any]:
        """Take `session.start` and answer it; its config."""
        start = await self.expect("session.start")
        await self.send(**({"kind": "session.started"} | _without_type(STARTED | changes)))
        return start["config"]

    def cut(self) -> None:
        """Drop the connection without a close frame, as a network does."""
        self.socket.transport.abort()


def _without_type(frame: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in frame.items() if name != "type"}


Script = Callable[[Line], Awaitable[None]]
Refusal = Callable[[ServerConnection, Request], Response | None]


class Service:
    """The service's address, and the connections it got."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[Request] = []
        self.asked: list[Request] = []
        """Requests that open no session."""


def _listed(connection: ServerConnection, models: Sequence[Mapping[str, Any]] | None) -> Response:
    if models is None:
        return connection.respond(404, "")
    answer = connection.respond(200, json.dumps({"models": models}))
    answer.headers["Content-Type"] = "application/json"
    return answer


@asynccontextmanager
async def serving(
    *scripts: Script,
    refuse: Refusal | None = None,
    agreed: bool = True,
    models: Sequence[Mapping[str, Any]] | None = None,
) -> AsyncIterator[Service]:
    """A service that plays one script per connection, and repeats the last one.

    The user has `agreed` that secrets go there. `models` are the entries of its list; None: it has no list.

    A script that fails fails the test, when the block is left.
    """
    failures: list[BaseException] = []
    count = 0
    service = Service("")

    def look(connection: ServerConnection, request: Request) -> Response | None:
        if "Upgrade" not in request.headers:
            service.asked.append(request)
            return _listed(connection, models)
        service.requests.append(request)
        return refuse(connection, request) if refuse else None

    async def play(socket: ServerConnection) -> None:
        nonlocal count
        script = scripts[min(count, len(scripts) - 1)]
        count += 1
        try:
            await script(Line(socket))
        except Exception as exc:
            failures.append(exc)
            await socket.close(1011)

    # A client that is gone can't answer a close: don't wait for it.
    options = {
        "process_request": look,
        "compression": None,
        "max_queue": None,
        "close_timeout": 0.2,
        "ping_interval": None,
    }
    async with serve(play, "127.0.0.1", 0, **options) as server:
        host, port = server.sockets[0].getsockname()[:2]
        service.url = f"http://{host}:{port}"
        if agreed:
            key_hosts.trust_for_this_run(service.url)
        yield service
    if failures:
        raise failures[0]
