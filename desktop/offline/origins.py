"""Which web pages may use the offline provider: this computer's own.

Any page that is open in a browser can connect to a server on this computer. The browser says where the page
is from (`Origin`), and the name by which the server was reached (`Host`), which tells a page that has its
own name lead here.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from aiohttp import web

from desktop.base.addresses import is_loopback
from desktop.offline.authorization import Handler, RequestRefused


@web.middleware
async def only_this_computers_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests of pages that come from elsewhere; programs send no `Origin`."""
    origins = request.headers.getall("Origin", [])
    if not all(_is_ours(origin) for origin in origins) or not _is_this_computer(
        request.headers.get("Host", "")
    ):
        raise RequestRefused(403, "Pages from elsewhere may not use this server.", "foreign_origin")
    return await handler(request)


def _is_ours(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        return parts.scheme in ("http", "https") and is_loopback(parts.hostname or "")
    except ValueError:
        return False


def _is_this_computer(host: str) -> bool:
    """Whether this is an address, or a name that this computer gives itself: no name of somebody else's
    domain."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        # Without a dot it is a name of the local network's, which nobody elsewhere can give.
        return "." not in name or name in (
            socket.gethostname().lower(),
            f"{socket.gethostname().lower()}.local",
        )
    return True
