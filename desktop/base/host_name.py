"""The one spelling of a host that is both shown and used: ASCII, so that look-alike letters show.

Programs don't agree on how other letters are encoded ("ß" is "ss" by IDNA 2003 and "xn--…" by IDNA 2008;
browsers follow UTS 46, Python's codec the older rule), nor on what is undone first ("%2e", an IPv4 address
in octal). A name on which they could differ is refused, so that the host in a question is the one that a
browser opens.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import SplitResult, urlsplit, urlunsplit

LONGEST_HOST, LONGEST_LABEL = 253, 63
"""Characters. Source: RFC 1035, 2.3.4."""

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?", re.ASCII)
_DEVIATIONS = frozenset("ßς\u200c\u200d")
"""What IDNA 2003 and 2008 encode differently. Source: UTS 46, 7.2."""
_DOTS = "\u3002\uff0e\uff61"
"""Full stops of other scripts, which a browser reads as the dot between labels. Source: UTS 46, 2.3."""


class HostError(ValueError):
    """Programs could disagree about where this leads."""


def ascii_host(host: str) -> str:
    """The host in ASCII and lower case, as every program encodes it; an IPv6 address in brackets.

    Raises:
        HostError: it is no host's name, or programs could take it for different ones.
    """
    if len(host) > LONGEST_HOST:
        raise HostError("too long")
    if "%" in host:
        raise HostError("not a host's name")
    if ":" in host:
        return f"[{_ipv6(host)}]"
    encoded = host.lower() if host.isascii() else _encoded(host)
    labels = encoded.removesuffix(".").split(".")
    if not all(len(label) <= LONGEST_LABEL and _LABEL.fullmatch(label) for label in labels):
        raise HostError("not a host's name")
    for label in labels:
        if label.startswith("xn--"):
            _check_punycode(label)
    if _is_number(labels[-1]):
        # "0x7f.1", "0177.0.0.1" and "2130706433" are all 127.0.0.1 to a browser.
        try:
            return str(ipaddress.IPv4Address(".".join(labels)))
        except ValueError as exc:
            raise HostError("an address in an unusual notation") from exc
    return ".".join(labels)


def web_url(url: str) -> tuple[str, str]:
    """A web page's address as it is to be opened, all in ASCII, and the host in it.

    Raises:
        HostError: it is none, or browsers could read it in another way than we do.
    """
    # urlsplit drops tabs and line breaks, and browsers read a backslash as a slash. Marks of direction (not
    # printable) would disguise it too.
    if not url.isprintable() or any(char.isspace() or char == "\\" for char in url):
        raise HostError("invalid characters")
    parts = _split(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise HostError("no web address")
    if "@" in parts.netloc:
        raise HostError("a name or a password")
    # Without it a browser finds the host elsewhere: it reads "https:/a/b" and "https:///a" as "https://a".
    if not re.match(r"https?://[^/]", url, re.IGNORECASE):
        raise HostError("no web address")
    if "[" in parts.netloc and ":" not in parts.hostname:
        raise HostError("no address")
    host = ascii_host(parts.hostname)
    netloc = host if parts.port is None else f"{host}:{parts.port}"
    rest = (_quoted(part) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, netloc, *rest)), host


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (raises ValueError for a port that is none)
    except ValueError as exc:
        raise HostError("no address") from exc
    return parts


def _ipv6(host: str) -> str:
    try:
        return ipaddress.IPv6Address(host).compressed
    except ValueError as exc:
        raise HostError("not an address") from exc


def _encoded(host: str) -> str:
    if any(char in _DEVIATIONS or char in _DOTS or not _is_plain(char) for char in host):
        raise HostError("letters that programs encode differently")
    try:
        encoded = host.encode("idna").decode("ascii").lower()
        back = encoded.encode("ascii").decode("idna")
    except UnicodeError as exc:
        raise HostError("not a host's name") from exc
    if unicodedata.normalize("NFC", back) != unicodedata.normalize("NFC", host).lower():
        raise HostError("letters that programs encode differently")
    return encoded


def _is_plain(char: str) -> bool:
    """Whether this is ASCII, or a letter, mark or digit that stands for nothing but itself."""
    if char.isascii():
        return True
    folded = unicodedata.normalize("NFKC", char.lower())
    return unicodedata.category(char)[0] in "LMN" and folded == unicodedata.normalize("NFC", char.lower())


def _check_punycode(label: str) -> None:
    """Refuse an encoded label that isn't what its letters would be encoded to: programs repair it
    differently."""
    try:
        decoded = label.removeprefix("xn--").encode("ascii").decode("punycode")
    except (UnicodeError, OverflowError) as exc:
        raise HostError("not a host's name") from exc
    sound = not decoded.isascii() and all(
        char.isascii() or char.isalnum() or _is_mark(char) for char in decoded
    )
    if not sound or unicodedata.normalize("NFC", decoded) != decoded or decoded != decoded.lower():
        raise HostError("not a host's name")


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


def _is_number(label: str) -> bool:
    """Whether a browser takes a host with this last label for an IPv4 address. Source: WHATWG URL, 3.5."""
    return label.isdecimal() or re.fullmatch(r"0x[0-9a-f]*", label) is not None


def _quoted(part: str) -> str:
    """The part with every letter beyond ASCII percent-encoded as UTF-8, as browsers send it."""
    return "".join(
        char if char.isascii() else "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))
        for char in part
    )
