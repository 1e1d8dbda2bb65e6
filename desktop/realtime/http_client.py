"""One HTTP request and its answer: encrypted or on this machine, bounded in time and size.

What is secret goes into headers only, and those don't follow a redirect to another host.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urljoin, urlsplit

import msgspec

from desktop import __version__
from desktop.base.addresses import host_of, is_loopback_url
from desktop.base.message import Message
from desktop.realtime import messages
from desktop.realtime.errors import AddressError, RealtimeError, UnreachableError, unreachable

if TYPE_CHECKING:
    import httpx

CONNECT_S = 10.0
WHOLE_S = 15.0
"""From the request to the answer's last byte, redirects and all."""
MOST_BYTES = 4 * 1024 * 1024
"""Of an answer. A list of a thousand models has a quarter of it."""
MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})

Method = Literal["GET", "POST"]


class HttpResponse(msgspec.Struct, frozen=True):
    """What came back. `host` is who answered in the end."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    host: str

    def object(self) -> dict[str, Any] | None:
        """The body as a JSON object; None if it is something else."""
        try:
            value = msgspec.json.decode(self.body)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return None
        return value if isinstance(value, dict) else None

    @property
    def is_page(self) -> bool:
        """Whether it is a web page, as from a sign-in in between."""
        kinds = (value for name, value in self.headers if name.lower() == "content-type")
        return any("html" in kind.lower() for kind in kinds) or self.body.lstrip()[:1] == b"<"


async def request(
    method: Method,
    url: str,
    *,
    secret: Mapping[str, str] | None = None,
    json: object = None,
    form: Mapping[str, str] | None = None,
    address: Message | None = None,
) -> HttpResponse:
    """The answer to a request, whatever its status. `address` is what the user calls the URL.

    Raises:
        RealtimeError: an `AddressError` or `UnreachableError`.
    """
    address = address or messages.BASE_URL()
    check_url(url, address)
    content = msgspec.json.encode(json) if json is not None else None
    try:
        # Reading the system's certificates takes tens of milliseconds, the first import more.
        client = await asyncio.to_thread(_client, is_loopback_url(url))
        async with asyncio.timeout(WHOLE_S), client:
            return await _follow(client, method, url, dict(secret or {}), content, form, address)
    except RealtimeError:
        raise
    except Exception as exc:
        raise _failure(exc, host_of(url), address) from exc


def check_url(url: str, address: Message) -> None:
    """Raises AddressError for a URL that is none, or that is neither encrypted nor on this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise AddressError(messages.NO_URL(address=address))
    if parts.scheme == "http" and not is_loopback_url(url):
        raise AddressError(messages.NOT_ENCRYPTED(address=address))
    if parts.username is not None or parts.password is not None:
        raise AddressError(messages.NAME_IN_URL(address=address))


def _client(loopback: bool) -> httpx.AsyncClient:
    import httpx  # costs 60 ms of start-up that only this needs

    # The system's certificates, as for the socket: an organisation's own are among them.
    return httpx.AsyncClient(
        verify=ssl.create_default_context(),
        timeout=httpx.Timeout(WHOLE_S, connect=CONNECT_S),
        trust_env=not loopback,
        headers={"User-Agent": f"presstalk/{__version__}", "Accept": "application/json"},
    )


async def _follow(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    secret: dict[str, str],
    content: bytes | None,
    form: Mapping[str, str] | None,
    address: Message,
) -> HttpResponse:
    for _ in range(MOST_REDIRECTS + 1):
        headers = dict(secret)
        if content is not None:
            headers["Content-Type"] = "application/json"
        outgoing = client.build_request(method, url, headers=headers, content=content, data=form)
        answer, location = await _sent(client, outgoing)
        if answer.status not in REDIRECTS or not location:
            return answer
        there = urljoin(url, location)
        check_url(there, address)
        if is_loopback_url(there) and not is_loopback_url(url):
            host = host_of(url)
            raise AddressError(messages.REDIRECTS_TO_THIS_COMPUTER(host=host, address=address))
        if _origin(there) != _origin(url):
            secret = {}
        if answer.status in (301, 302, 303):
            method, content, form = "GET", None, None
        url = there
    circle = messages.REDIRECTS_IN_A_CIRCLE(host=host_of(url), address=address)
    raise UnreachableError(circle, code="redirects")


async def _sent(client: httpx.AsyncClient, outgoing: httpx.Request) -> tuple[HttpResponse, str]:
    response = await client.send(outgoing, stream=True)
    host = host_of(str(outgoing.url))
    try:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MOST_BYTES:
                raise UnreachableError(messages.ANSWER_TOO_LARGE(host=host), code="size")
    finally:
        await response.aclose()
    headers = list(response.headers.multi_items())
    return HttpResponse(response.status_code, headers, bytes(body), host), response.headers.get(
        "Location", ""
    )


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _failure(exc: Exception, host: str, address: Message) -> RealtimeError:
    import httpx

    if isinstance(exc, httpx.TransportError):
        host = host_of(str(exc.request.url)) or host  # the last of the redirects
    if isinstance(exc, httpx.InvalidURL | httpx.UnsupportedProtocol | UnicodeError):
        return AddressError(messages.NO_URL(address=address))
    if isinstance(exc, httpx.ProxyError):
        return UnreachableError(messages.PROXY_REFUSED(host=host), code="proxy")
    if isinstance(exc, httpx.TimeoutException):
        return unreachable(TimeoutError(), host, address=address)
    if isinstance(exc, httpx.RemoteProtocolError | httpx.DecodingError):
        message = messages.NOT_ASKED_FOR(host=host, address=address)
        return UnreachableError(message, code=type(exc).__name__, retry=True)
    if isinstance(exc, httpx.HTTPError | OSError | ImportError | ValueError):
        return unreachable(_root(exc), host, address=address)
    raise exc


def _root(exc: Exception) -> Exception:
    """The error of the socket, TLS or the resolver that httpx has wrapped."""
    found: BaseException | None = exc
    while found is not None:
        if isinstance(found, ssl.SSLError | socket.gaierror | ConnectionRefusedError):
            return found
        below = found.__cause__ or found.__context__
        found = found.exceptions[0] if isinstance(found, BaseExceptionGroup) else below
    return exc
