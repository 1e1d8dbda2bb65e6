"""The known models: from the table, from the service, from the cache."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.access.endpoint_resolver import AccessOptions
from desktop.access.model_cache import FILE, FRESH_S, ModelCache
from desktop.protocol.catalog import MODELS, find
from desktop.realtime.errors import RealtimeError, UnreachableError
from tests.realtime.office import Office, open_office, status

KEY = "op-4b1c9d2e7f60aa31"
LIST = {"models": [{"id": "new/voice", "name": "New Voice"}]}
NOW = 1_700_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPPER_API_KEY", KEY)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def of(office: Office, clock: Clock) -> ModelCache:
    return ModelCache(lambda: AccessOptions(office.url), clock)


async def test_the_list_is_fetched_once_a_day(clock: Clock):
    async with open_office(LIST) as office:
        first = of(office, clock)
        assert first.models == MODELS
        assert await first.renew()
        assert find("new/voice", first.models).label == "New Voice"
        clock.now += FRESH_S - 1
        second = of(office, clock)
        assert await second.renew()
        assert second.models == first.models
        assert len(office.asked) == 1
        clock.now += 1
        assert await of(office, clock).renew()
        assert len(office.asked) == 2


async def test_a_list_from_the_future_is_fetched_again(clock: Clock):
    async with open_office(LIST) as office:
        await of(office, clock).renew()
        clock.now -= 60
        await of(office, clock).renew()
    assert len(office.asked) == 2


async def test_it_is_refreshed_on_request_and_says_what_is_new(clock: Clock):
    async with open_office(LIST, {"models": [{"id": "new/voice"}, {"id": "newer/voice"}]}) as office:
        catalogue = of(office, clock)
        assert [model.id for model in await catalogue.refresh()] == ["new/voice"]
        assert [model.id for model in await catalogue.refresh()] == ["newer/voice"]
    assert len(office.asked) == 2


async def test_another_services_list_is_not_taken(clock: Clock):
    async with open_office(LIST) as office:
        await of(office, clock).renew()
    other = ModelCache(lambda: AccessOptions("https://elsewhere.example"), clock)
    assert not await other.load()
    assert other.models == MODELS


async def test_without_the_service_the_last_list_stays(clock: Clock):
    async with open_office(LIST) as office:
        await of(office, clock).renew()
    clock.now += 10 * FRESH_S
    later = of(office, clock)
    assert await later.renew()
    assert find("new/voice", later.models).label == "New Voice"
    with pytest.raises(UnreachableError):
        await later.refresh()
    assert find("new/voice", later.models).label == "New Voice"


async def test_a_refusal_leaves_the_table(clock: Clock):
    async with open_office(status(401)) as office:
        catalogue = of(office, clock)
        assert not await catalogue.renew()
        with pytest.raises(RealtimeError):
            await catalogue.refresh()
    assert catalogue.models == MODELS


async def test_who_has_no_key_sees_what_there_is(clock: Clock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("OPPER_API_KEY")
    async with open_office(LIST) as office:
        assert await of(office, clock).renew()
        (asked,) = office.asked
    assert "Authorization" not in asked.headers


async def test_the_key_stays_with_its_host(clock: Clock):
    async with open_office(LIST, agreed=False) as office:
        assert await of(office, clock).renew()
        (asked,) = office.asked
    assert "Authorization" not in asked.headers


async def test_an_organisations_user_has_a_list_and_no_key(clock: Clock):
    async with open_office(LIST) as office:
        access = AccessOptions(office.url, ticket_url="https://elsewhere.example")
        assert await ModelCache(lambda: access, clock).renew()
        (asked,) = office.asked
    assert "Authorization" not in asked.headers


async def test_a_list_that_is_nonsense_costs_nothing(clock: Clock):
    async with open_office({"models": [7, {"id": 1}, {"id": "a/b", "params": [], "pricing": -1}]}) as office:
        catalogue = of(office, clock)
        assert await catalogue.renew()
    assert [model.id for model in catalogue.models[len(MODELS) :]] == ["a/b"]


@pytest.mark.parametrize(
    "kept", ["", "{", "[]", '{"fetched": "x"}', '{"fetched": 1, "service": "", "entries": 7}']
)
async def test_a_broken_file_is_as_none(kept: str, own_home: Path, clock: Clock):
    (own_home / "cache").mkdir()
    (own_home / "cache" / FILE).write_text(kept)
    async with open_office(LIST) as office:
        assert await of(office, clock).renew()


async def test_no_secret_is_kept(own_home: Path, clock: Clock):
    echo = {"id": f"new/{KEY}", "name": f"Bearer {KEY}"}
    async with open_office({"models": [*LIST["models"], echo]}) as office:
        await of(office, clock).renew()
    text = (own_home / "cache" / FILE).read_text()
    assert "new/voice" in text
    assert KEY not in text
    assert office.url not in text
