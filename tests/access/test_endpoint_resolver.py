"""A session's credentials: the key, a ticket made with it, or an organisation's."""

from __future__ import annotations

import pytest

from desktop.access import endpoint_resolver
from desktop.access.endpoint_resolver import AccessOptions, credential_in_words, endpoint_for
from desktop.offline.process import OfflineServer
from desktop.protocol import catalog, commands
from tests.realtime.office import open_office

KEY = "op-4b1c9d2e7f60aa31"
MODEL = catalog.find(catalog.KEYED_MODEL)
OFFLINE = catalog.find(catalog.OFFLINE_MODEL)
CONFIG = commands.Config(model=MODEL.id)
GIVEN = {"client_secret": "marked-ticket"}


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("OPPER_API_KEY", KEY)
    return KEY


async def ask(access: AccessOptions):
    return await endpoint_for(MODEL, access, OfflineServer(), CONFIG)


async def test_a_key_is_used_as_it_is(key: str):
    endpoint = await ask(AccessOptions())
    assert (endpoint.base_url, endpoint.key, endpoint.ticket) == ("https://api.opper.ai", key, "")


async def test_a_key_is_traded_for_a_new_ticket_each_time(key: str):
    async with open_office(GIVEN, {"client_secret": "another-one"}) as office:
        access = AccessOptions(office.url, mint=True)
        first, second = await ask(access), await ask(access)
    assert (first.key, first.ticket, second.ticket) == ("", "marked-ticket", "another-one")
    assert first.free(CONFIG) == commands.Config()
    assert all(asked.headers["Authorization"] == f"Bearer {key}" for asked in office.asked)


@pytest.mark.usefixtures("key")
async def test_an_organisations_ticket_goes_before_the_key():
    async with open_office(GIVEN) as office:
        endpoint = await ask(AccessOptions(ticket_url=office.url, mint=True))
    assert (endpoint.key, endpoint.ticket) == ("", "marked-ticket")
    assert "Authorization" not in office.asked[0].headers


def test_what_is_in_use_is_reported(monkeypatch: pytest.MonkeyPatch):
    organisation = AccessOptions(ticket_url="https://mint.example/t?pass=marked")
    assert credential_in_words(OFFLINE, organisation) == "no key is needed"
    assert credential_in_words(MODEL, organisation) == "a ticket from mint.example"
    assert credential_in_words(MODEL, organisation, named=False) == "a ticket from an organisation"
    assert credential_in_words(MODEL, AccessOptions()) == "no key"
    assert credential_in_words(MODEL, AccessOptions("http://127.0.0.1:9")) == "no key is needed"
    monkeypatch.setenv("OPPER_API_KEY", KEY)
    assert credential_in_words(MODEL, AccessOptions()) == "the key from OPPER_API_KEY, ending in aa31"
    assert credential_in_words(MODEL, AccessOptions(), named=False) == "the key from OPPER_API_KEY"
    made = "a ticket made with the key from OPPER_API_KEY, ending in aa31"
    assert credential_in_words(MODEL, AccessOptions(mint=True)) == made


def test_the_usual_model_follows_from_what_opens_it(monkeypatch: pytest.MonkeyPatch):
    assert endpoint_resolver.default_model() == catalog.OFFLINE_MODEL
    assert endpoint_resolver.default_model("https://mint.example/t") == catalog.KEYED_MODEL
    monkeypatch.setenv("OPPER_API_KEY", KEY)
    assert endpoint_resolver.default_model() == catalog.KEYED_MODEL
