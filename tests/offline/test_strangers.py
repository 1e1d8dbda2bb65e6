"""Who may use the server on this computer: its programs, and no page from elsewhere; none may hold it up."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from desktop.offline import listener, server
from desktop.offline.fakes import FakeRecognizer, FakeSynthesizer, fake_loaders
from desktop.offline.server import OfflineProvider

KEY = {"Authorization": "Bearer k"}


@pytest.fixture
async def url():
    provider = OfflineProvider(fake_loaders(FakeRecognizer(), FakeSynthesizer()))
    yield await provider.start()
    await provider.stop()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost:5173"}, 200),
        ({"Origin": "http://127.0.0.1:9"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "file://"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "http://127.0.0.1@evil.example"}, 403),
        ({"Origin": "https://[bad"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "localhost:80"}, 200),
    ],
)
async def test_pages_from_elsewhere_are_refused(url: str, headers: dict[str, str], status: int):
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{url}/v3/models", headers=KEY | headers) as answer:
            assert answer.status == status
        async with http.post(f"{url}/v3/realtime-sessions", headers=KEY | headers, json={}) as answer:
            assert answer.status == status
        if status == 403:
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await http.ws_connect(f"{url}/v3/realtime", headers=KEY | headers)
        else:
            async with http.ws_connect(f"{url}/v3/realtime", headers=KEY | headers):
                pass


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "])
async def test_headers_that_never_end_are_given_up(monkeypatch: pytest.MonkeyPatch, said: bytes):
    monkeypatch.setattr(listener, "HEADERS_S", 0.05)
    provider = OfflineProvider(fake_loaders(FakeRecognizer(), FakeSynthesizer()))
    port = int((await provider.start()).rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    async with asyncio.timeout(10):
        try:
            assert await reader.read() == b""
        except ConnectionError:
            pass  # broken off
    writer.close()
    await provider.stop()


async def test_an_open_session_is_no_silent_connection(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listener, "HEADERS_S", 0.05)
    provider = OfflineProvider(fake_loaders(FakeRecognizer(), FakeSynthesizer()))
    url = await provider.start()
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{url}/v3/realtime", headers=KEY) as line:
        later = asyncio.Event()
        asyncio.get_running_loop().call_later(0.2, later.set)
        await later.wait()
        await line.ping()
        await line.send_json({"type": "session.start", "config": {"model": "offline/demo"}})
        assert (await line.receive_json(timeout=10))["type"]
    await provider.stop()


async def test_a_body_that_never_comes_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server, "BODY_S", 0.05)
    provider = OfflineProvider(fake_loaders(FakeRecognizer(), FakeSynthesizer()))
    port = int((await provider.start()).rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"POST /v3/realtime-sessions HTTP/1.1\r\nHost: localhost\r\n"
        b"Authorization: Bearer k\r\nContent-Length: 9\r\n\r\n{"
    )
    async with asyncio.timeout(10):
        assert b" 408 " in await reader.readline()
    writer.close()
    await provider.stop()


@pytest.mark.parametrize("depth", [129, 400, 5_000])
async def test_a_body_that_is_nested_too_deep_is_refused(url: str, depth: int):
    body = b'{"config":' + b"[" * depth + b"1" + b"]" * depth + b"}"
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{url}/v3/realtime-sessions", headers=KEY, data=body) as answer:
            assert answer.status == 400
            assert (await answer.json())["error"]["code"] == "invalid_json"
