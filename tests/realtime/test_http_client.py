"""Requests over real sockets: bounded, encrypted or local, and secrets go only where they belong."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable

import h11
import pytest
from aiohttp import web as aio

from desktop.realtime import http_client, loop_budget
from desktop.realtime.errors import AddressError, RealtimeError, UnreachableError
from desktop.realtime.unpacked import Unpacked
from tests.realtime.office import open_office, status
from tests.realtime.test_tls import UNSAFE, safe, trusted  # noqa: F401 - a fixture

SECRET = {"X-Pass": "marked-secret-42"}


async def test_an_answer_has_status_headers_and_body():
    async with open_office(status(418, {"a": 1}, X_Kind="pot")) as office:
        answer = await http_client.request("POST", f"{office.url}/t?a=b", secret=SECRET, json={"x": "é"})
    assert (answer.status, answer.object()) == (418, {"a": 1})
    assert ("x-kind", "pot") in [(name.lower(), value) for name, value in answer.headers]
    (asked,) = office.asked
    assert (asked.method, asked.path, asked.query, asked.json) == ("POST", "/t", {"a": "b"}, {"x": "é"})
    assert asked.headers["X-Pass"] == "marked-secret-42"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://mint.example/t", "https://"),
        ("http://127.0.0.1.example/t", "https://"),
        ("ftp://mint.example/t", "isn't valid"),
        ("https://", "isn't valid"),
        ("https://mint.example:99999/", "isn't valid"),
        ("https://[::1/", "isn't valid"),
        ("https://anna:secret@mint.example/", "name or a password"),
        ("", "isn't valid"),
    ],
)
async def test_what_is_no_safe_address_is_not_asked(url: str, words: str):
    with pytest.raises(AddressError, match=words) as caught:
        await http_client.request("GET", url, secret=SECRET)
    assert "secret" not in str(caught.value)


CODES = [301, 302, 303, 307, 308]


@pytest.mark.parametrize("code", CODES)
async def test_a_redirect_within_the_origin_is_followed(code: int):
    async with open_office(status(code, Location="/there"), {"ok": True}) as office:
        answer = await http_client.request("POST", office.url, secret=SECRET, json={"a": 1})
    assert answer.object() == {"ok": True}
    assert answer.host == office.url.removeprefix("http://")
    assert [asked.path for asked in office.asked] == ["/", "/there"]
    assert all("X-Pass" in asked.headers for asked in office.asked)
    assert (office.asked[1].method, office.asked[1].body) == (
        ("POST", b'{"a":1}') if code > 303 else ("GET", b"")
    )


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    "sent",
    [{}, {"secret": SECRET}, {"json": {"a": 1}}, {"form": {"device_code": "marked-code-42"}}],
    ids=["nothing", "secret", "json", "form"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_redirect_to_another_origin_is_never_followed(method: str, sent: dict, code: int):
    async with open_office({"ok": True}) as other:
        async with open_office(status(code, Location=f"{other.url}/x")) as office:
            with pytest.raises(AddressError, match=r"redirects to .* and no key is sent there") as caught:
                await http_client.request(method, office.url, **sent)
    assert other.asked == []
    assert "marked" not in str(caught.value)


BOMB = gzip.compress(bytes(64 * 1024 * 1024))


@pytest.mark.parametrize("code", [200, 401, 500])
async def test_a_bomb_is_not_unpacked(code: int):
    """64 kB that hold 64 MiB; the list of models is fetched at each start."""
    tracemalloc.start()
    try:
        async with open_office(packed(BOMB, "gzip", code)) as office:
            with pytest.raises(UnreachableError, match="too large"):
                await http_client.request("GET", office.url)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 4 * http_client.MOST_BYTES
    assert office.asked[0].headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)],
)
async def test_what_is_packed_unasked_is_read(encoding: str, pack: Callable[[bytes], bytes]):
    async with open_office(packed(pack(b'{"ok": true}'), encoding)) as office:
        answer = await http_client.request("GET", office.url)
    assert answer.object() == {"ok": True}


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"no gzip", "gzip"),
        (gzip.compress(b'{"ok": true}')[:-9], "gzip"),
        (gzip.compress(gzip.compress(b"{}")), "gzip, gzip"),
        (b"{}", "br"),
        (b"{}", "zstd"),
        (b"{}", "rot13"),
    ],
    ids=["no gzip", "cut off", "twice", "br", "zstd", "unknown"],
)
async def test_what_cannot_be_unpacked_is_told(body: bytes, encoding: str):
    async with open_office(packed(body, encoding)) as office:
        with pytest.raises(UnreachableError):
            await http_client.request("GET", office.url)


async def test_ten_thousand_tiny_chunks_let_the_others_have_their_turns(monkeypatch: pytest.MonkeyPatch):
    """The window's loop is the same: it would have stood still for as long as they are handed on."""
    chunks = 10_000
    turns, at_chunks = 0, list[int]()
    monkeypatch.setattr(loop_budget, "BUDGET_S", 0.0)
    add = Unpacked.add

    def noted(self: Unpacked, chunk: bytes) -> None:
        at_chunks.append(turns)
        add(self, chunk)

    monkeypatch.setattr(Unpacked, "add", noted)

    async def answer(request: aio.Request) -> aio.StreamResponse:
        response = aio.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        assert request.transport is not None
        request.transport.write(b"1\r\n \r\n" * chunks)
        await response.write_eof()
        return response

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    async with open_office(answer) as office:
        counting = asyncio.ensure_future(count())
        answered = await http_client.request("GET", office.url)
        counting.cancel()
    assert answered.body == b" " * chunks
    assert len(at_chunks) == chunks
    assert at_chunks[-1] - at_chunks[0] >= chunks - 1


async def test_announcements_of_an_answer_let_the_others_have_their_turns(monkeypatch: pytest.MonkeyPatch):
    """A server may send as many responses with 1xx as it likes before its answer."""
    many = 20_000
    turns, at_events = 0, list[int]()
    next_event = h11.Connection.next_event

    def noted(self: h11.Connection) -> object:
        at_events.append(turns)
        return next_event(self)

    monkeypatch.setattr(h11.Connection, "next_event", noted)

    async def answer(request: aio.Request) -> aio.Response:
        assert request.transport is not None
        request.transport.write(b"HTTP/1.1 103 \r\n\r\n" * many)
        return aio.Response(body=b"{}")

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    async with open_office(answer) as office:
        counting = asyncio.ensure_future(count())
        answered = await http_client.request("GET", office.url)
        counting.cancel()
    assert answered.body == b"{}"
    assert len(at_events) > many
    assert max(Counter(at_events).values()) < 200


def packed(body: bytes, encoding: str, code: int = 200):
    async def answer(_: aio.Request) -> aio.Response:
        return aio.Response(status=code, body=body, headers={"Content-Encoding": encoding})

    return answer


@pytest.mark.parametrize("location", ["http://mint.example/t", "https://user:pw@mint.example/", "gopher://x"])
async def test_a_redirect_to_where_one_can_listen_in_is_not_followed(location: str):
    async with open_office(status(307, Location=location)) as office:
        with pytest.raises(AddressError):
            await http_client.request("POST", office.url, secret=SECRET)


async def test_a_circle_of_redirects_ends():
    async with open_office(status(302, Location="/again")) as office:
        with pytest.raises(UnreachableError, match="in a loop"):
            await http_client.request("GET", office.url)
    assert len(office.asked) == http_client.MOST_REDIRECTS + 1


async def test_an_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(http_client, "MOST_BYTES", 10_000)

    async def endless(request: aio.Request) -> aio.StreamResponse:
        response = aio.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(b"x" * 1_000)
        return response

    async with open_office(endless) as office:
        with pytest.raises(UnreachableError, match="too large"):
            await http_client.request("GET", office.url)


async def test_a_slow_answer_is_not_waited_for_however_it_dribbles(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(http_client, "WHOLE_S", 0.3)

    async def slow(request: aio.Request) -> aio.StreamResponse:
        response = aio.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(b" ")
                await asyncio.sleep(0.02)
        return response

    async with open_office(slow) as office:
        with pytest.raises(UnreachableError, match="did not answer in time") as caught:
            await http_client.request("GET", office.url)
    assert caught.value.retry


async def test_what_is_canceled_leaves_no_task_behind():
    async def never(_: aio.Request) -> aio.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    async with open_office(never) as office:
        before = asyncio.all_tasks()
        asking = asyncio.create_task(http_client.request("GET", office.url))
        async with asyncio.timeout(5):
            while not office.asked:  # noqa: ASYNC110 - the office has no event for it
                await asyncio.sleep(0.001)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert {task for task in asyncio.all_tasks() - before if "aiohttp" not in repr(task)} == set()


async def test_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(UnreachableError, match=r"Nothing answers at 127.*ticket address") as caught:
        await http_client.request("GET", f"http://127.0.0.1:{port}/?token=hidden", address="ticket address")
    assert caught.value.retry
    assert "hidden" not in str(caught.value)


async def test_an_unknown_name(monkeypatch: pytest.MonkeyPatch):
    async def no_such_host(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", no_such_host)
    with pytest.raises(UnreachableError, match=r"nowhere\.example was not found"):
        await http_client.request("GET", "https://nowhere.example")


async def test_something_else_answers():
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        with pytest.raises(UnreachableError, match="other than what was requested"):
            await http_client.request("GET", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(("certificate", "words"), UNSAFE)
async def test_a_bad_certificate_is_explained(certificate: str, words: str):
    async with safe(certificate) as url:
        with pytest.raises(RealtimeError, match="not secure") as caught:
            await http_client.request("POST", url, secret=SECRET)
    assert words in str(caught.value)
