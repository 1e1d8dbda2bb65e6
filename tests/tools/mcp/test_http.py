"""A server at an address that refuses, redirects or hangs is a plain state."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from desktop.tools.mcp import words
from desktop.tools.mcp.config import ServerConfig
from desktop.tools.mcp.lines import LONGEST
from tests.tools.mcp.conftest import Servers

pytestmark = pytest.mark.asyncio(loop_scope="module")

Answering = Callable[[bytes], str]
JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address() -> AsyncIterator[Callable[[bytes], str]]:
    """The address of a server that answers each request with these bytes."""
    answers: dict[str, bytes] = {}
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ")[1].decode()
        asked.append(head.decode())
        writer.write(answers.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    def add(answer: bytes) -> str:
        path = f"/{len(answers)}"
        answers[path] = answer.replace(b"PORT", str(port).encode())
        return f"http://127.0.0.1:{port}{path}"

    yield add
    server.close()
    assert not any("s3cret" in head for head in asked if " /elsewhere " in head)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", words.UNAUTHORIZED),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", words.UNAUTHORIZED),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", words.HTTP),
        (
            b"HTTP/1.1 307 Off\r\nLocation: http://localhost:PORT/elsewhere\r\nContent-Length: 0\r\n\r\n",
            words.REDIRECTED,
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi", words.PROTOCOL),
        (b"no HTTP at all\r\n\r\n", words.REFUSED),
        (JSON + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b" " * 50_000_000), words.OTHER),
        (JSON + b"\r\n" + b" " * (LONGEST + 1), words.OTHER),
    ],
    ids=["401", "403", "500", "redirect", "a page", "no HTTP", "a bomb", "no end"],
)
async def test_it_says_why(servers: Servers, address: Answering, answer: bytes, text: object) -> None:
    config = ServerConfig("it", url=address(answer), headers={"Authorization": "Bearer ${keychain:tok}"})
    problem = (await servers.failed(config)).problem
    assert problem is not None
    assert problem.text is text, str(problem)
    assert "s3cret" not in str(problem)


async def test_an_address_where_nobody_listens(servers: Servers) -> None:
    problem = (await servers.failed(ServerConfig("it", url="http://127.0.0.1:9/mcp"))).problem
    assert problem is not None
    assert problem.text is words.REFUSED
