"""The service's list of models, over real sockets."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from desktop.cost.table import prices_of
from desktop.offline.fakes import FakeRecognizer, FakeSynthesizer, fake_loaders
from desktop.protocol.catalog import MODELS, find
from desktop.protocol.entries import merged
from desktop.protocol.published import Published
from desktop.realtime.endpoint import Endpoint
from desktop.realtime.errors import RealtimeError
from desktop.realtime.model_list import list_models
from tests.offline.client import running
from tests.realtime.office import open_office, page, status

KEY = "op-4b1c9d2e7f60aa31"


async def test_it_is_asked_for_with_the_key():
    async with open_office({"models": [{"id": "a/b"}]}) as office:
        assert await list_models(Endpoint(office.url + "/", KEY)) == [{"id": "a/b"}]
    (asked,) = office.asked
    assert (asked.method, asked.path, asked.query) == ("GET", "/v3/models", {"type": "realtime"})
    assert asked.headers["Authorization"] == f"Bearer {KEY}"


async def test_the_offline_providers_list_says_what_the_table_knows():
    async with running(fake_loaders(FakeRecognizer(), FakeSynthesizer())) as url:
        entries = await list_models(Endpoint(url, KEY))
    *known, retired = merged(entries)
    assert [structs.replace(model, published=Published()) for model in known] == list(MODELS)
    assert (retired.id, retired.published.successor) == ("offline/demo-classic", "offline/demo")
    demo = find("offline/demo-latest", known)
    assert demo.id == "offline/demo"
    assert prices_of(demo).source == "list"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (status(401), "key was refused"),
        (status(403), "built-in list"),
        (status(404), "no list of models"),
        (status(429, Retry_After="3"), "too many requests"),
        (status(500), "is having problems"),
        (page(), "sent no list"),
        ({"models": {}}, "sent no list"),
        ([], "sent no list"),
    ],
)
async def test_no_list_is_a_plain_sentence(answer: Any, words: str):
    async with open_office(answer) as office:
        with pytest.raises(RealtimeError, match=words) as caught:
            await list_models(Endpoint(office.url, KEY))
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("key", ["", "opmak-management", "two words"])
async def test_it_is_there_without_a_key(key: str):
    async with open_office({"models": [{"id": "a/b"}]}) as office:
        assert await list_models(Endpoint(office.url, key)) == [{"id": "a/b"}]
    (asked,) = office.asked
    assert "Authorization" not in asked.headers


async def test_a_key_that_is_refused_does_not_hide_a_public_list():
    async with open_office(status(401), {"models": [{"id": "a/b"}]}) as office:
        assert await list_models(Endpoint(office.url, KEY)) == [{"id": "a/b"}]
    assert ["Authorization" in asked.headers for asked in office.asked] == [True, False]
