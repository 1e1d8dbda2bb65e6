"""The proxy on the way to the service: one look-up for the socket and for HTTP requests.

It is looked up in the environment (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, in lower case too), and where
nothing is set there in the settings of macOS or Windows. What stays on this machine has no proxy.
"""

from __future__ import annotations

import contextlib
import re
import urllib.request
from urllib.parse import quote, unquote, urlsplit

import msgspec

from desktop.base.addresses import PORTS, is_loopback
from desktop.base.message import Text
from desktop.realtime.errors import AddressError
from desktop.realtime.no_proxy import is_excepted

SOCKS = "socks5h"
"""What both libraries call SOCKS 5 with the names looked up by the proxy."""
KINDS = {"http": "http", "https": "https", "socks": SOCKS, "socks5": SOCKS, "socks5h": SOCKS}
"""By the scheme that is set. GNOME writes `socks://`; httpx leaves names to the proxy in any case."""
DEFAULT_PORTS = {"http": 80, "https": 443, SOCKS: 1080}
VARIABLES = {"wss": ("wss", "https", "all", "socks"), "https": ("https", "all", "socks")}
"""Which settings count for a scheme, the first that is set."""

PROXY_NOT_VALID = Text(
    "proxy-not-valid",
    "The proxy setting {name} isn't valid. Correct it, for example http://proxy.example:3128, or remove it.",
)
PROXY_KIND_UNKNOWN = Text(
    "proxy-kind-unknown",
    "The proxy setting {name} begins with {scheme}://, which isn't supported. Set an HTTP or SOCKS 5 proxy.",
)


class Proxy(msgspec.Struct, frozen=True):
    """A proxy. `repr` and `address` don't show its password."""

    kind: str
    """`http`, `https` or `socks5h`."""
    host: str
    port: int
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Proxy({self.address!r})"

    @property
    def address(self) -> str:
        """Host and port, for messages."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def bare_url(self) -> str:
        """The URL without user and password."""
        return f"{self.kind}://{self.address}"

    @property
    def url(self) -> str:
        """The URL with user and password, for libraries only."""
        if not self.user:
            return self.bare_url
        return f"{self.kind}://{quote(self.user, safe='')}:{quote(self.password, safe='')}@{self.address}"


def find_proxy(url: str) -> Proxy | None:
    """The proxy for this URL, None for none. It may ask the system: not on the event loop's thread.

    Raises:
        AddressError: what is set can't be used.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme)
    names = VARIABLES.get(parts.scheme)
    if names is None or not host or is_loopback(host):
        return None
    set_ = urllib.request.getproxies()
    name = next((name for name in names if set_.get(name, "").strip()), None)
    if name is None or is_excepted(set_.get("no", ""), host, port) or _system_excepts(host):
        return None
    return parse_proxy(set_[name], f"{name.upper()}_PROXY")


def parse_proxy(value: str, name: str) -> Proxy:
    """The proxy that a setting of this name describes; without a scheme it is an HTTP proxy.

    Raises:
        AddressError: it describes none that can be used. The message doesn't quote it, as it may hold a
            password.
    """
    value = value.strip()
    whole = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(whole)
        host, port = parts.hostname or "", parts.port
        host = host if host.isascii() else host.encode("idna").decode()
    except ValueError:
        raise AddressError(PROXY_NOT_VALID(name=name), code="proxy", action="reconnect") from None
    scheme = "socks" if name == "SOCKS_PROXY" and parts.scheme == "http" else parts.scheme
    if host and scheme not in KINDS and re.fullmatch(r"[a-z][a-z0-9+.-]{0,15}", scheme):
        message = PROXY_KIND_UNKNOWN(name=name, scheme=scheme)
        raise AddressError(message, code="proxy", action="reconnect")
    if scheme not in KINDS or not re.fullmatch(r"[0-9a-z._:-]+", host):
        raise AddressError(PROXY_NOT_VALID(name=name), code="proxy", action="reconnect")
    kind = KINDS[scheme]
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Proxy(kind, host, port or DEFAULT_PORTS[kind], user, password)


def _system_excepts(host: str) -> bool:
    """Whether the settings of macOS or Windows except this host. The environment comes before them."""
    if urllib.request.getproxies_environment():
        return False
    with contextlib.suppress(OSError, ValueError):
        return bool(urllib.request.proxy_bypass(host))
    return False
