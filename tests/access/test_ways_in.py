"""Authentication from the settings to the socket: a new ticket each time, and no key where none is needed."""

from __future__ import annotations

import logging

import pytest

from desktop.realtime import retry
from desktop.turn.effects import DisplayState
from tests.conversation.test_session_controller import Bench, idle
from tests.realtime.office import open_office, status
from tests.realtime.service import Line, serving

KEY = "op-4b1c9d2e7f60aa31"


@pytest.fixture(autouse=True)
def application(qapp):
    return qapp


def gives(*secrets: str, **more: object) -> list[dict[str, object]]:
    return [{"client_secret": secret, "expires_at": "1999-01-01T00:00:00Z"} | more for secret in secrets]


def tickets_of(service) -> list[str | None]:
    return [request.headers.get("Sec-WebSocket-Protocol") for request in service.requests]


async def test_each_reconnect_has_a_ticket_of_its_own(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "FIRST_S", 0.001)

    async def first(line: Line) -> None:
        await line.start()
        line.cut()

    async with serving(first, idle) as service, open_office(*gives("marked-one", "marked-two")) as office:
        bench = Bench(service.url, ticket_url=office.url)
        bench.controller.toggle_session()
        await bench.until(lambda: len(service.requests) == 2)
        await bench.until_state(DisplayState.READY)
        await bench.controller.close()
    assert tickets_of(service) == ["opper-ticket.marked-one", "opper-ticket.marked-two"]
    assert all("Authorization" not in request.headers for request in service.requests)


async def test_a_spent_ticket_is_replaced_without_a_word():
    def refuse(connection, request):
        spent = request.headers["Sec-WebSocket-Protocol"] == "opper-ticket.marked-spent"
        return connection.respond(401, "used\n") if spent else None

    secrets = gives("marked-spent", "marked-new")
    async with serving(idle, refuse=refuse) as service, open_office(*secrets) as office:
        bench = Bench(service.url, ticket_url=office.url)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.READY)
        assert bench.notes == []
        await bench.controller.close()


async def test_what_a_ticket_binds_is_not_said_again():
    configs = []

    async def script(line: Line) -> None:
        configs.append(await line.start())
        await line.socket.wait_closed()

    bound = gives(
        "marked-one", config={"model": "openai/gpt-realtime-2", "instructions": "theirs", "voice": "x"}
    )
    async with serving(script) as service, open_office(*bound) as office:
        bench = Bench(service.url, ticket_url=office.url)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.READY)
        await bench.controller.close()
    assert {"model", "instructions", "voice"}.isdisjoint(configs[0])
    assert configs[0]["turn_detection"] == {"type": "none"}


async def test_with_minted_tickets_nothing_is_left_to_say(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPPER_API_KEY", KEY)
    configs = []

    async def script(line: Line) -> None:
        configs.append(await line.start())
        await line.socket.wait_closed()

    async with serving(script) as service, open_office(*gives("marked-one", ws_url=service.url)) as office:
        bench = Bench(office.url, mint_tickets=True)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.READY)
        await bench.controller.close()
    assert configs == [{}]
    assert office.asked[0].json["config"]["voice"] == "marin"
    assert "Authorization" not in service.requests[0].headers


async def test_no_ticket_is_reported_with_the_next_step():
    async with open_office(status(401)) as office:
        bench = Bench("", ticket_url=office.url)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.ERROR)
        assert "refused access" in str(bench.notes[-1].message)
        await bench.controller.close()


async def test_no_secret_is_logged_or_told(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    """Neither key, header, ticket nor what is in the addresses' queries, however chatty everybody is."""
    caplog.set_level(logging.DEBUG, "desktop")
    monkeypatch.setenv("OPPER_API_KEY", "marked-key-4b1c9d2e7f")
    monkeypatch.setenv("PRESSTALK_TICKET_HEADER", "X-Pass: marked-header")
    answers = [
        status(403, {"error": {"message": "no marked-header"}}),
        status(400, {"detail": "no marked-key-4b1c9d2e7f"}),
    ]
    async with open_office(*answers) as office:
        for settings in ({"ticket_url": f"{office.url}/?pass=marked-query"}, {"mint_tickets": True}):
            bench = Bench(office.url, **settings)
            bench.controller.toggle_session()
            await bench.until_state(DisplayState.ERROR)
            assert "marked" not in str(bench.notes[-1].message) + bench.notes[-1].code
            await bench.controller.close()
    assert "marked" not in caplog.text
