"""The offline provider as a server: HTTP for tickets and models, a WebSocket for each session.

It speaks the Realtime protocol to any client on this computer. Any key is accepted, none is kept.
`serve` runs the process; `OfflineProvider` is the server inside a running event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import WSMsgType, web
from msgspec import structs

from desktop.base import interrupts, json_depth, terminal
from desktop.offline import model_entries
from desktop.offline.accepted_config import AGENT_CONFIG, TicketConfig
from desktop.offline.authorization import Handler, RequestRefused, errors_as_json, require_key, ticket_of
from desktop.offline.extras import Extras
from desktop.offline.listener import CannotListen as CannotListen
from desktop.offline.listener import Listener
from desktop.offline.listener import url_of as url_of
from desktop.offline.origins import only_this_computers_pages
from desktop.offline.server_codec import MAX_FRAME_BYTES
from desktop.offline.server_session import TERMINATION_S, ServerSession, SessionLimits
from desktop.offline.speech_engines import INSTALLED, EngineLoaders, SpeechEngines
from desktop.offline.ticket_issuer import MintRefused, TicketIssuer, TicketRefused

log = logging.getLogger(__name__)

RETRY_AFTER_S = 5
"""What a client is told that finds every session taken."""
HEARTBEAT_S = 20.0
"""Between pings. A client that doesn't answer for half of this is gone."""
MOST_BODY_BYTES = 1024 * 1024
BODY_S = 10.0
"""How long a body may take."""


class OfflineProvider:
    """The offline provider on one address, in the running event loop."""

    def __init__(self, loaders: EngineLoaders = INSTALLED, limits: SessionLimits | None = None) -> None:
        self._engines = SpeechEngines(loaders)
        self._limits = limits or SessionLimits()
        self._ticket_issuer = TicketIssuer()
        self.extras = Extras()
        self._sessions: dict[ServerSession, asyncio.Task[Any]] = {}
        self._listener = Listener()
        self._runner = web.AppRunner(self._app(), access_log=None, handle_signals=False, shutdown_timeout=0.5)

    def _app(self) -> web.Application:
        app = web.Application(
            client_max_size=MOST_BODY_BYTES,
            middlewares=[errors_as_json, self._listener.note, only_this_computers_pages],
        )
        app.router.add_get("/", self._greet)
        app.router.add_get("/v3/realtime", self._realtime)
        app.router.add_get("/v3/realtime/{agent}", self._realtime)
        app.router.add_post("/v3/realtime-sessions", self._mint)
        app.router.add_get("/v3/models", self._models)
        for path, answer in (
            ("/v3/tools/web/search", self.extras.search),
            ("/v3/tools/web/fetch", self.extras.fetch),
            ("/v3/spans", self.extras.span),
        ):
            app.router.add_post(path, self._answering(answer))
        return app

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listens, and begins to load the speech engines; returns a URL that this computer can use.

        Raises:
            CannotListen: the port is taken, or the address isn't one of this computer's.
        """
        await self._runner.setup()
        try:
            url = await self._listener.listen(self._runner, host, port)
        except CannotListen:
            await self.stop()
            raise
        self._engines.load()
        return url

    async def stop(self) -> None:
        """Ends all sessions, tells their clients, and stops listening."""
        self._listener.close()
        # First, because the runner's cleanup stops listening to the clients, and they should still read why.
        for session in self._sessions:
            session.end("The offline demo is shutting down.", "server_shutdown")
        if self._sessions:
            await asyncio.wait(self._sessions.values(), timeout=TERMINATION_S)
        await self._runner.cleanup()
        self._engines.close()

    async def _greet(self, request: web.Request) -> web.Response:
        return web.Response(text="Presstalk's offline demo is running. It speaks at /v3/realtime.\n")

    async def _models(self, request: web.Request) -> web.Response:
        # It needs no key: who has none yet sees what there is.
        wanted = request.query.get("type", "realtime") == "realtime"
        return web.json_response({"models": model_entries.entries() if wanted else []})

    def _answering(self, answer: Callable[[object], dict[str, Any]]) -> Handler:
        """A handler of requests with a key and a JSON body."""

        async def handle(request: web.Request) -> web.Response:
            require_key(request)
            return web.json_response(answer(await _body(request)))

        return handle

    async def _mint(self, request: web.Request) -> web.Response:
        require_key(request)
        try:
            ticket = self._ticket_issuer.mint(await _body(request), time.time())
        except MintRefused as exc:
            retry_after_s = RETRY_AFTER_S if exc.status == 429 else None
            raise RequestRefused(exc.status, str(exc), exc.code, retry_after_s) from exc
        expires = datetime.fromtimestamp(ticket.expires, UTC)
        return web.json_response(
            {
                "client_secret": ticket.secret,
                "expires_at": expires.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "ws_url": f"ws://{request.host}/v3/realtime",
            }
        )

    async def _realtime(self, request: web.Request) -> web.StreamResponse:
        secret, protocols = ticket_of(request)
        connection = web.WebSocketResponse(
            # One more than the largest that is read: the library refuses what reaches its limit.
            max_msg_size=MAX_FRAME_BYTES + 1,
            heartbeat=HEARTBEAT_S,
            timeout=TERMINATION_S,
            compress=False,
            protocols=protocols,
        )
        if not connection.can_prepare(request):
            raise RequestRefused(426, "This address is for WebSocket connections.", "upgrade_required")
        self._check_room()
        ticket_config = self._admit(request, secret)
        if request.match_info.get("agent"):
            # Every name is an agent here; what the client leaves out is the demo's.
            ticket_config = structs.replace(ticket_config, usual=AGENT_CONFIG)
        session = ServerSession(AiohttpSocket(connection), self._engines, self._limits, ticket_config)
        task = asyncio.current_task()
        assert task is not None, "a request is handled in a task"
        self._sessions[session] = task
        try:
            await connection.prepare(request)
            await session.run()
            await connection.close()
        finally:
            del self._sessions[session]
        return connection

    def _check_room(self) -> None:
        most = self._limits.sessions
        if sum(not session.over for session in self._sessions) >= most:
            raise RequestRefused(
                429,
                f"All {most} sessions of this demo are in use: try again in {RETRY_AFTER_S} s, "
                f"or start it with more, as in `presstalk serve --sessions {2 * most}`.",
                "too_many_sessions",
                RETRY_AFTER_S,
            )

    def _admit(self, request: web.Request, secret: str | None) -> TicketConfig:
        """The config that the credential fixes; a ticket is spent with this."""
        if secret is None:
            require_key(request)
            return TicketConfig()
        try:
            return self._ticket_issuer.spend(secret, time.time())
        except TicketRefused as exc:
            raise RequestRefused(401, str(exc), "invalid_ticket") from exc


async def _body(request: web.Request) -> Any:
    """The body as JSON; an empty object without one."""
    try:
        async with asyncio.timeout(BODY_S):
            body = await request.read()
    except TimeoutError:
        raise RequestRefused(408, "The body did not come in time.", "timeout") from None
    try:
        return json_depth.decode(body) if body.strip() else {}
    except json_depth.TooDeepError as exc:
        raise RequestRefused(400, f"The body is {exc}.", "invalid_json") from exc
    except ValueError as exc:
        raise RequestRefused(400, f"The body is not JSON: {exc}", "invalid_json") from exc


class AiohttpSocket:
    """aiohttp's WebSocket as a session's `Socket`."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket

    async def receive(self) -> str | bytes | None:
        message = await self._socket.receive()
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            data: str | bytes = message.data
            return data
        if message.type is WSMsgType.ERROR:
            log.info("a connection was lost: %s", message.data)
        return None

    async def send(self, frame: str) -> None:
        await self._socket.send_str(frame)


def serve(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    exit_with_parent: bool = False,
    limits: SessionLimits | None = None,
    loaders: EngineLoaders = INSTALLED,
) -> None:
    """Runs the provider until SIGTERM, SIGINT or, with `exit_with_parent`, the end of standard input.

    One line, the URL, goes to standard output as soon as it listens; the speech engines load after that.
    If it can't be written there, it goes to stderr, and the provider runs all the same.

    Raises:
        CannotListen: the address can't be listened on.
        BrokenPipeError: nobody reads standard output any more.
    """
    asyncio.run(_serve(OfflineProvider(loaders, limits), host, port, exit_with_parent))


async def _serve(provider: OfflineProvider, host: str, port: int, exit_with_parent: bool) -> None:
    stop = asyncio.Event()
    interrupts.stop_on_signals(stop)
    url = await provider.start(host, port)
    failure = terminal.print_line(url)
    if isinstance(failure, BrokenPipeError):  # our parent is gone already
        await provider.stop()
        raise failure
    if failure:
        terminal.print_error(f"The offline demo is at {url}. Standard output can't be written.")
    if exit_with_parent:
        _stop_on_end_of_input(stop)
    await stop.wait()
    await provider.stop()
    # The engines may still be loading in their threads: a second Ctrl+C doesn't wait for them.
    interrupts.end_at_once()


def _stop_on_end_of_input(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def wait_for_the_end() -> None:
        # os.read, not sys.stdin: a thread that holds the buffered reader breaks the interpreter's exit.
        with contextlib.suppress(OSError):
            while os.read(0, 4_096):
                pass
        with contextlib.suppress(RuntimeError):  # the loop is closed already
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait_for_the_end, name="parent", daemon=True).start()
