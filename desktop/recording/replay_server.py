"""A recording as a service, for any client of the protocol: `presstalk serve --replay`.

It sends what the recorded service had sent, in its order, and waits where the recorded client had spoken. Two
replays are equal, byte for byte.
"""

from __future__ import annotations

import asyncio
import contextlib
import http
from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from desktop.base.message import Text
from desktop.recording.replay_script import ReplayState, Script

GIVE_UP_S = 60.0
"""Without a frame from a client that is waited for: it won't come any more."""
MAX_FRAME = 16 * 1024 * 1024
SETTLE_S = 0.5
"""What a client has for its close frame."""
STUCK = Text(
    "replay-stuck", "The recording waits for {kind} here, and your client sent none in {seconds} seconds."
)
FROM_A_PAGE = Text("replay-from-a-page", "Pages of other sites can't open a replay.")
HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class ReplayServer:
    """Replays on one address, in the running event loop.

    Args:
        scripts: a connection takes the next one; after the last it begins again with the first.
        speed: 1 is as fast as recorded, 2 twice as fast; 0 waits for nothing but the client.
        give_up_s: how long a client may be waited for.
    """

    def __init__(self, scripts: list[Script], speed: float = 1.0, give_up_s: float = GIVE_UP_S) -> None:
        self._scripts = scripts
        self._speed = speed
        self._give_up_s = give_up_s
        self._next = 0
        self._server: Server | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen; returns the base URL. Raises OSError: the address or the port can't be had."""
        self._server = await serve(
            self._serve,
            host.removeprefix("[").removesuffix("]"),
            port,
            process_request=_refuse_pages,
            select_subprotocol=_accept_any,
            compression=None,
            max_size=MAX_FRAME,
            close_timeout=SETTLE_S,
        )
        name, bound, *_ = next(iter(self._server.sockets)).getsockname()
        return f"http://[{name}]:{bound}" if ":" in name else f"http://{name}:{bound}"

    async def stop(self) -> None:
        """End every connection, and stop listening."""
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, socket: ServerConnection) -> None:
        script = self._scripts[self._next % len(self._scripts)]
        self._next += 1
        state, came = ReplayState(script), asyncio.Event()
        reader = asyncio.create_task(_read(socket, state, came), name="replay reader")
        try:
            with contextlib.suppress(ConnectionClosed):
                problem = await self._play(socket, state, came, reader)
                if problem:
                    await socket.send(_error(problem))
                    await socket.close(1008, "replay")
                else:
                    await reader  # the client closes
        finally:
            reader.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
                await reader

    async def _play(
        self, socket: ServerConnection, state: ReplayState, came: asyncio.Event, reader: asyncio.Task[None]
    ) -> str:
        """Send all of it; why it couldn't be, in a sentence, or nothing."""
        loop = asyncio.get_running_loop()
        begun, recorded = loop.time(), 0
        while not state.over and not reader.done():
            came.clear()
            step = state.next()
            if state.problem:
                return state.problem
            if step is None:
                if state.over:
                    break
                try:
                    async with asyncio.timeout(self._give_up_s):
                        await came.wait()
                except TimeoutError:
                    return str(STUCK(kind=state.waits_for, seconds=f"{self._give_up_s:g}"))
                continue
            passed = state.passed()
            if passed and passed.t_us > recorded:  # the client has gone on: times count from here
                begun, recorded = loop.time(), passed.t_us
            await self._wait_until(begun, step.t_us - recorded)
            await send_frame(socket, step.wire)
        return ""

    async def _wait_until(self, begun: float, after_us: int) -> None:
        if self._speed <= 0:
            await asyncio.sleep(0)
            return
        left_s = begun + after_us / 1e6 / self._speed - asyncio.get_running_loop().time()
        await asyncio.sleep(max(0.0, left_s))


async def _read(socket: ServerConnection, state: ReplayState, came: asyncio.Event) -> None:
    try:
        while True:
            state.received(await socket.recv(decode=False))
            came.set()
    except ConnectionClosed:
        came.set()


async def send_frame(socket: ServerConnection, wire: bytes) -> None:
    """Send a frame as it was: as text, or as bytes where it is none."""
    try:
        wire.decode()
    except UnicodeDecodeError:
        await socket.send(wire)
    else:
        await socket.send(wire, text=True)


def _error(problem: str) -> str:
    error = {"type": "error", "message": problem, "code": "replay"}
    return msgspec.json.encode(error).decode()


def _refuse_pages(connection: ServerConnection, request: Request) -> Response | None:
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).hostname not in HERE:
        return connection.respond(http.HTTPStatus.FORBIDDEN, f"{FROM_A_PAGE()}\n")
    return None


def _accept_any(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """A ticket comes as a subprotocol, and is accepted by being named again."""
    return offered[0] if offered else None
