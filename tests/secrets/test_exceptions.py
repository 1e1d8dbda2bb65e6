"""Whatever goes wrong, no exception contains a secret."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from desktop.access import credentials
from desktop.access.endpoint_resolver import AccessOptions, endpoint_for
from desktop.app import diagnostics
from desktop.offline.process import OfflineServer
from desktop.protocol import catalog
from desktop.protocol.commands import Config
from desktop.realtime.errors import RealtimeError
from desktop.realtime.handshake import open_anew
from tests.conversation.test_session_controller import OPENAI
from tests.realtime.office import open_office, status
from tests.realtime.service import Line, serving
from tests.secrets.marks import (
    HEADER,
    KEY,
    TICKET,
    found_in,
    know_all,
    tell_all,
)


def bare_text(exc: BaseException) -> str:
    """The whole text of an exception, with its causes."""
    chain: list[BaseException] = []
    while exc and exc not in chain:
        chain.append(exc)
        exc = exc.__cause__ or exc.__context__  # type: ignore[assignment]
    ours = [f"{one!r} {one.args!r} {one.code}" for one in chain if isinstance(one, RealtimeError)]
    return "\n".join([*map(str, chain), *ours, *traceback.format_exception(chain[0])])


@pytest.mark.parametrize("way", ["key", "mint", "ticket"])
async def test_no_exception_tells_one(way: str, monkeypatch: pytest.MonkeyPatch):
    know_all(monkeypatch)
    model = catalog.find(OPENAI)
    texts = []

    async def refusing(line: Line) -> None:
        await line.expect("session.start")
        await line.send("error", error={"message": f"bad {KEY} {TICKET}", "code": KEY})
        await line.socket.wait_closed()

    async with serving(refusing, refuse=tell_all) as service, serving(refusing) as open_service:
        ticket = {"client_secret": TICKET, "ws_url": service.url}
        async with open_office(ticket, ticket, status(401, {"error": f"{KEY} {HEADER}"})) as office:
            access = {
                "key": AccessOptions(service.url),
                "mint": AccessOptions(office.url, mint=True),
                "ticket": AccessOptions(service.url, office.url),
            }[way]
            for chosen in (
                access,
                access,
                access,
                AccessOptions(open_service.url),
                AccessOptions("http://127.0.0.1:1"),
            ):

                async def ask(config: Config, chosen: AccessOptions = chosen) -> Any:
                    endpoint = await endpoint_for(model, chosen, OfflineServer(), config)
                    texts.append(repr(endpoint))
                    return endpoint

                with pytest.raises(RealtimeError) as caught:
                    await open_anew(ask, Config(model=OPENAI), model)
                texts.append(bare_text(caught.value))
    texts += [repr(credentials.find()), diagnostics.report(), repr(AccessOptions())]
    assert found_in("\n".join(texts).encode()) == []
