"""Hosts and URLs: which of them stay on this machine, and which are one place."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
SOCKET_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
"""The scheme of a WebSocket at an address with this scheme."""


def host_of(url: str) -> str:
    """The host of a URL, with its port if one is named; empty if it has none."""
    try:
        return urlsplit(url.strip()).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def origin_of(url: str) -> tuple[str, str, int | None]:
    """The scheme, host and port that a secret belongs to; a WebSocket has the origin of its HTTP server.

    Raises:
        ValueError: it isn't a URL.
    """
    parts = urlsplit(url)
    scheme = SOCKET_SCHEMES.get(parts.scheme, parts.scheme)
    return scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme)


def is_loopback_url(url: str) -> bool:
    """Whether this URL stays on this machine."""
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether this host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
