"""Redirects of the socket, over real sockets: followed within an origin, and never beyond it."""

from __future__ import annotations

import http

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from desktop.realtime import messages, redirects
from desktop.realtime.connection import Connection, Endpoint
from desktop.realtime.errors import AddressError, UnreachableError
from desktop.turn.effects import DisplayState
from tests.realtime.service import Line, Refusal, serving
from tests.realtime.test_session import idle, talking

CODES = [301, 302, 303, 307, 308]
KEY = Endpoint("", "marked-key-42")
TICKET = Endpoint("", ticket="marked-ticket-42")


def redirecting(*locations: str, code: int = 302) -> Refusal:
    """Answers the first upgrades with these redirects."""
    left = list(locations)

    def refuse(connection: ServerConnection, _: Request) -> Response | None:
        if not left:
            return None
        response = connection.respond(http.HTTPStatus(code), "")
        response.headers["Location"] = left.pop(0)
        return response

    return refuse


async def waits(line: Line) -> None:
    await line.socket.wait_closed()


async def open_at(url: str, endpoint: Endpoint = KEY) -> None:
    connection = await Connection.open(Endpoint(url, endpoint.key, endpoint.ticket))
    await connection.close()


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("endpoint", [KEY, TICKET], ids=["key", "ticket"])
@pytest.mark.parametrize("scheme", ["http", "ws", ""])
async def test_one_within_the_origin_is_followed(scheme: str, endpoint: Endpoint, code: int):
    """The published answer of a load balancer has `http` in it: that is `ws` to a socket."""
    async with serving(waits, refuse=lambda *args: refuse(*args)) as service:
        there = (
            f"{scheme}{service.url.removeprefix('http')}/v4/realtime?a=b#c" if scheme else "/v4/realtime?a=b"
        )
        refuse = redirecting(there, code=code)
        await open_at(service.url, endpoint)
    assert [request.path for request in service.requests] == ["/v3/realtime", "/v4/realtime?a=b"]
    last = service.requests[-1].headers
    assert endpoint.key in last.get("Authorization", "")
    assert endpoint.ticket in last.get("Sec-WebSocket-Protocol", "")


@pytest.mark.parametrize("endpoint", [KEY, TICKET], ids=["key", "ticket"])
@pytest.mark.parametrize("scheme", ["http", "ws"])
async def test_one_to_another_origin_is_not_followed(scheme: str, endpoint: Endpoint):
    async with serving(waits) as other:
        there = f"{scheme}{other.url.removeprefix('http')}/v3/realtime"
        async with serving(waits, refuse=redirecting(there)) as service:
            with pytest.raises(AddressError, match=r"redirects to 127.*no key is sent there") as caught:
                await open_at(service.url, endpoint)
    assert other.requests == [], "not even asked"
    assert "marked" not in str(caught.value)


@pytest.mark.parametrize(
    "location",
    [
        "ws://portal.example/sign-in",
        "http://portal.example/",
        "https://api.opper.ai/v3/realtime",
        "//portal.example/",
        "https://127.0.0.1/",
        "http://localhost/",
    ],
)
async def test_no_key_goes_where_the_redirect_leads(location: str):
    async with serving(waits, refuse=redirecting(location)) as service:
        with pytest.raises(AddressError, match="no key is sent there"):
            await open_at(service.url)
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    "location", ["gopher://x", "http://", "http://[::1", "ws://a:99999/", "http://u:p@127.0.0.1"]
)
async def test_one_to_no_address(location: str):
    async with serving(waits, refuse=redirecting(location)) as service:
        with pytest.raises(AddressError, match="redirects to an address that isn't valid"):
            await open_at(service.url)


async def test_a_password_in_a_redirect_is_not_sent_beside_the_key():
    async with serving(waits, refuse=lambda *args: refuse(*args)) as service:
        refuse = redirecting(service.url.replace("//", "//anna:secret@"))
        with pytest.raises(AddressError):
            await open_at(service.url)
    assert len(service.requests) == 1


@pytest.mark.parametrize("locations", [(), ("/a", "/b")])
async def test_an_odd_number_of_locations(locations: tuple[str, ...]):
    def refuse(connection: ServerConnection, request: Request) -> Response | None:
        if request.path != "/v3/realtime":
            return None
        response = connection.respond(http.HTTPStatus.FOUND, "")
        for location in locations:
            response.headers["Location"] = location
        return response

    async with serving(waits, refuse=refuse) as service:
        if locations:
            await open_at(service.url)
            assert service.requests[-1].path == "/a"
        else:
            with pytest.raises(UnreachableError, match="is not the realtime service"):
                await open_at(service.url)


async def test_a_circle_ends():
    async with serving(waits, refuse=redirecting(*["/again"] * 100)) as service:
        with pytest.raises(UnreachableError, match="in a loop"):
            await open_at(service.url)
    assert len(service.requests) == redirects.MOST_REDIRECTS + 1


async def test_one_in_mid_session_is_followed_too(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("desktop.realtime.retry.FIRST_S", 0.01)

    async def cut(line: Line) -> None:
        await line.start()
        line.cut()

    def refuse(connection: ServerConnection, request: Request) -> Response | None:
        if len(service.requests) != 2:
            return None
        response = connection.respond(http.HTTPStatus.TEMPORARY_REDIRECT, "")
        response.headers["Location"] = f"{service.url}/v4"
        return response

    async with serving(cut, idle, refuse=refuse) as service:
        async with talking(service) as talk:
            await talk.until(lambda: len(service.requests) == 3)
            await talk.until_state(DisplayState.READY)
    assert service.requests[-1].path == "/v4"


@pytest.mark.parametrize(
    ("url", "location", "there"),
    [
        ("wss://a.example/v3", "https://a.example/x", "wss://a.example/x"),
        ("wss://a.example/v3", "https://A.example:443/x", "wss://A.example:443/x"),
        ("wss://a.example/v3", "/x?y#z", "wss://a.example/x?y"),
        ("wss://a.example/v3", "wss:x", "wss://a.example/x"),
        ("ws://[::1]:80/v3", "http://[::1]/x", "ws://[::1]/x"),
        ("wss://a.example/v3", "http://a.example/x", None),
        ("wss://a.example/v3", "ws://a.example:443/x", None),
        ("wss://a.example/v3", "https://a.example:8443/x", None),
        ("wss://a.example/v3", "https://b.a.example/x", None),
        ("wss://a.example/v3", "https://a.example.evil.example/", None),
        ("wss://a.example/v3", "https://a.example@evil.example/", None),
        ("wss://a.example/v3", "https:\\\\evil.example\\", None),
        ("wss://a.example/v3", "javascript:alert(1)", None),
        ("wss://a.example/v3", "https://b\u00fccher.example/", None),
    ],
)
def test_where_a_redirect_leads(url: str, location: str, there: str | None):
    if there is None:
        with pytest.raises(AddressError):
            redirects.socket_target(url, location, messages.BASE_URL())
    else:
        assert redirects.socket_target(url, location, messages.BASE_URL()) == there
