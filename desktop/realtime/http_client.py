"""One HTTP request and its answer: encrypted or on this machine, bounded in time and size.

Redirects are followed within the origin only: secrets are in headers, in forms (a sign-in's code) and in
bodies. Compression isn't asked for, and what is compressed all the same is unpacked within the same bound.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import msgspec

from desktop import __version__
from desktop.base import json_depth
from desktop.base.addresses import host_of, is_loopback_url, origin_of
from desktop.base.message import Message
from desktop.protocol import json_repair
from desktop.realtime import in_between, messages, proxy_errors, redirects
from desktop.realtime.errors import AddressError, RealtimeError, UnreachableError, unreachable
from desktop.realtime.loop_budget import LoopBudget
from desktop.realtime.proxy import Proxy, find_proxy
from desktop.realtime.redirects import MOST_REDIRECTS, REDIRECTS
from desktop.realtime.unpacked import PackedError, TooLargeError, Unpacked

if TYPE_CHECKING:
    import httpx

CONNECT_S = 10.0
WHOLE_S = 15.0
"""From the request to the answer's last byte, redirects and all."""
MOST_BYTES = 4 * 1024 * 1024
"""Of an answer. A list of a thousand models has a quarter of it."""
AT_ONCE = 2 * 1024
"""Bytes that are read at a time. 64 KiB, as httpcore has it, hold 3,800 announcements (1xx) of an answer,
which take 0.67 s to parse; these take 20 ms."""

Method = Literal["GET", "POST"]


class HttpResponse(msgspec.Struct, frozen=True):
    """A response. `host` is the one that answered in the end."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    host: str

    def object(self) -> dict[str, Any] | None:
        """The body as a JSON object; None if it is something else."""
        try:
            value = json_depth.decode(self.body)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    @property
    def is_page(self) -> bool:
        """Whether it is a web page, such as a network's sign-in page."""
        return in_between.is_page(self.headers, self.body)


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
    content = json_repair.write(json) if json is not None else None
    until = asyncio.get_running_loop().time() + WHOLE_S
    return await _follow(_Outgoing(method, url, dict(secret or {}), content, form), until, address)


def check_url(url: str, address: Message) -> None:
    """Raises AddressError for an invalid URL, or one that is neither encrypted nor on this machine."""
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


class _Outgoing(msgspec.Struct, frozen=True):
    """A request as it is sent to one host."""

    method: Method
    url: str
    secret: dict[str, str]
    content: bytes | None
    form: Mapping[str, str] | None

    def redirected(self, status: int, there: str) -> _Outgoing:
        """The request that follows a redirect within the origin."""
        if status in (301, 302, 303):
            return _Outgoing("GET", there, self.secret, None, None)
        return _Outgoing(self.method, there, self.secret, self.content, self.form)


async def _follow(outgoing: _Outgoing, until: float, address: Message) -> HttpResponse:
    for _ in range(MOST_REDIRECTS + 1):
        answer, location = await _sent(outgoing, until, address)
        if answer.status not in REDIRECTS or not location:
            return answer
        there = redirects.target(outgoing.url, location, address)
        _check_redirect(outgoing, there, address)
        outgoing = outgoing.redirected(answer.status, there)
    raise redirects.circle(outgoing.url, address)


def _check_redirect(outgoing: _Outgoing, there: str, address: Message) -> None:
    """Raises AddressError where nothing may be sent."""
    url = outgoing.url
    if is_loopback_url(there) and not is_loopback_url(url):
        message = messages.REDIRECTS_TO_THIS_COMPUTER(host=host_of(url), address=address)
        raise AddressError(message, code="redirect", may_pass=True)
    if origin_of(there) != origin_of(url):
        raise redirects.away(url, there, address)


async def _sent(outgoing: _Outgoing, until: float, address: Message) -> tuple[HttpResponse, str]:
    """The answer, and where it redirects to. `until` is a time of the loop's."""
    proxy = None if is_loopback_url(outgoing.url) else await asyncio.to_thread(find_proxy, outgoing.url)
    progress = _Progress()
    try:
        # Reading the system's certificates takes tens of milliseconds, the first import more.
        client = await asyncio.to_thread(_client, proxy)
        async with asyncio.timeout_at(until), client:
            return await _received(client, outgoing, progress)
    except RealtimeError:
        raise
    except Exception as exc:
        raise _failure(exc, host_of(outgoing.url), address, proxy, progress.reached) from exc
    finally:
        await progress.close()


class _Progress:
    """How far a request has come, as httpcore tells it."""

    def __init__(self) -> None:
        self.reached = False
        """The proxy has reached the host: from now on the host is asked."""
        self._to_socks: Any = None

    async def note(self, event: str, info: Mapping[str, Any]) -> None:
        """Note what httpcore does."""
        if event == "socks.connect_tcp.complete":
            self._to_socks = info["return_value"]
        elif event in ("proxy.start_tls.started", "socks.start_tls.started"):
            self.reached = True

    async def close(self) -> None:
        """Close the connection to a SOCKS proxy: httpcore forgets one that failed."""
        if self._to_socks is not None:
            await self._to_socks.aclose()


def _client(proxy: Proxy | None) -> httpx.AsyncClient:
    import httpcore
    import httpx  # takes 60 ms of start-up, and only this needs it

    httpcore.AsyncHTTP11Connection.READ_NUM_BYTES = AT_ONCE
    # The system's certificates, as for the socket: an organisation's own are among them.
    context = ssl.create_default_context()
    return httpx.AsyncClient(
        verify=context,
        timeout=httpx.Timeout(WHOLE_S, connect=CONNECT_S),
        trust_env=False,  # the proxy was looked up; httpx reads the environment in another way
        proxy=_for_httpx(proxy) if proxy else None,
        headers={
            "User-Agent": f"presstalk/{__version__}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        },
    )


def _for_httpx(proxy: Proxy) -> httpx.Proxy:
    import httpx

    name = (proxy.user, proxy.password) if proxy.user else None
    context = ssl.create_default_context() if proxy.kind == "https" else None
    return httpx.Proxy(proxy.bare_url, auth=name, ssl_context=context)


async def _received(
    client: httpx.AsyncClient, outgoing: _Outgoing, progress: _Progress
) -> tuple[HttpResponse, str]:
    headers = dict(outgoing.secret)
    if outgoing.content is not None:
        headers["Content-Type"] = "application/json"
    request = client.build_request(
        outgoing.method,
        outgoing.url,
        headers=headers,
        content=outgoing.content,
        data=outgoing.form,
        extensions={"trace": progress.note},
    )
    response = await client.send(request, stream=True)
    host = host_of(str(request.url))
    try:
        unpacked = Unpacked(response.headers.get_list("Content-Encoding", split_commas=True), MOST_BYTES)
        budget = LoopBudget()
        async for chunk in response.aiter_raw():
            unpacked.add(chunk)
            await budget.breathe()  # a read may hold ten thousand chunks, which are handed on without waiting
        body = unpacked.finish()
    except TooLargeError:
        raise UnreachableError(messages.ANSWER_TOO_LARGE(host=host), code="size") from None
    finally:
        await response.aclose()
    location = next(iter(response.headers.get_list("Location")), "")
    return HttpResponse(response.status_code, list(response.headers.multi_items()), body, host), location


def _failure(
    exc: Exception, host: str, address: Message, proxy: Proxy | None, reached: bool
) -> RealtimeError:
    import httpx

    if isinstance(exc, httpx.InvalidURL | httpx.UnsupportedProtocol | UnicodeError):
        return AddressError(messages.NO_URL(address=address))
    if proxy and not reached:
        return _failed_at_proxy(exc, proxy, host)
    if isinstance(exc, httpx.TimeoutException | TimeoutError):
        return unreachable(TimeoutError(), host, address=address)
    broken_off = proxy_errors.broken_off(exc, proxy, host) if proxy else None
    if broken_off:
        return broken_off
    if isinstance(exc, httpx.RemoteProtocolError | PackedError):
        message = messages.NOT_ASKED_FOR(host=host, address=address)
        return UnreachableError(message, code=type(exc).__name__, retry=True)
    if isinstance(exc, httpx.HTTPError | OSError | ImportError | ValueError):
        return unreachable(_root(exc), host, address=address)
    raise exc


def _failed_at_proxy(exc: Exception, proxy: Proxy, host: str) -> UnreachableError:
    import httpx

    status = re.match(r"(\d{3})\b", str(exc)) if isinstance(exc, httpx.ProxyError) else None
    if status:  # httpcore tells it in no other way
        return proxy_errors.refused_by_proxy(int(status[1]), proxy, host)
    timed_out = isinstance(exc, httpx.TimeoutException)
    return proxy_errors.failed_at_proxy(TimeoutError() if timed_out else exc, proxy, host)


def _root(exc: Exception) -> Exception:
    """The error of the socket, TLS or the resolver that httpx has wrapped."""
    found: BaseException | None = exc
    while found is not None:
        if isinstance(found, ssl.SSLError | socket.gaierror | ConnectionRefusedError):
            return found
        below = found.__cause__ or found.__context__
        found = found.exceptions[0] if isinstance(found, BaseExceptionGroup) else below
    return exc
