"""Tickets: short-lived, single-use credentials that can fix a session's config. Pure but for the secret.

`TicketIssuer` gets the time, in seconds since the epoch, so that tests of expiry need no waiting.
"""

from __future__ import annotations

import secrets
from typing import Any

import msgspec

from desktop.offline.accepted_config import FIELDS, TicketConfig

DEFAULT_TTL_S = 60
LONGEST_TTL_S = 300
MOST_OPEN = 1_000
"""Unspent tickets at most. More are refused, so that a runaway client can't fill the memory."""


class MintRefused(Exception):
    """A mint request that is refused; `status` is its HTTP status, `code` is for programs."""

    def __init__(self, message: str, status: int = 400, code: str = "invalid_request") -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class TicketRefused(Exception):
    """A ticket that was never minted, is spent, or is too old."""


class IssuedTicket(msgspec.Struct, frozen=True):
    """A minted ticket; `expires` in seconds since the epoch."""

    secret: str
    expires: float
    ticket_config: TicketConfig


class TicketIssuer:
    """The tickets that were minted and not yet spent."""

    def __init__(self) -> None:
        self._open: dict[str, IssuedTicket] = {}

    def mint(self, body: Any, now: float) -> IssuedTicket:
        """A new ticket for a request body `{config?, locked_fields?, ttl_seconds?}`.

        Raises:
            MintRefused: a value of the wrong type, an unknown field name, or too many open tickets.
        """
        if not isinstance(body, dict):
            raise MintRefused("The body must be a JSON object.")
        _known(body, ("config", "locked_fields", "ttl_seconds"), "field")
        ticket_config = TicketConfig(_config(body.get("config")), _locked(body.get("locked_fields")))
        self._forget_expired(now)
        if len(self._open) >= MOST_OPEN:
            raise MintRefused(
                f"{MOST_OPEN} tickets are open: use one, or wait until they expire.", 429, "too_many_tickets"
            )
        ticket = IssuedTicket(secrets.token_urlsafe(24), now + _ttl(body.get("ttl_seconds")), ticket_config)
        self._open[ticket.secret] = ticket
        return ticket

    def spend(self, secret: str, now: float) -> TicketConfig:
        """The config that the ticket fixes; it can't be used again.

        Raises:
            TicketRefused: there is no such ticket (any more).
        """
        ticket = self._open.pop(secret, None)
        if ticket is None:
            raise TicketRefused("This ticket is not valid: it was used already, or never minted here.")
        if ticket.expires <= now:
            raise TicketRefused("This ticket has expired: mint a new one.")
        return ticket.ticket_config

    def _forget_expired(self, now: float) -> None:
        for secret in [s for s, ticket in self._open.items() if ticket.expires <= now]:
            del self._open[secret]


def _known(names: Any, known: Any, what: str) -> None:
    for name in names:
        if name not in known:
            raise MintRefused(f"Unknown {what} '{str(name)[:100]}'.")


def _config(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise MintRefused("config must be an object.")
    _known(value, FIELDS, "config field")
    for name, field in value.items():
        try:
            msgspec.convert(field, FIELDS[name])
        except (msgspec.ValidationError, RecursionError) as exc:
            raise MintRefused(f"config.{name}: {exc}") from exc
    return value


def _locked(value: Any) -> frozenset[str]:
    if value is None:
        return frozenset()
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise MintRefused("locked_fields must be a list of field names.")
    _known(value, FIELDS, "config field")
    return frozenset(value)


def _ttl(value: Any) -> float:
    if value is None:
        return DEFAULT_TTL_S
    # bool is an int to Python, and a NaN compares false with everything.
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise MintRefused("ttl_seconds must be a number above 0.")
    return min(float(value), LONGEST_TTL_S)
