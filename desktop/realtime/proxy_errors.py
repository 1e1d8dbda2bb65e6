"""What goes wrong at the proxy, and who can help. It is named by host and port, never with its password."""

from __future__ import annotations

import re
import socket
import ssl

from websockets.exceptions import InvalidProxyStatus

from desktop.base.message import Text
from desktop.realtime import tls
from desktop.realtime.errors import UnreachableError
from desktop.realtime.proxy import SOCKS, Proxy

PROXY_WANTS_NAME = Text(
    "proxy-wants-name",
    "The proxy {proxy} asks for a user name and a password. Put both into the proxy setting: "
    "http://name:password@host:port.",
)
PROXY_REFUSES_NAME = Text(
    "proxy-refuses-name",
    "The proxy {proxy} refused the user name or the password. Correct both in the proxy setting.",
)
PROXY_BLOCKS = Text(
    "proxy-blocks",
    "The proxy {proxy} doesn't allow connections to {host}. Ask whoever runs the network to allow it.",
)
PROXY_FAILS = Text(
    "proxy-fails",
    "The proxy {proxy} can't reach {host}. Try again in a minute, or ask whoever runs the network.",
)
PROXY_DOWN = Text(
    "proxy-down",
    "The proxy {proxy} can't be reached. Check the network and the proxy setting, or remove the setting.",
)
PROXY_UNKNOWN = Text(
    "proxy-unknown", "The proxy {proxy} was not found. Check the network and the proxy setting."
)
PROXY_SILENT = Text(
    "proxy-silent", "The proxy {proxy} did not answer in time. Check the network and the proxy setting."
)
NO_PROXY_THERE = Text(
    "no-proxy-there", "{proxy} answers, but not as the kind of proxy that is set. Check the proxy setting."
)
PROXY_BROKE_OFF = Text(
    "proxy-broke-off",
    "The proxy {proxy} broke off the connection to {host}. Try again, or ask whoever runs the network.",
)

FAILURES: tuple[tuple[type[BaseException], Text], ...] = (
    (ssl.SSLError, PROXY_DOWN),
    (socket.gaierror, PROXY_UNKNOWN),
    (TimeoutError, PROXY_SILENT),
    (OSError, PROXY_DOWN),
)
"""What is looked for among the causes, the most specific first: libraries wrap one in another."""
SOCKS_NOT_ALLOWED = 2
"""The reply of a SOCKS proxy whose rules forbid a connection. Source: RFC 1928, 6."""


def refused_by_proxy(status: int, proxy: Proxy, host: str) -> UnreachableError:
    """The error for the proxy's answer to CONNECT."""
    if status == 407:
        text = PROXY_REFUSES_NAME if proxy.user else PROXY_WANTS_NAME
        return UnreachableError(text(proxy=proxy.address), code="407")
    text = PROXY_FAILS if status >= 500 or status in (408, 429) else PROXY_BLOCKS
    return UnreachableError(text(proxy=proxy.address, host=host), code=str(status), retry=text is PROXY_FAILS)


def failed_at_proxy(exc: BaseException, proxy: Proxy, host: str) -> UnreachableError:
    """The error for what happened before the proxy had a connection to the host."""
    if isinstance(exc, InvalidProxyStatus):  # an HTTPS proxy's
        return refused_by_proxy(exc.response.status_code, proxy, host)
    chain = _chain(exc)
    by_socks = _refused_by_socks(chain, proxy, host) if proxy.kind == SOCKS else None
    if by_socks:
        return by_socks
    for kind, text in FAILURES:
        cause = next((cause for cause in chain if isinstance(cause, kind)), None)
        if isinstance(cause, ssl.SSLError):
            return UnreachableError(tls.message(cause, proxy.address), code=type(cause).__name__)
        if cause is not None:
            return UnreachableError(text(proxy=proxy.address), code=type(cause).__name__, retry=True)
    return UnreachableError(NO_PROXY_THERE(proxy=proxy.address), code=type(exc).__name__)


def broken_off(exc: BaseException, proxy: Proxy, host: str) -> UnreachableError | None:
    """The error for what happened to a connection through the proxy; None if the proxy isn't to blame."""
    for cause in _chain(exc):
        # Some proxies accept every connection, and send a page where the host's certificate is expected.
        plain = not isinstance(cause, ssl.SSLError) or isinstance(cause, ssl.SSLEOFError)
        plain = plain or getattr(cause, "reason", "") in tls.NO_TLS
        if plain and isinstance(cause, OSError | EOFError):
            message = PROXY_BROKE_OFF(proxy=proxy.address, host=host)
            return UnreachableError(message, code=type(cause).__name__, retry=True)
    return None


def _refused_by_socks(chain: list[BaseException], proxy: Proxy, host: str) -> UnreachableError | None:
    """The proxy's refusal: python-socks has its number, httpcore only the RFC's words for it."""
    for cause in (cause for cause in chain if not isinstance(cause, OSError)):
        number = getattr(cause, "error_code", None)
        words = str(cause)
        if number or "could not connect" in words:
            blocks = number == SOCKS_NOT_ALLOWED or "not allowed" in words
            text = PROXY_BLOCKS if blocks else PROXY_FAILS
            message = text(proxy=proxy.address, host=host)
            return UnreachableError(message, code="socks", retry=not blocks)
        if re.search(r"auth|username|password", words, re.IGNORECASE):
            text = PROXY_REFUSES_NAME if proxy.user else PROXY_WANTS_NAME
            return UnreachableError(text(proxy=proxy.address), code="socks")
    return None


def _chain(exc: BaseException) -> list[BaseException]:
    """The exception, and those it was raised from."""
    found: list[BaseException] = []
    todo: list[BaseException | None] = [exc]
    while todo:
        one = todo.pop(0)
        if one is not None and one not in found:
            found.append(one)
            todo += one.exceptions if isinstance(one, BaseExceptionGroup) else []
            todo.append(one.__cause__ or one.__context__)
    return found
