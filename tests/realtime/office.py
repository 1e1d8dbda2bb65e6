"""An HTTP server on loopback with scripted answers, which records its requests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from desktop.access import key_hosts

TURNS_TO_ACCEPT = 3
"""Turns of the event loop until a connection that was just accepted has its transport: before, nothing would
close it."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Asked:
    """One request."""

    def __init__(self, request: web.Request, body: bytes) -> None:
        self.method = request.method
        self.path = request.path
        self.query = dict(request.query)
        self.headers: Mapping[str, str] = request.headers
        self.body = body

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Office:
    """The server's address, and the requests it got."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []


@asynccontextmanager
async def open_office(*answers: Handler | Any, agreed: bool = True) -> AsyncIterator[Office]:
    """An office that gives one answer per request, and repeats the last one.

    The user has `agreed` that secrets go there.

    An answer is a handler, or what is sent as JSON.
    """
    office = Office("")

    async def handle(request: web.Request) -> web.StreamResponse:
        office.asked.append(Asked(request, await request.read()))
        answer = answers[min(len(office.asked), len(answers)) - 1]
        return await answer(request) if callable(answer) else web.json_response(answer)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    office.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    if agreed:
        key_hosts.trust_for_this_run(office.url)
    try:
        yield office
    finally:
        await site.stop()
        for _ in range(TURNS_TO_ACCEPT):
            await asyncio.sleep(0)
        await runner.cleanup()


def status(code: int, body: Any = None, **headers: str) -> Handler:
    """An answer with this status."""

    async def answer(_: web.Request) -> web.Response:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.json_response(body or {}, status=code, headers=fields)

    return answer


def page(text: str = "<!doctype html><title>Sign in</title>") -> Handler:
    """A web page."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=text, content_type="text/html")

    return answer
