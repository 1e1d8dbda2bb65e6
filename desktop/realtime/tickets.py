"""Tickets: credentials that open one connection, minted with a key or issued by an organisation.

Source: the service's protocol page. A mint is `POST {config?, ttl_seconds?}`, answered by
`{client_secret, expires_at, ws_url?}`; one page calls the secret `ticket`.

A ticket is used as soon as it is there. `expires_at` is not looked at: this computer's clock may be wrong,
and a ticket that is too old is refused like one that was used, and replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from desktop.base import redaction
from desktop.base.addresses import is_loopback_url
from desktop.base.message import Message, Text
from desktop.protocol.commands import Config
from desktop.realtime import http_client, messages
from desktop.realtime.endpoint import Endpoint
from desktop.realtime.errors import RefusedError, refused

MINT_PATH = "/v3/realtime-sessions"
LIFE_S = 60
"""The life of a minted ticket. It is used within a second."""

SENT_TO_THIS_COMPUTER = Text(
    "sent-to-this-computer", "{host} refers this program to this computer itself. Tell whoever runs it."
)
SENT_UNENCRYPTED = Text(
    "sent-unencrypted", "{host} gives an address that is not encrypted. Tell whoever runs it."
)
NO_TICKET = Text("no-ticket", "{host} sent no ticket. Check the {address}, or ask whoever runs it.")
PAGE_NOT_TICKET = Text(
    "page-not-ticket",
    "{host} answers with a web page instead of a ticket: you may have to sign in there first. "
    "Check the {address}, or ask whoever runs it.",
)
NO_TICKETS_HERE = Text(
    "no-tickets-here",
    "{host} issues no tickets. Check the ticket address, or ask whoever runs it.",
)
TICKET_REQUEST_REFUSED = Text(
    "ticket-request-refused", "{host} did not accept the request for a ticket. Ask whoever runs it."
)
TICKET_HEADER_REFUSED = Text(
    "ticket-header-refused",
    "{host} refused access. Check the ticket address and its header in the settings.",
)
TICKET_BALANCE_USED_UP = Text(
    "ticket-balance-used-up",
    "The balance behind {host} is used up. Ask whoever runs it to top it up.",
)
TICKET_NOT_GIVEN = Text("ticket-not-given", "{host} won't give you a ticket. Ask whoever runs it for access.")
NO_TICKET_PAGE = Text("no-ticket-page", "{host} has no tickets at this address. Check the ticket address.")
NO_TICKETS_BY_POST = Text(
    "no-tickets-by-post", "{host} issues no tickets for POST requests. Check the ticket address."
)
TOO_MANY_TICKETS = Text(
    "too-many-tickets", "{host} issues no more tickets for now. Wait a moment, then connect again."
)
TICKET_SERVICE_FAILED = Text("ticket-service-failed", "{host} is having problems. Try again in a minute.")
_STATUS = {
    0: NO_TICKETS_HERE,
    400: TICKET_REQUEST_REFUSED,
    401: TICKET_HEADER_REFUSED,
    402: TICKET_BALANCE_USED_UP,
    403: TICKET_NOT_GIVEN,
    404: NO_TICKET_PAGE,
    405: NO_TICKETS_BY_POST,
    429: TOO_MANY_TICKETS,
    500: TICKET_SERVICE_FAILED,
}

_FIELDS = frozenset(field.encode_name for field in msgspec.structs.fields(Config))
_OF_THE_MODEL = frozenset({"voice", "reasoning_effort", "temperature", "turn_detection"})
"""Options of one model that another may refuse."""


async def mint(endpoint: Endpoint, config: Config) -> Endpoint:
    """Trade the endpoint's key for a ticket that binds this configuration.

    Raises:
        RealtimeError: there is none to be had.
    """
    wanted = msgspec.to_builtins(config)
    answer = await http_client.request(
        "POST",
        endpoint.http_url(MINT_PATH),
        secret=endpoint.headers(),
        json={"config": wanted, "ttl_seconds": LIFE_S},
    )
    if not 200 <= answer.status < 300:
        raise refused(answer.status, headers=answer.headers, body=answer.body, host=answer.host)
    return _endpoint(answer, endpoint.base_url, frozenset(wanted))


async def fetch(url: str, header: tuple[str, str] | None, config: Config, base_url: str) -> Endpoint:
    """A ticket from an organisation's own URL, which may bind what it likes.

    What is bound is known where the answer repeats its `config` or `locked_fields`. Else all is sent again in
    `session.start`: what a ticket binds wins there.

    Raises:
        RealtimeError: there is none to be had.
    """
    answer = await http_client.request(
        "POST",
        url,
        secret=dict([header]) if header else None,
        json={"config": msgspec.to_builtins(config)},
        address=messages.TICKET_ADDRESS(),
    )
    if not 200 <= answer.status < 300:
        raise refused(
            answer.status,
            _status(answer.host),
            headers=answer.headers,
            body=answer.body,
            host=answer.host,
            address=messages.TICKET_ADDRESS(),
        )
    fields = answer.object() or {}
    return _endpoint(answer, base_url, _bound(fields, config), address=messages.TICKET_ADDRESS())


def _endpoint(
    answer: http_client.HttpResponse, base_url: str, bound: frozenset[str], address: Message | None = None
) -> Endpoint:
    fields = answer.object() or {}
    socket_url, in_url = _split(fields.get("ws_url"))
    offered = (fields.get("client_secret"), fields.get("ticket"), in_url)
    secret = next((word for word in offered if isinstance(word, str) and word), "")
    if not secret:
        raise _no_ticket(answer, address or messages.BASE_URL())
    if len(secret) >= redaction.SHORTEST_SECRET:
        redaction.protect(secret)
    _check_socket(socket_url, answer.host, base_url)
    return Endpoint(base_url, ticket=secret, socket_url=socket_url, bound=bound)


def _check_socket(url: str, host: str, base_url: str) -> None:
    """Raises RefusedError for an address that nobody can listen at but others can listen in to."""
    local = is_loopback_url(url)
    if not url or (local and (is_loopback_url(f"http://{host}") or is_loopback_url(base_url))):
        return
    if local:
        raise RefusedError(SENT_TO_THIS_COMPUTER(host=host))
    if urlsplit(url).scheme in ("ws", "http"):
        raise RefusedError(SENT_UNENCRYPTED(host=host))


def _split(ws_url: Any) -> tuple[str, str]:
    """The socket's URL without a ticket in it, and that ticket."""
    if not isinstance(ws_url, str):
        return "", ""
    try:
        parts = urlsplit(ws_url.strip())
        query = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return "", ""
    if parts.scheme not in ("ws", "wss", "http", "https"):
        return "", ""
    kept = [(name, value) for name, value in query if name != "ticket"]
    netloc = parts.netloc.rpartition("@")[2]
    bare = urlunsplit((parts.scheme, netloc, parts.path, urlencode(kept), ""))
    return bare, next((value for name, value in query if name == "ticket"), "")


def _bound(fields: Mapping[str, Any], config: Config) -> frozenset[str]:
    """The fields that the answer says are bound. If it binds another model, our options are bound too."""
    decided = fields.get("config")
    decided = decided if isinstance(decided, dict) else {}
    locked = fields.get("locked_fields")
    locked = [name for name in locked if isinstance(name, str)] if isinstance(locked, list) else []
    bound = _FIELDS & {*decided, *locked}
    if decided.get("model", config.model) != config.model:
        bound |= _OF_THE_MODEL
    return bound


def _no_ticket(answer: http_client.HttpResponse, address: Message) -> RefusedError:
    text = PAGE_NOT_TICKET if answer.is_page else NO_TICKET
    return RefusedError(text(host=answer.host, address=address), code="no_ticket", may_pass=answer.is_page)


def _status(host: str) -> dict[int, Message]:
    return {status: text(host=host) for status, text in _STATUS.items()}
