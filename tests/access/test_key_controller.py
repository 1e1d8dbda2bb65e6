"""The key controller's signals: where the key is from, and how a check, a save and a removal end."""

from __future__ import annotations

import asyncio

import keyring
import pytest

from desktop.access import key_hosts
from desktop.access.endpoint_resolver import AccessOptions
from desktop.access.key_controller import KeyController
from desktop.base.message import verbatim
from desktop.realtime.errors import RefusedError

KEY = "op-4b1c9d2e7f60aa31"


class Bench:
    """A controller over a keychain in memory, and its signals in order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, access: AccessOptions) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.refusal = ""
        self.events: list[tuple[object, ...]] = []
        monkeypatch.setattr(keyring, "get_password", lambda *where: self.kept.get(where))
        monkeypatch.setattr(keyring, "set_password", lambda *entry: self.kept.update({entry[:2]: entry[2]}))
        monkeypatch.setattr(keyring, "delete_password", lambda *where: self.kept.pop(where))
        self.controller = KeyController(access, self._check)
        self.controller.source_found.connect(lambda *found: self.events.append(("found", *found)))
        self.controller.done.connect(lambda ok, _: self.events.append(("done", ok)))
        self.controller.changed.connect(lambda: self.events.append(("changed",)))

    async def _check(self, key: str) -> None:
        if self.refusal:
            raise RefusedError(verbatim(self.refusal))

    async def until(self, count: int) -> list[tuple[object, ...]]:
        """All signals, once there are this many."""
        async with asyncio.timeout(5):
            while len(self.events) < count:  # noqa: ASYNC110 - a thread asks the keychain
                await asyncio.sleep(0.001)
        return self.events


@pytest.fixture
def bench(qapp, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch, AccessOptions())


async def test_a_good_key_is_saved_shown_and_announced(bench: Bench):
    bench.controller.check(KEY)
    assert await bench.until(3) == [("found", "keychain", "aa31"), ("done", True), ("changed",)]
    assert list(bench.kept.values()) == [KEY]


async def test_a_refused_key_is_neither_saved_nor_announced(bench: Bench):
    bench.refusal = "No."
    bench.controller.check(KEY)
    assert await bench.until(1) == [("done", False)]
    assert bench.kept == {}


async def test_a_removed_key_is_announced(bench: Bench):
    bench.kept["presstalk", "opper"] = KEY
    bench.controller.remove()
    assert await bench.until(3) == [("found", "none", ""), ("done", True), ("changed",)]


async def test_with_tickets_no_key_is_needed_and_only_that_asks_the_keychain_again(bench: Bench):
    bench.controller.use_access(AccessOptions("https://a.example"))
    assert len(bench.controller._tasks) == 0
    bench.controller.use_access(AccessOptions(ticket_url="https://b.example"))
    bench.controller.use_access(AccessOptions(ticket_url="https://c.example"))
    assert len(bench.controller._tasks) == 1
    assert await bench.until(1) == [("found", "ticket", "")]


async def test_after_the_close_nothing_is_begun(bench: Bench):
    bench.controller.close()
    bench.controller.find()
    assert len(bench.controller._tasks) == 0


async def test_a_key_goes_to_another_host_only_after_a_warning_that_names_both(
    bench: Bench,
):
    said: list[str] = []
    bench.controller.done.connect(lambda _, message: said.append(str(message)))
    bench.controller.use_access(AccessOptions("https://evil.example"))
    bench.controller.check(KEY)
    assert bench.kept == {}
    assert "evil.example" in said[0]
    assert "api.opper.ai" in said[0]
    bench.controller.check(KEY)
    await bench.until(4)
    assert list(bench.kept.values()) == [KEY]
    assert key_hosts.is_agreed(KEY, "https://api.opper.ai", "https://evil.example")
    assert not key_hosts.is_agreed(KEY, "https://api.opper.ai", "https://api.opper.ai")
