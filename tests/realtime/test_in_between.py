"""What answers in place of the service: said at once at first, waited out once there was a session."""

from __future__ import annotations

import asyncio
import http

import pytest
from aiohttp import web
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from desktop.protocol.commands import Config
from desktop.realtime import http_client, in_between, messages, retry, tickets
from desktop.realtime.connection import Connection, Endpoint
from desktop.realtime.errors import RealtimeError, RefusedError, UnreachableError
from desktop.realtime.session_events import SessionOpened
from desktop.turn import effects
from desktop.turn.effects import DisplayState
from tests.realtime.office import open_office, page, status
from tests.realtime.service import Line, Refusal, serving
from tests.realtime.test_session import Talk, idle, talking

HTML = "<!DOCTYPE html><html><title>Welcome to our hotel</title></html>"


def answer(connection: ServerConnection, code: int, body: str = "", **headers: str) -> Response:
    response = connection.respond(http.HTTPStatus(code), body)
    if body.startswith(("<", "{")):
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = (
            "text/html; charset=utf-8" if body[0] == "<" else "application/json"
        )
    for name, value in headers.items():
        response.headers[name] = value
    return response


def always(code: int, body: str = "", **headers: str) -> Refusal:
    return lambda connection, _: answer(connection, code, body, **headers)


CONFIG = Config(model="openai/gpt-realtime-2")

FIRST = [
    (
        200,
        HTML,
        "sign-in page, open a browser and sign in; otherwise check the service address",
        UnreachableError,
    ),
    (200, "{}", "answers, but is not the realtime service", UnreachableError),
    (204, "", "answers, but is not the realtime service", UnreachableError),
    (304, "", "answers, but is not the realtime service", UnreachableError),
    (400, HTML, "something in between blocks it", UnreachableError),
    (401, HTML, "something in between blocks it", UnreachableError),
    (403, HTML, "something in between blocks it", UnreachableError),
    (403, "\n " + HTML, "something in between blocks it", UnreachableError),
    (451, HTML, "something in between blocks it", UnreachableError),
    (403, "", "This key isn't allowed to use this model", RefusedError),
    (403, '{"error": "no such grant"}', "This key isn't allowed .* It said: no such grant", RefusedError),
    (404, HTML, "There is no realtime service at this address", RefusedError),
    (407, HTML, "A proxy on the way to 127.* asks for a user name and a password", UnreachableError),
    (408, "", "The service is having problems", RefusedError),
    (421, "", "The service is having problems", RefusedError),
    (425, "", "The service is having problems", RefusedError),
    (502, HTML, "The service is having problems", RefusedError),
    (511, HTML, "This network wants you to sign in first. Open a browser", UnreachableError),
    (511, "", "This network wants you to sign in first. Open a browser", UnreachableError),
]


@pytest.mark.parametrize(("code", "body", "words", "kind"), FIRST)
async def test_each_has_a_sentence_at_once(code: int, body: str, words: str, kind: type[RealtimeError]):
    async with serving(idle, refuse=always(code, body)) as service:
        with pytest.raises(kind, match=words) as caught:
            await Connection.open(Endpoint(service.url, "key-1"))
        talk = Talk(service.url)
        with pytest.raises(kind, match=words):
            await talk.session.run()
    assert caught.value.code == str(code)
    assert len(service.requests) == 2, "before there is a session it isn't tried again"
    assert talk.session.state is DisplayState.ERROR


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("HTTP/1.0 200 OK\r\nContent-Type: text/html", "answers with a web page"),
        ("HTTP/1.0 302 Found\r\nLocation: http://portal.example/", "redirects to portal.example"),
        ("HTTP/1.0 511 Sign in", "wants you to sign in first"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html",
            "answers with a web page",
        ),
    ],
)
async def test_a_sign_in_page_by_an_old_server_is_one(head: str, words: str):
    async def answer_oddly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = f"{len(HTML):x}\r\n{HTML}\r\n0\r\n\r\n" if "chunked" in head else HTML
        writer.write(f"{head}\r\nConnection: close\r\n\r\n{body}".encode())
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer_oddly, "127.0.0.1", 0)
    async with server:
        with pytest.raises(RealtimeError, match=words):
            await Connection.open(Endpoint(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "key-1"))


@pytest.mark.parametrize(
    ("code", "body"),
    [(code, body) for code, body, *_ in FIRST if code not in (400, 401)]
    + [(400, HTML), (401, HTML), (405, ""), (410, "")],
)
async def test_once_there_was_a_session_one_such_answer_is_waited_out(
    code: int, body: str, monkeypatch: pytest.MonkeyPatch
):
    await waited_out(monkeypatch, lambda connection: answer(connection, code, body))


@pytest.mark.parametrize(
    "location", ["http://portal.example/login", "https://portal.example/", "/loop", "http://[", "gopher://x"]
)
async def test_a_redirect_to_a_sign_in_page_is_waited_out(location: str, monkeypatch: pytest.MonkeyPatch):
    await waited_out(monkeypatch, lambda connection: answer(connection, 302, "", Location=location))


async def waited_out(monkeypatch: pytest.MonkeyPatch, respond) -> None:
    monkeypatch.setattr(retry, "FIRST_S", 0.01)

    async def cut(line: Line) -> None:
        await line.start()
        line.cut()

    def refuse(connection: ServerConnection, _: Request) -> Response | None:
        return respond(connection) if len(service.requests) == 2 else None

    async with serving(cut, idle, refuse=refuse) as service, talking(service) as talk:
        await talk.until(lambda: len(talk.of(SessionOpened)) == 2)
        assert talk.session.state is DisplayState.READY
    assert talk.of(effects.Note) == []


@pytest.mark.parametrize(("code", "words"), [(401, "key was refused"), (402, "balance is used up")])
async def test_what_only_the_service_says_ends_it(code: int, words: str, monkeypatch: pytest.MonkeyPatch):
    talk, requests = await ended(monkeypatch, code, "")
    assert words in str(talk.of(effects.Note)[-1].message)
    assert requests == 2


async def test_what_the_service_explains_is_tried_once_more(monkeypatch: pytest.MonkeyPatch):
    talk, requests = await ended(monkeypatch, 403, '{"error": {"message": "Project disabled."}}')
    assert str(talk.of(effects.Note)[-1].message).endswith("It said: Project disabled.")
    assert requests == 3


@pytest.mark.parametrize(
    ("code", "body", "words"), [(200, HTML, "sign-in page"), (403, "", "This key"), (511, "", "sign in")]
)
async def test_a_page_that_stays_is_tried_as_long_as_the_user_wants_and_said(
    code: int, body: str, words: str, monkeypatch: pytest.MonkeyPatch
):
    talk, requests = await ended(monkeypatch, code, body, patience=0.05)
    assert requests > 3
    assert words in str(talk.of(effects.Note)[-1].message)
    assert words in str(talk.of(effects.Retrying)[-1].message), "it is read while it is tried"


async def ended(
    monkeypatch: pytest.MonkeyPatch, code: int, body: str, patience: float = 300.0
) -> tuple[Talk, int]:
    """A session that is lost, and then always gets this answer; how many connections there were."""
    monkeypatch.setattr(retry, "FIRST_S", 0.002)

    async def cut(line: Line) -> None:
        await line.start()
        line.cut()

    def refuse(connection: ServerConnection, _: Request) -> Response | None:
        return answer(connection, code, body) if len(service.requests) > 1 else None

    async with serving(cut, refuse=refuse) as service:
        talk = Talk(service.url, patience=lambda: patience)
        with pytest.raises(RealtimeError):
            await talk.session.run()
    assert talk.session.state is DisplayState.ERROR
    return talk, len(service.requests)


# HTTP requests: tickets


async def test_a_block_page_is_not_the_keys_fault():
    async with open_office(status(403)) as office:
        with pytest.raises(RefusedError, match="This key isn't allowed"):
            await tickets.mint(Endpoint(office.url, "key-1"), CONFIG)

    async def blocked(_: web.Request) -> web.Response:
        return web.Response(text=HTML, status=403, content_type="text/html")

    async with open_office(blocked) as office:
        with pytest.raises(UnreachableError, match="something in between blocks it"):
            await tickets.mint(Endpoint(office.url, "key-1"), CONFIG)


async def test_a_sign_in_page_in_place_of_a_ticket_may_pass():
    async with open_office(page()) as office:
        with pytest.raises(RefusedError, match="web page instead of a ticket") as caught:
            await tickets.mint(Endpoint(office.url, "key-1"), CONFIG)
    assert caught.value.may_pass


@pytest.mark.parametrize(
    "between",
    [
        page(),
        status(403),
        status(404),
        status(408),
        status(511),
        status(302, Location="http://portal.example/"),
    ],
    ids=["page", "403", "404", "408", "511", "302"],
)
async def test_a_session_by_ticket_waits_it_out_too(between, monkeypatch: pytest.MonkeyPatch):
    """The ticket is asked for before each connection, over the same network."""
    monkeypatch.setattr(retry, "FIRST_S", 0.01)

    async def cut(line: Line) -> None:
        await line.start()
        line.cut()

    class Ticketed(Talk):
        async def _endpoint(self, config: Config) -> Endpoint:
            return await tickets.mint(Endpoint(office.url, "key-1"), config)

    async with serving(cut, idle) as service:
        ticket = {"client_secret": "ticket-1", "ws_url": f"ws{service.url.removeprefix('http')}/v3/realtime"}
        async with open_office(ticket, between, ticket) as office:
            talk = Ticketed(service.url)
            running = asyncio.create_task(talk.session.run())
            await talk.until(lambda: len(talk.of(SessionOpened)) == 2)
            await talk.session.close()
            await running
    assert len(office.asked) == 3


async def test_a_form_with_a_code_goes_to_no_other_origin():
    async with open_office({}) as other:
        async with open_office(status(307, Location=f"{other.url}/")) as office:
            with pytest.raises(RealtimeError, match="no key is sent there"):
                await http_client.request("POST", office.url, form={"device_code": "marked-42"})
    assert other.asked == []


@pytest.mark.parametrize(
    ("headers", "body", "is_page"),
    [
        ([("Content-Type", "TEXT/HTML")], b"", True),
        ([("content-type", "application/xhtml+xml")], b"", True),
        ([], b"  <html>", True),
        ([], b"\xef\xbb\xbf\r\n<html>", True),
        ([("Content-Type", "application/json")], b"{}", False),
        ([], b"", False),
    ],
)
def test_what_a_page_is(headers: list[tuple[str, str]], body: bytes, is_page: bool):
    assert in_between.is_page(headers, body) is is_page
    found = in_between.message(403, headers, body, "a.example", messages.BASE_URL())
    assert (found is not None) is is_page
