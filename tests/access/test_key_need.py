"""A chosen model says whether it needs a key."""

from __future__ import annotations

import asyncio

import pytest

from desktop.access import credentials
from desktop.access.credentials import Credential
from desktop.access.endpoint_resolver import AccessOptions
from desktop.access.key_need import NEEDS_KEY, KeyNeed, may_need_key
from desktop.protocol import catalog

DEMO, KEYED = catalog.find(catalog.OFFLINE_MODEL), catalog.find(catalog.KEYED_MODEL)


class Bench:
    """What is chosen, which key there is, and what is said about it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.model, self.access, self.key = DEMO, AccessOptions(), ""
        self.told: list[str] = []
        monkeypatch.setattr(credentials, "find", lambda: Credential(self.key, "keychain"))
        self.need = KeyNeed(lambda: self.access, lambda: self.model)
        self.need.noted.connect(lambda note: self.told.append(f"{note.action}: {note.message}"))
        self.usable: list[bool] = []
        self.need.usable_changed.connect(self.usable.append)
        self.need.settled.connect(lambda: self.told.append("settled"))

    async def until(self, count: int) -> str:
        async with asyncio.timeout(5):
            while len(self.told) < count:  # noqa: ASYNC110 - a signal is no event of the loop
                await asyncio.sleep(0.001)
        return self.told[-1]


@pytest.fixture
def bench(qapp, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


async def test_it_is_said_at_choosing_and_gone_with_the_key(bench: Bench):
    bench.need.on_model_chosen()
    await asyncio.sleep(0)
    assert bench.told == [], "nothing was chosen"
    bench.model = KEYED
    bench.need.on_model_chosen()
    assert await bench.until(1) == f"add_key: {NEEDS_KEY(model=KEYED.name)}"
    bench.key = "a key"
    bench.need.look()
    assert await bench.until(2) == "settled"


async def test_a_model_without_its_key_is_not_usable_from_the_choice_on(bench: Bench):
    bench.model = KEYED
    bench.need.on_model_chosen()
    assert bench.usable == [False], "before the keychain has answered"
    await bench.until(1)
    bench.key = "a key"
    bench.need.look()
    await bench.until(2)
    assert bench.usable == [False, True]
    bench.need.look()
    await bench.until(3)
    assert bench.usable == [False, True], "a look for another reason hides nothing"


async def test_another_model_that_needs_none_settles_it(bench: Bench):
    bench.model = KEYED
    bench.need.on_model_chosen()
    await bench.until(1)
    bench.model = DEMO
    bench.need.on_model_chosen()
    assert await bench.until(2) == "settled"


async def test_only_the_last_look_counts(bench: Bench):
    bench.model = KEYED
    bench.need.look()
    bench.model = DEMO
    bench.need.look()
    assert await bench.until(1) == "settled"
    bench.need.close()


@pytest.mark.parametrize(
    ("model", "access", "needs"),
    [
        (KEYED, AccessOptions(), True),
        (KEYED, AccessOptions(mint=True), True),
        (KEYED, AccessOptions(ticket_url="https://tickets.example"), False),
        (KEYED, AccessOptions(base_url="http://127.0.0.1:8787"), False),
        (KEYED, AccessOptions(base_url="https://other.example"), True),
        (DEMO, AccessOptions(), False),
    ],
)
def test_what_opens_a_session_without_a_key(model, access, needs):
    assert may_need_key(model, access) is needs
