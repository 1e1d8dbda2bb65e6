"""Tickets over real sockets: minted, handed out, used once, replaced when they are refused."""

from __future__ import annotations

import asyncio
import http
from contextlib import AbstractAsyncContextManager
from typing import Any

import msgspec
import pytest

from desktop.base.redaction import redact
from desktop.offline.fakes import FakeRecognizer, FakeSynthesizer, fake_loaders
from desktop.protocol import catalog, commands
from desktop.realtime import tickets
from desktop.realtime.connection import Connection
from desktop.realtime.endpoint import Endpoint
from desktop.realtime.errors import AddressError, CredentialError, RealtimeError, RefusedError
from desktop.realtime.handshake import open_anew, open_session
from tests.offline.client import running
from tests.realtime.office import Office, open_office, page, status
from tests.realtime.service import Line, serving

KEY = "op-4b1c9d2e7f60aa31"
SECRET = "marked-ticket-9f"
HEADER = ("X-Pass", "marked-header-77")
MODEL = catalog.find("openai/gpt-realtime-2")
CONFIG = commands.Config(
    model=MODEL.id,
    voice="marin",
    instructions="Be brief.",
    turn_detection=commands.TurnDetection(type="none"),
)
BOUND = frozenset({"model", "voice", "instructions", "turn_detection"})
GIVEN = {"client_secret": SECRET, "expires_at": "2026-03-02T12:01:00.000Z"}


async def idle(line: Line) -> None:
    await line.start()
    await line.socket.wait_closed()


async def minted(answer: Any) -> tuple[Endpoint, Office]:
    async with open_office(answer) as office:
        return await tickets.mint(Endpoint(office.url, KEY), CONFIG), office


async def fetched(answer: Any, base_url: str = "https://api.opper.ai") -> tuple[Endpoint, Office]:
    async with open_office(answer) as office:
        return await tickets.fetch(f"{office.url}/mint?team=7", HEADER, CONFIG, base_url), office


# Minting


async def test_a_mint_binds_the_whole_configuration_for_a_minute():
    endpoint, office = await minted(GIVEN)
    (asked,) = office.asked
    assert (asked.method, asked.path) == ("POST", "/v3/realtime-sessions")
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert asked.json == {"config": msgspec.to_builtins(CONFIG), "ttl_seconds": 60}
    assert (endpoint.ticket, endpoint.key, endpoint.bound) == (SECRET, "", BOUND)
    assert endpoint.free(CONFIG) == commands.Config()


@pytest.mark.parametrize(
    "given",
    [
        {"ticket": SECRET},
        {"client_secret": SECRET, "ticket": "other"},
        {"client_secret": None, "ticket": SECRET},
        {"ws_url": f"ws://127.0.0.1:9/v3/realtime?ticket={SECRET}"},
        GIVEN | {"expires_at": "1999-01-01T00:00:00Z"},
        GIVEN | {"expires_at": 17, "colour": "red", "ws_url": None},
    ],
)
async def test_the_secret_is_found_under_either_name_whatever_the_clocks_say(given: dict[str, Any]):
    endpoint, _ = await minted(given)
    assert endpoint.ticket == SECRET
    assert SECRET not in repr(endpoint) + endpoint.websocket_url()
    assert SECRET not in redact(f"it is {SECRET}")


async def test_the_ticket_in_the_sockets_url_is_taken_out():
    endpoint, _ = await minted(GIVEN | {"ws_url": f"ws://127.0.0.1:9/rt?region=eu&ticket={SECRET}&ticket=2"})
    assert endpoint.websocket_url() == "ws://127.0.0.1:9/rt?region=eu"
    assert endpoint.subprotocols() == [f"opper-ticket.{SECRET}"]
    assert endpoint.headers() == {}


@pytest.mark.parametrize(
    ("answer", "words", "retry"),
    [
        (status(400, {"error": {"message": "no such field 'x'"}}), "no such field 'x'", False),
        (status(401), "key was refused", False),
        (status(402), "balance", False),
        (status(403), "isn't allowed to use this model", False),
        (status(404), "service address", False),
        (status(429, Retry_After="3"), "too many", True),
        (status(503), "is having problems", True),
        (page(), "web page instead of a ticket", False),
        ({"hello": 1}, "sent no ticket", False),
        ([1], "sent no ticket", False),
        ({"client_secret": {"no": 1}}, "sent no ticket", False),
    ],
)
async def test_no_ticket_is_a_plain_sentence(answer: Any, words: str, retry: bool):
    with pytest.raises(RealtimeError, match=words) as caught:
        await minted(answer)
    assert caught.value.retry is retry
    assert KEY not in str(caught.value)


async def test_a_key_that_the_service_repeats_is_blotted_out():
    with pytest.raises(RefusedError) as caught:
        await minted(status(400, {"detail": f"bad key {KEY}"}))
    assert str(caught.value).endswith("…")
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("secret", ["two words\r\nX: y", "two\twords", "zwei-wörter", "w" * 4_097])
async def test_a_ticket_that_can_be_none_is_not_sent(secret: str):
    endpoint, _ = await minted({"client_secret": secret})
    with pytest.raises(CredentialError, match="too long or contains invalid") as caught:
        await Connection.open(endpoint)
    assert secret[:3] not in str(caught.value)


# From an organisation's own URL


async def test_an_organisations_url_is_asked_with_its_header_and_no_key():
    endpoint, office = await fetched(GIVEN | {"ws_url": "wss://api.opper.ai/v3/realtime"})
    (asked,) = office.asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/mint", {"team": "7"})
    assert asked.headers["X-Pass"] == "marked-header-77"
    assert "Authorization" not in asked.headers
    assert asked.json["config"]["model"] == MODEL.id
    assert (endpoint.ticket, endpoint.host) == (SECRET, "api.opper.ai")


@pytest.mark.parametrize(
    ("bound", "free"),
    [
        ({}, BOUND),
        ({"config": {}}, BOUND),
        ({"config": {"model": MODEL.id, "instructions": "theirs"}}, {"voice", "turn_detection"}),
        ({"config": {"model": MODEL.id}, "locked_fields": ["voice", 7]}, {"instructions", "turn_detection"}),
        ({"config": dict.fromkeys(BOUND, 0) | {"model": MODEL.id, "new": 1}}, frozenset()),
        ({"config": {"model": "xai/grok-voice-latest"}}, {"instructions"}),
        ({"config": "text", "locked_fields": "text"}, BOUND),
    ],
)
async def test_only_free_fields_are_sent(bound: dict[str, Any], free: frozenset[str]):
    endpoint, _ = await fetched(GIVEN | bound)
    assert set(msgspec.to_builtins(endpoint.free(CONFIG))) == free


@pytest.mark.parametrize(
    ("answer", "words", "retry"),
    [
        (page(), "web page instead of a ticket", False),
        (status(400, {"message": "who are you"}), "who are you", False),
        (status(401), "refused access", False),
        (status(402), "balance behind 127", False),
        (status(403), "won't give you a ticket", False),
        (status(404), "no tickets at this address", False),
        (status(405), "POST", False),
        (status(418), "issues no tickets", False),
        (status(429, Retry_After="3"), "no more tickets", True),
        (status(500), "is having problems", True),
    ],
)
async def test_an_office_that_gives_none_is_a_plain_sentence(answer: Any, words: str, retry: bool):
    with pytest.raises(RefusedError, match=words) as caught:
        await fetched(answer)
    assert caught.value.retry is retry
    assert "marked" not in str(caught.value)


async def test_no_ticket_is_fetched_where_a_redirect_leads():
    async with open_office(GIVEN) as other:
        with pytest.raises(AddressError, match=r"redirects to .*ticket address"):
            await fetched(status(307, Location=f"{other.url}/elsewhere"))
    assert other.asked == []


@pytest.mark.parametrize("url", ["ws://api.example/rt", "http://api.example/rt"])
async def test_an_unencrypted_socket_is_not_opened(url: str):
    with pytest.raises(RefusedError, match="not encrypted"):
        await fetched(GIVEN | {"ws_url": url})


@pytest.mark.parametrize(("host", "base_url"), [("mint.example", "https://api.opper.ai")])
def test_nobody_far_away_sends_us_to_our_own_machine(host: str, base_url: str):
    with pytest.raises(RefusedError, match="this computer itself"):
        tickets._check_socket("ws://127.0.0.1:80/x", host, base_url)


# Used


def provider() -> AbstractAsyncContextManager[str]:
    return running(fake_loaders(FakeRecognizer(), FakeSynthesizer()))


OFFLINE = catalog.find(catalog.OFFLINE_MODEL)
OFFLINE_CONFIG = commands.Config(model=OFFLINE.id, voice="heart")


async def test_a_minted_ticket_opens_one_session_and_is_replaced_when_it_comes_again():
    async with provider() as url:
        first = await tickets.mint(Endpoint(url, KEY), OFFLINE_CONFIG)
        opened = await open_session(first, OFFLINE_CONFIG, OFFLINE)
        await opened.connection.close()
        with pytest.raises(RefusedError, match="already used") as caught:
            await open_session(first, OFFLINE_CONFIG, OFFLINE)
        assert caught.value.code == "401"
        assert first.ticket not in str(caught.value)

        asked = 0

        async def ask(config: commands.Config) -> Endpoint:
            nonlocal asked
            asked += 1
            return first if asked == 1 else await tickets.mint(Endpoint(url, KEY), OFFLINE_CONFIG)

        again = await open_anew(ask, OFFLINE_CONFIG, OFFLINE)
        await again.connection.close()
        assert asked == 2


async def test_an_office_that_gives_the_same_ticket_for_ever_is_asked_twice():
    def refuse(connection: Any, _: Any) -> Any:
        return connection.respond(http.HTTPStatus.UNAUTHORIZED, "used\n")

    asked = 0

    async def ask(config: commands.Config) -> Endpoint:
        nonlocal asked
        asked += 1
        return Endpoint(service.url, ticket=SECRET)

    async with serving(idle, refuse=refuse) as service:
        with pytest.raises(RefusedError, match="already used"):
            await open_anew(ask, CONFIG, MODEL)
    assert asked == len(service.requests) == 2


async def test_a_refused_key_is_not_tried_twice():
    async def ask(config: commands.Config) -> Endpoint:
        return Endpoint(service.url, KEY)

    def refuse(connection: Any, _: Any) -> Any:
        return connection.respond(http.HTTPStatus.UNAUTHORIZED, "no\n")

    async with serving(idle, refuse=refuse) as service:
        with pytest.raises(RefusedError, match="key was refused"):
            await open_anew(ask, CONFIG, MODEL)
    assert len(service.requests) == 1


async def test_the_upgrade_carries_the_ticket_and_nothing_else_does():
    configs: list[dict[str, Any]] = []

    async def script(line: Line) -> None:
        configs.append(await line.start())
        await line.socket.wait_closed()

    async with serving(script) as service:
        endpoint = Endpoint(service.url, ticket=SECRET, bound=BOUND)
        opened = await open_session(endpoint, CONFIG, MODEL)
        await opened.connection.close()
    (request,) = service.requests
    assert configs == [{}], "all is bound"
    assert request.headers["Sec-WebSocket-Protocol"] == f"opper-ticket.{SECRET}"
    assert SECRET not in request.path
    assert "Authorization" not in request.headers


async def test_an_expired_ticket_is_refused_and_replaced(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tickets, "LIFE_S", 0.001)

    async def ask(config: commands.Config) -> Endpoint:
        endpoint = await tickets.mint(Endpoint(url, KEY), OFFLINE_CONFIG)
        if tickets.LIFE_S < 1:
            await asyncio.sleep(0.01)  # it is older than it may be now
            monkeypatch.setattr(tickets, "LIFE_S", 60)
        return endpoint

    async with provider() as url:
        opened = await open_anew(ask, OFFLINE_CONFIG, OFFLINE)
        await opened.connection.close()
