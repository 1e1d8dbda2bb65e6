"""One server, for as long as it is wanted: started, listed, called, and started again with measure."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from mcp import Client
from mcp_types import Implementation, Tool, ToolListChangedNotification
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from desktop.tools.mcp import content
from desktop.tools.mcp.callback import SIGN_IN_S
from desktop.tools.mcp.failures import reason_of
from desktop.tools.mcp.http import HttpServer
from desktop.tools.mcp.messages import (
    Call,
    Failure,
    OpenPage,
    Progress,
    Reason,
    Report,
    ServerPhase,
    ServerSpec,
    SignedIn,
    State,
)
from desktop.tools.mcp.oauth import SignIn
from desktop.tools.mcp.stdio import StdioServer

START_S = 30.0
"""How long a server may take until its tools are known: the first time `npx` and `uvx` download it."""
WAITS_S = (1.0, 3.0, 10.0, 30.0, 60.0)
"""Before a server that ended is started again: first soon, then more and more seldom, then never."""
HEALTHY_S = 60.0
"""A server that ran for this long begins anew with the first wait."""
RELIST_S = 0.5
"""Between two lists: a server that announces changes without end costs no more."""
PROGRESS_S = 0.1
"""Between two words of how far a call is."""
FINAL: frozenset[Reason] = frozenset(
    {
        "not-found",
        "not-allowed",
        "unauthorized",
        "garbage",
        "sign-in",
        "sign-in-refused",
        "sign-in-late",
    }
)
"""What can't get better by itself isn't tried again."""
MOST_PAGES = 50
SHOWN_LINES = 12

Send = Callable[[Report], None]
Ended = tuple[Reason, str]


class ServerLife:
    """Runs a server; `run` is its one owner task, which enters and leaves the SDK's client."""

    def __init__(
        self,
        spec: ServerSpec,
        send: Send,
        client_version: str,
        *,
        sign_in: bool = False,
        start_s: float = START_S,
    ) -> None:
        self._spec = spec
        self._kept = spec.signed_in
        self._may_ask = sign_in
        self._start_s = start_s
        self._send = send
        self._version = client_version
        self._lines: deque[str] = deque(maxlen=SHOWN_LINES)
        self._client: Client | None = None
        self._http: HttpServer | None = None
        self._calls: dict[int, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()
        self._stopped = False
        self._refused = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name=f"server {self._spec.name}")

    async def stop(self) -> None:
        """End it, and wait until it has ended."""
        self._stopped = True
        if self._task:
            self._task.cancel()
            await asyncio.wait({self._task})

    def call(self, call: Call) -> None:
        """Call a tool; the answer is sent."""
        client = self._client
        if client is None:
            self._send(Failure(id=call.id, reason="exited"))
            return
        task = asyncio.create_task(self._finish(client, call))
        self._calls[call.id] = task
        task.add_done_callback(lambda _: self._calls.pop(call.id, None))

    def cancel(self, call_id: int) -> None:
        """Tell the server that nobody waits for this call any more; it is not answered."""
        if task := self._calls.get(call_id):
            task.cancel()

    async def _run(self) -> None:
        tries = 0
        while not self._stopped:
            self._report("starting")
            began = time.monotonic()
            reason, detail = await self._one_life()
            self._end_calls()
            if self._stopped:
                break
            tries = 0 if time.monotonic() - began > HEALTHY_S else tries
            final = tries >= len(WAITS_S) or reason in FINAL
            wait_s = 0.0 if final else WAITS_S[tries]
            self._report("failed", reason, detail, retry_s=wait_s)
            if final:
                return
            tries += 1
            await asyncio.sleep(wait_s)

    async def _one_life(self) -> Ended:
        """Run it once; why it ended."""
        self._refused.clear()
        starting = asyncio.timeout(self._start_s)
        server = self._server(lambda: starting.reschedule(_now() + SIGN_IN_S + self._start_s))
        self._http = server if isinstance(server, HttpServer) else None
        try:
            async with starting:
                async with Client(
                    content.repaired(server.connect()),
                    message_handler=self._on_message,
                    client_info=Implementation(name="Presstalk", version=self._version),
                    cache=None,
                ) as client:
                    self._client = client
                    await self._list(client)
                    starting.reschedule(None)
                    await self._serve(client, server)
        except asyncio.CancelledError:
            if self._stopped:
                raise
            return "error", ""
        except BaseException as exc:
            if isinstance(exc, KeyboardInterrupt | SystemExit):
                raise
            return _why(server, reason_of(exc))
        finally:
            self._client = None
        return _why(server, ("exited", ""))

    def _server(self, asked: Callable[[], None]) -> StdioServer | HttpServer:
        """Its transport; `asked` is called when the user is sent to the browser."""
        if not self._spec.url:
            return StdioServer(self._spec, self._lines)

        def keep(kept: str) -> None:
            self._kept, self._may_ask = kept, False
            self._send(SignedIn(self._spec.name, kept))

        def open_page(url: str) -> None:
            asked()
            self._send(OpenPage(self._spec.name, url))

        sign_in = SignIn(self._spec.url, self._kept, keep, open_page if self._may_ask else None)
        self._may_ask = False  # only once: what fails isn't tried again with another page
        return HttpServer(self._spec, sign_in)

    async def _serve(self, client: Client, server: StdioServer | HttpServer) -> None:
        """Until it ends: list the tools again when they have changed."""
        gone = server.gone if isinstance(server, StdioServer) else self._refused
        tasks = [asyncio.create_task(gone.wait()), asyncio.create_task(self._relist(client))]
        if client.protocol_version in MODERN_PROTOCOL_VERSIONS:
            tasks.append(asyncio.create_task(self._listen(client)))
        try:
            await asyncio.wait(tasks[:2], return_when=asyncio.FIRST_COMPLETED)
            self._end_calls()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _relist(self, client: Client) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self._list(client)
            await asyncio.sleep(RELIST_S)

    async def _listen(self, client: Client) -> None:
        """Servers since 2026-07-28 announce changes on a stream that is asked for."""
        with suppress(Exception):  # one that doesn't offer it never changes its tools
            async with client.listen(tools_list_changed=True) as changes:
                async for _ in changes:
                    self._changed.set()

    async def _on_message(self, message: object) -> None:
        if isinstance(message, ToolListChangedNotification):
            self._changed.set()

    async def _list(self, client: Client) -> None:
        found: list[Tool] = []
        cursor = None
        for _ in range(MOST_PAGES):
            page = await client.list_tools(cursor=cursor)
            found += page.tools
            cursor = page.next_cursor
            if cursor is None or len(found) > content.MOST_TOOLS:
                break
        tools, unlisted = content.described(found)
        self._send(
            State(
                name=self._spec.name,
                phase="ready",
                tools=tools,
                unlisted=unlisted,
                stderr=tuple(self._lines),
            )
        )

    async def _finish(self, client: Client, call: Call) -> None:
        said = 0.0
        if self._http:
            self._http.refusal = 0

        async def on_progress(progress: float, total: float | None, message: str | None) -> None:
            nonlocal said
            now = time.monotonic()
            if now - said >= PROGRESS_S or progress == total:
                said = now
                self._send(Progress(call.id, progress, total or 0.0, (message or "")[:200]))

        try:
            result = await client.call_tool(
                call.tool, call.arguments, read_timeout_seconds=call.timeout_s, progress_callback=on_progress
            )
            self._send(content.passed_on(call.id, result))
        except asyncio.CancelledError:
            if self._client is not client:
                self._send(Failure(id=call.id, reason="exited"))
            raise
        except Exception as exc:
            reason, detail = _why(self._http, reason_of(exc)) if self._http else reason_of(exc)
            self._send(Failure(id=call.id, reason=reason, detail=detail))
            if reason.startswith("sign-in") or (reason, detail) == ("unauthorized", "401"):
                self._refused.set()

    def _end_calls(self) -> None:
        """The server is gone: what was asked of it ends as failed."""
        self._client = None
        for task in list(self._calls.values()):
            task.cancel()

    def _report(
        self, phase: ServerPhase, reason: Reason = "", detail: str = "", retry_s: float = 0.0
    ) -> None:
        self._send(
            State(
                name=self._spec.name,
                phase=phase,
                reason=reason,
                detail=detail,
                stderr=tuple(self._lines),
                retry_s=retry_s,
            )
        )


def _now() -> float:
    return asyncio.get_running_loop().time()


def _why(server: StdioServer | HttpServer, found: Ended) -> Ended:
    """Why it ended: what the server itself tells is more than what the SDK found."""
    match server:
        case StdioServer(flooded=True):
            return "garbage", ""
        case StdioServer(code=int(code)):
            return "exited", str(code)
        case HttpServer() if found[0] in ("protocol", "error", "exited"):
            return server.refused() or found
        case _:
            return found
