"""Where a redirect leads, and whether a key or a ticket may follow it: only to the origin it belongs to."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit, urlunsplit

from desktop.base.addresses import SOCKET_SCHEMES, host_of, is_loopback_url, origin_of
from desktop.base.message import Message
from desktop.base.terminal import one_line
from desktop.realtime import messages
from desktop.realtime.errors import AddressError, UnreachableError

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5
LONGEST_HOST = 100
"""Characters of a host in a sentence."""


def target(url: str, location: str, address: Message) -> str:
    """The URL that a `Location` refers to, without its fragment.

    Raises:
        AddressError: it is none, has a name or password in it, or begins with another scheme than ours.
    """
    try:
        # Header values come as Latin-1, and are UTF-8 where they aren't ASCII.
        location = location.encode("latin-1", "ignore").decode("utf-8", "replace")
        parts = urlsplit(urljoin(url, location.strip()))
        parts.port  # noqa: B018  (raises ValueError for a port that is none)
    except ValueError:
        parts = urlsplit("")
    known = parts.scheme in SOCKET_SCHEMES and parts.hostname
    if not known or "@" in parts.netloc:
        message = messages.REDIRECTS_NOWHERE(host=host_of(url), address=address)
        raise AddressError(message, code="redirect", may_pass=True)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, parts.query, ""))


def socket_target(url: str, location: str, address: Message) -> str:
    """The WebSocket's URL that a `Location` refers to: `http` becomes `ws`, `https` becomes `wss`.

    Raises:
        AddressError: the key or ticket must not go there.
    """
    there = target(url, location, address)
    if origin_of(there) != origin_of(url):
        raise away(url, there, address)
    parts = urlsplit(there)
    if SOCKET_SCHEMES[parts.scheme] == "ws" and not is_loopback_url(there):
        raise away(url, there, address)
    return urlunsplit(parts._replace(scheme=SOCKET_SCHEMES[parts.scheme]))


def away(url: str, there: str, address: Message) -> AddressError:
    """The error for a redirect that isn't followed. A network's sign-in page may be behind it."""
    message = messages.REDIRECTS_AWAY(
        host=host_of(url), there=one_line(host_of(there), LONGEST_HOST), address=address
    )
    return AddressError(message, code="redirect", may_pass=True)


def circle(url: str, address: Message) -> UnreachableError:
    """The error for too many redirects, one after the other."""
    message = messages.REDIRECTS_IN_A_CIRCLE(host=host_of(url), address=address)
    return UnreachableError(message, code="redirects")
