"""What answers in place of the service: a network's sign-in page, a filter's block page, a proxy.

All of them can come and go while the address and the key stay right.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable

from desktop.base.message import Message, Text

NETWORK_SIGN_IN = Text(
    "network-sign-in",
    "This network wants you to sign in first. Open a browser, sign in, then connect again.",
)
WEB_PAGE = Text(
    "web-page-answers",
    "{host} answers with a web page. If this network has a sign-in page, open a browser and sign in; "
    "otherwise check the {address}.",
)
BLOCK_PAGE = Text(
    "block-page-answers",
    "A web page answers in place of {host}: something in between blocks it, such as a company's filter. "
    "Ask whoever runs the network, or use another one.",
)
PROXY_ON_THE_WAY = Text(
    "proxy-on-the-way",
    "A proxy on the way to {host} asks for a user name and a password. Ask whoever runs the network for its "
    "address and set it with both: HTTPS_PROXY=http://name:password@host:port.",
)

BLOCKING = frozenset({400, 401, 403, 405, 406, 410, 451})
"""Statuses of a page that only something in between sends: the service answers in JSON. A page with 404 is
what a web server says at a wrong address."""


def message(
    status: int, headers: Iterable[tuple[str, str]], body: bytes, host: str, address: Message
) -> Message | None:
    """What stands in place of this host, and the next step; None if it may be the service that answers."""
    if status == 511:
        return NETWORK_SIGN_IN()
    if status == 407:
        return PROXY_ON_THE_WAY(host=host)
    if not is_page(headers, body):
        return None
    if 200 <= status < 300:
        return WEB_PAGE(host=host, address=address)
    return BLOCK_PAGE(host=host) if status in BLOCKING else None


def is_page(headers: Iterable[tuple[str, str]], body: bytes) -> bool:
    """Whether it is a web page."""
    kinds = (value for name, value in headers if name.lower() == "content-type")
    return any("html" in kind.lower() for kind in kinds) or (
        body.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"<"
    )
