"""`NO_PROXY`: the hosts that are reached without a proxy.

Entries are separated by commas or spaces, as curl and most programs read them: `example.com` and
`.example.com` (the host and all below it), `*.example.com`, `example.com:8443`, an IP address, a network
such as `10.0.0.0/8` or `fd00::/8`, `*` for all, `<local>` for names without a dot. An entry that is none of
these matches nothing.
"""

from __future__ import annotations

import fnmatch
import ipaddress
import re


def is_excepted(no_proxy: str, host: str, port: int | None) -> bool:
    """Whether this host is to be reached directly."""
    host = _plain(host)
    return any(_matches(entry, host, port) for entry in re.split(r"[,;\s]+", no_proxy) if entry)


def _matches(entry: str, host: str, port: int | None) -> bool:
    if entry == "*":
        return True
    if entry == "<local>":
        return "." not in host and ":" not in host
    name = entry.rpartition("://")[2].rstrip("/")
    name, named_port = _split_port(name)
    if named_port and named_port != str(port):
        return False
    address = _address(host)
    if address is not None:
        network = _network(name)
        return network is not None and address in network
    name = _plain(name.removeprefix("*.").lstrip("."))
    if "*" in name:
        return fnmatch.fnmatchcase(host, name)
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _split_port(name: str) -> tuple[str, str]:
    """The name and its port, empty if there is none; of an IPv6 address only one in brackets has a port."""
    bracketed = re.fullmatch(r"\[([^\[\]]+)\](/\d+)?(?::(\d+))?", name)
    if bracketed:
        return bracketed[1] + (bracketed[2] or ""), bracketed[3] or ""
    head, colon, tail = name.rpartition(":")
    if colon and ":" not in head and tail.isascii() and tail.isdigit():
        return head, tail
    return name, ""


def _plain(host: str) -> str:
    """A host as it is compared: in lower case, without a last dot, international names in ASCII."""
    host = host.strip("[]").rstrip(".").lower()
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return host


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _network(name: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(name, strict=False)
    except ValueError:
        return None
