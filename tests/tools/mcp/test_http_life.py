"""A server at an address that goes wrong after it was reached, or never answers: nothing hangs."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from desktop.tools.mcp.life import ServerLife
from desktop.tools.mcp.messages import Call, Failure, OpenPage, Report, Result, ServerSpec, State

WITHIN_S = 20.0
DO = {"name": "do", "inputSchema": {"type": "object"}}


class Far:
    """A server on loopback that answers calls as its habit is: well, or as a path of its own says."""

    def __init__(self) -> None:
        self.habit = ""
        self.url = ""
        self.asked: list[str] = []
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await self._serve(reader, writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        while head := (await reader.readuntil(b"\r\n\r\n")).decode():
            method, path, *_ = head.split(" ")
            self.asked.append(f"{method} {path}")
            length = next(
                (
                    int(line.split(":")[1])
                    for line in head.splitlines()
                    if line.lower().startswith("content-length")
                ),
                0,
            )
            body = json.loads(await reader.readexactly(length)) if length else {}
            if answer := self._answer(method, path, body):
                writer.write(answer)
                await writer.drain()

    def close(self) -> None:
        for writer in self._writers:
            writer.close()

    def _answer(self, method: str, path: str, body: dict[str, Any]) -> bytes:
        asked = body.get("method", "")
        if "hangs" in path or (self.habit == "hangs" and asked == "tools/call"):
            return b""
        if method == "DELETE" and self.habit == "hangs":
            return b""
        if method == "DELETE":
            return _http("200 OK")
        if method == "GET" or path != "/mcp":
            return _http("405 Method Not Allowed")
        match asked:
            case "initialize":
                result: dict[str, Any] = {
                    "protocolVersion": "2025-06-18",
                    "capabilities": {"tools": {}},
                    "serverInfo": {"name": "far", "version": "1"},
                }
                return _http("200 OK", _result(body, result), "Mcp-Session-Id: one")
            case "tools/list":
                return _http("200 OK", _result(body, {"tools": [DO]}))
            case "tools/call" if self.habit:
                return _http(*self.habit.split("|"))
            case "tools/call":
                return _http("200 OK", _result(body, {"content": [{"type": "text", "text": "well"}]}))
            case _ if "id" in body:
                error = {"code": -32601, "message": "unknown"}
                return _http("200 OK", json.dumps({"jsonrpc": "2.0", "id": body["id"], "error": error}))
            case _:
                return _http("202 Accepted")


def _result(body: dict[str, Any], result: dict[str, Any]) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": body["id"], "result": result})


def _http(status: str, body: str = "", header: str = "X-Nothing: 1") -> bytes:
    kind = "application/json" if body.startswith("{") else "text/plain"
    fields = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n{header}"
    return f"HTTP/1.1 {status}\r\n{fields}\r\n\r\n{body}".encode()


class Watched:
    """One life, and what it reports."""

    def __init__(self, url: str, **options: Any) -> None:
        self.reports: list[Report] = []
        self._news = asyncio.Event()
        self.life = ServerLife(ServerSpec(name="far", url=url), self._take, "1", **options)
        self.life.start()

    def _take(self, report: Report) -> None:
        self.reports.append(report)
        self._news.set()

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not true():
                self._news.clear()
                await self._news.wait()

    @property
    def state(self) -> State:
        return [report for report in self.reports if isinstance(report, State)][-1]

    async def phase(self, phase: str) -> State:
        await self.until(lambda: bool(self.reports) and self.state.phase == phase)
        return self.state

    async def call(self, timeout_s: float = WITHIN_S) -> Result | Failure:
        self.life.call(Call(1, "far", "do", {}, timeout_s))
        count = len(self.reports)
        ended = lambda: [one for one in self.reports[count:] if isinstance(one, Result | Failure)]  # noqa: E731
        await self.until(lambda: bool(ended()))
        return ended()[0]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The SDK logs what went wrong, as it may in the servers' process, where logs are off."""
    log = logging.getLogger("mcp")
    before = log.level
    log.setLevel(logging.CRITICAL)
    yield
    log.setLevel(before)


@pytest.fixture
async def far() -> AsyncIterator[Far]:
    made = Far()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp"
    yield made
    made.close()
    server.close()


@pytest.fixture
async def watch() -> AsyncIterator[Callable[..., Watched]]:
    lives: list[Watched] = []

    def make(url: str, **options: Any) -> Watched:
        lives.append(Watched(url, **options))
        return lives[-1]

    yield make
    async with asyncio.timeout(WITHIN_S):
        for one in lives:
            await one.life.stop()


async def test_one_that_never_answers_is_given_up_and_tried_again_later(far: Far, watch: Any) -> None:
    seen = watch(far.url.replace("/mcp", "/hangs"), start_s=0.3)
    state = await seen.phase("failed")
    assert (state.reason, state.retry_s) == ("slow", 1.0)


async def test_one_that_hangs_in_a_call_fails_it_alone_and_can_be_left(far: Far, watch: Any) -> None:
    seen = watch(far.url)
    await seen.phase("ready")
    assert (await seen.call()).texts == ("well",)
    far.habit = "hangs"
    failure = await seen.call(0.2)
    assert (failure.reason, seen.state.phase) == ("slow", "ready")
    far.habit = ""
    assert (await seen.call()).texts == ("well",)
    far.habit = "hangs"  # at the end too: it is left all the same
    async with asyncio.timeout(WITHIN_S):
        await seen.life.stop()


@pytest.mark.parametrize(
    ("habit", "reason", "detail", "phase"),
    [
        ("401 Unauthorized", "sign-in", "", "failed"),
        ("403 Forbidden", "unauthorized", "403", "ready"),
        ("500 Oops", "http", "500", "ready"),
        ("307 Off||Location: http://localhost:9/else", "redirected", "http://localhost:9/else", "ready"),
        ("200 OK|no JSON", "protocol", "Unexpected content type", "ready"),
    ],
)
async def test_a_call_that_is_refused_says_why(
    far: Far, watch: Any, habit: str, reason: str, detail: str, phase: str
) -> None:
    seen = watch(far.url)
    await seen.phase("ready")
    far.habit = habit
    failure = await seen.call()
    assert failure.reason == reason
    assert detail in failure.detail
    if phase == "failed":
        state = await seen.phase("failed")
        assert (state.reason, state.retry_s) == ("sign-in", 0.0)
    else:
        far.habit = ""
        assert (await seen.call()).texts == ("well",)


async def test_a_server_that_registers_nobody_has_refused_the_sign_in(watch: Any) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        status = "401 Unauthorized" if b" /mcp " in head else "404 Not Found"
        writer.write(_http(status, "", "Connection: close"))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    seen = watch(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp", sign_in=True)
    state = await seen.phase("failed")
    assert (state.reason, state.retry_s) == ("sign-in-refused", 0.0)
    assert not any(isinstance(report, OpenPage) for report in seen.reports)
    server.close()


@pytest.mark.parametrize("page", ["http://192.0.2.1/meta", "https://user@127.0.0.1:9/meta"])
async def test_a_sign_in_is_sent_to_no_unsafe_place(far: Far, watch: Any, page: str) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        field = f'WWW-Authenticate: Bearer resource_metadata="{page}"'
        writer.write(_http("401 Unauthorized", "", f"{field}\r\nConnection: close"))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    seen = watch(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp", sign_in=True)
    state = await seen.phase("failed")
    assert state.reason in ("refused", "error")
    assert "isn't safe" in state.detail
    assert not any(isinstance(report, OpenPage) for report in seen.reports)
    server.close()
