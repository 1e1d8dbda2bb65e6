from __future__ import annotations

from typing import Any

import pytest

from desktop.offline import ticket_issuer
from desktop.offline.ticket_issuer import MintRefused, TicketIssuer, TicketRefused

NOW = 1_000_000.0


def test_a_ticket_is_spent_once() -> None:
    box = TicketIssuer()
    ticket = box.mint({}, NOW)

    box.spend(ticket.secret, NOW + 1)

    with pytest.raises(TicketRefused, match="used already"):
        box.spend(ticket.secret, NOW + 1)


def test_a_ticket_expires() -> None:
    box = TicketIssuer()
    ticket = box.mint({}, NOW)

    with pytest.raises(TicketRefused, match="expired"):
        box.spend(ticket.secret, NOW + ticket_issuer.DEFAULT_TTL_S)


def test_an_expired_ticket_stays_spent() -> None:
    box = TicketIssuer()
    ticket = box.mint({}, NOW)
    with pytest.raises(TicketRefused):
        box.spend(ticket.secret, NOW + 61)

    with pytest.raises(TicketRefused, match="used already"):
        box.spend(ticket.secret, NOW)


@pytest.mark.parametrize(("wanted", "given"), [(None, 60), (10, 10), (0.5, 0.5), (300, 300), (100_000, 300)])
def test_its_life_is_clamped(wanted: float | None, given: float) -> None:
    body = {} if wanted is None else {"ttl_seconds": wanted}

    assert TicketIssuer().mint(body, NOW).expires == NOW + given


def test_it_binds_its_config_and_locks_fields() -> None:
    box = TicketIssuer()
    body = {"config": {"model": "offline/demo", "voice": "heart"}, "locked_fields": ["tools", "voice"]}

    bound = box.spend(box.mint(body, NOW).secret, NOW)

    assert bound.over({"model": "other", "voice": "v", "tools": [], "temperature": 1}) == {
        "model": "offline/demo",
        "voice": "heart",
        "temperature": 1,
    }


def test_secrets_differ_and_cannot_be_guessed() -> None:
    box = TicketIssuer()

    assert len({box.mint({}, NOW).secret for _ in range(100)}) == 100
    with pytest.raises(TicketRefused):
        box.spend("guess", NOW)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ([], "JSON object"),
        ("text", "JSON object"),
        ({"colour": 1}, "Unknown field 'colour'"),
        ({"config": []}, "config must be an object"),
        ({"config": {"colour": 1}}, "Unknown config field 'colour'"),
        ({"config": {"temperature": "hot"}}, "config.temperature"),
        ({"locked_fields": "voice"}, "list of field names"),
        ({"locked_fields": [1]}, "list of field names"),
        ({"locked_fields": ["colour"]}, "Unknown config field 'colour'"),
        ({"ttl_seconds": 0}, "above 0"),
        ({"ttl_seconds": -1}, "above 0"),
        ({"ttl_seconds": True}, "above 0"),
        ({"ttl_seconds": "60"}, "above 0"),
        ({"ttl_seconds": float("nan")}, "above 0"),
    ],
)
def test_bad_mint_requests(body: Any, problem: str) -> None:
    with pytest.raises(MintRefused, match=problem) as caught:
        TicketIssuer().mint(body, NOW)
    assert caught.value.status == 400


def test_open_tickets_are_bounded_and_expired_ones_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticket_issuer, "MOST_OPEN", 2)
    box = TicketIssuer()
    box.mint({}, NOW)
    box.mint({}, NOW)

    with pytest.raises(MintRefused) as caught:
        box.mint({}, NOW)

    assert caught.value.status == 429
    box.mint({}, NOW + 61)
