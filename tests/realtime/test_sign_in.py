"""Signing in with the browser, against a service on loopback."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import pytest

from desktop.access import key_format
from desktop.base.redaction import redact
from desktop.realtime import sign_in
from desktop.realtime.errors import AddressError, RealtimeError, RefusedError
from tests.realtime.office import Office, open_office, page, status

CLIENT = "presstalk-test"
KEY = "op-4b1c9d2e7f60aa31"
PROMPT = {
    "device_code": "marked-device-code",
    "user_code": "WDJB-MJHT",
    "verification_uri": "https://platform.opper.ai/device",
    "verification_uri_complete": "https://platform.opper.ai/device?code=WDJB-MJHT",
    "expires_in": 900,
    "interval": 0.001,
}
PENDING = status(400, {"detail": "authorization_pending"})


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "SHORTEST_INTERVAL_S", 0.001)
    monkeypatch.setattr(sign_in, "SLOWER_S", 0.01)


def form(office: Office, row: int) -> dict[str, list[str]]:
    return parse_qs(office.asked[row].body.decode())


async def signed_in(*answers: Any, **changes: Any) -> tuple[str, Office]:
    async with open_office(PROMPT | changes, *answers) as office:
        prompt = await sign_in.begin(office.url, CLIENT)
        return await sign_in.finish(office.url, CLIENT, prompt), office


async def test_the_key_comes_when_the_code_was_entered():
    key, office = await signed_in(PENDING, PENDING, {"api_key": KEY, "user": {"email": "a@b"}})
    assert key == KEY
    assert [asked.path for asked in office.asked] == ["/oauth/device"] + ["/oauth/device/token"] * 3
    assert form(office, 0) == {"client_id": [CLIENT]}
    assert form(office, 1) == {"client_id": [CLIENT], "device_code": ["marked-device-code"]}
    assert redact(f"{KEY} marked-device-code") == "… …"


async def test_a_signed_token_is_a_key():
    key, _ = await signed_in({"api_key": "k" * 4_096})
    assert key_format.problem(key) == "", "it can be kept"


async def test_the_page_with_the_code_in_it_is_opened_where_there_is_one():
    async with open_office(PROMPT, PROMPT | {"verification_uri_complete": None}) as office:
        first, second = [await sign_in.begin(office.url, CLIENT) for _ in range(2)]
    assert first.url == "https://platform.opper.ai/device?code=WDJB-MJHT"
    assert second.url == "https://platform.opper.ai/device"
    assert (first.user_code, first.life_s) == ("WDJB-MJHT", 900)
    assert "MJHT" not in repr(first)
    assert "marked" not in repr(first)


@pytest.mark.parametrize(
    "waiting",
    [
        status(400, {"detail": "slow_down"}),
        status(400, {"error": "authorization_pending"}),
        status(429),
        status(502),
    ],
)
async def test_it_keeps_asking(waiting: Any):
    key, _ = await signed_in(waiting, {"api_key": KEY})
    assert key == KEY


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (status(400, {"detail": "access_denied"}), "declined in the browser"),
        (status(400, {"detail": "expired_token"}), "has expired"),
        (status(400, {"detail": "invalid_grant"}), "registered"),
        (status(404), "this address"),
        ({"hello": 1}, "registered"),
        ({"api_key": "k" * 4_097}, "sent an invalid key"),
        ({"api_key": "k" * 3_000_000}, "sent an invalid key"),
        ({"api_key": "op-key\r\nX-Other: 1"}, "sent an invalid key"),
        ({"api_key": "op key"}, "sent an invalid key"),
        ({"api_key": "op-k\u200bey"}, "sent an invalid key"),
        ({"api_key": "<img src=/dev/zero> "}, "sent an invalid key"),
    ],
)
async def test_it_ends_in_words(answer: Any, words: str):
    with pytest.raises(RefusedError, match=words):
        await signed_in(answer)


async def test_the_code_expires():
    with pytest.raises(RefusedError, match="has expired"):
        await signed_in(PENDING, expires_in=0.05)


async def test_it_asks_less_often_when_told_to(monkeypatch: pytest.MonkeyPatch):
    waits = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(sign_in, "SLOWER_S", 10.0)
    monkeypatch.setattr(sign_in, "asyncio", SimpleNamespace(timeout=asyncio.timeout, sleep=sleep))
    key, _ = await signed_in(PENDING, status(400, {"detail": "slow_down"}), PENDING, {"api_key": KEY})
    assert key == KEY
    assert waits == pytest.approx([0.001, 0.001, 10.001, 10.001])


async def test_it_can_be_given_up():
    async with open_office(PROMPT, PENDING) as office:
        prompt = await sign_in.begin(office.url, CLIENT)
        waiting = asyncio.create_task(sign_in.finish(office.url, CLIENT, prompt))
        async with asyncio.timeout(5):
            while len(office.asked) < 3:  # noqa: ASYNC110 - the office has no event for it
                await asyncio.sleep(0.001)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (status(401), "registered"),
        (status(403), "doesn't allow this program"),
        (status(404), "this address"),
        (status(429), "Too many"),
        (status(500), "is having problems"),
        (page(), "sent no code"),
        ({}, "sent no code"),
        (PROMPT | {"user_code": 7}, "sent no code"),
        (PROMPT | {"user_code": "A\nB"}, "sent no code"),
        (PROMPT | {"user_code": "A" * 99}, "an invalid code"),
        (PROMPT | {"device_code": "A" * 4_097}, "an invalid code"),
        (PROMPT | {"device_code": "a b"}, "an invalid code"),
        (PROMPT | {"verification_uri_complete": "http://elsewhere.example/"}, "https://"),
        (PROMPT | {"verification_uri_complete": "file:///etc/passwd"}, "isn't valid"),
    ],
)
async def test_no_code_is_a_plain_sentence(answer: Any, words: str):
    async with open_office(answer) as office:
        with pytest.raises(RealtimeError, match=words):
            await sign_in.begin(office.url, CLIENT)


async def test_one_signs_in_encrypted_or_not_at_all():
    with pytest.raises(AddressError):
        await sign_in.begin("http://platform.example", CLIENT)


@pytest.mark.parametrize("value", [None, "5", True, 0, -1])
async def test_an_odd_interval_is_the_usual_one(value: object):
    async with open_office(PROMPT | {"interval": value}) as office:
        prompt = await sign_in.begin(office.url, CLIENT)
    assert prompt.interval_s == sign_in.USUAL_INTERVAL_S


@pytest.mark.parametrize("code", [302, 307, 308])
@pytest.mark.parametrize("step", ["begin", "finish"])
async def test_no_code_goes_where_a_redirect_leads(step: str, code: int):
    """A key that is given there would be somebody else's."""
    async with open_office({"api_key": KEY}) as other:
        away = status(code, Location=f"{other.url}/oauth/device/token")
        with pytest.raises(AddressError, match=r"redirects to .* no key is sent there"):
            await signed_in(away) if step == "finish" else await begun(away)
    assert other.asked == []


async def begun(answer: Any) -> None:
    async with open_office(answer) as office:
        await sign_in.begin(office.url, CLIENT)
