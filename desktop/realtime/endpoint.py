"""Where the service is and what authenticates with it: a key, or a ticket that is good for one connection."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec
from websockets.typing import Subprotocol

from desktop.base.addresses import SOCKET_SCHEMES, host_of, is_loopback
from desktop.protocol.commands import Config
from desktop.realtime import messages
from desktop.realtime.errors import AddressError, CredentialError

DEFAULT_BASE_URL = "https://api.opper.ai"
PATH = "/v3/realtime"

TICKET_PREFIX = "opper-ticket."
"""The subprotocol that carries a ticket: it stays out of URLs, and so out of access logs."""
LONGEST_SECRET = 4_096
"""Characters of a key, a ticket, and a code that is sent for a key. Keys have about 40, signed tokens some
2,000; servers take headers of 8 kB."""
TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""What a subprotocol or a header's name may consist of. Source: RFC 9110, 5.6.2."""


class Endpoint(msgspec.Struct, frozen=True):
    """Where the service is, and the key or the ticket for it. `repr` shows neither."""

    base_url: str
    key: str = ""
    ticket: str = ""
    """Used instead of the key. It opens one connection."""
    socket_url: str = ""
    """Where the ticket is to be used; empty: under the base URL."""
    agent: str = ""
    """The name of an agent that is defined at the service; empty: the client defines the session."""
    bound: frozenset[str] = frozenset()
    """The fields of the config that the ticket decides."""

    def __repr__(self) -> str:
        return f"Endpoint({self.host!r})"

    @property
    def host(self) -> str:
        """The host, with its port if one is named, for messages."""
        url = self.socket_url or self.base_url
        return host_of(url) or url

    def websocket_url(self) -> str:
        """The realtime socket's URL under the base URL: http becomes ws, https becomes wss.

        Raises:
            AddressError: it isn't a URL, has a name or password in it, or would send the key unencrypted.
        """
        url = self.socket_url or self.base_url
        try:
            parts = urlsplit(url.strip())
            parts.port  # noqa: B018  (raises ValueError for a port that is none)
        except ValueError:
            parts = urlsplit("")
        scheme = SOCKET_SCHEMES.get(parts.scheme)
        if scheme is None or not parts.hostname:
            raise AddressError(messages.NO_URL(address=messages.BASE_URL()))
        if "@" in parts.netloc:  # it would be sent as a second `Authorization`
            raise AddressError(messages.NAME_IN_URL(address=messages.BASE_URL()))
        if scheme == "ws" and not is_loopback(parts.hostname):
            raise AddressError(messages.KEY_NOT_ENCRYPTED())
        if not self.socket_url:
            return urlunsplit((scheme, parts.netloc, self._named(parts.path.rstrip("/") + PATH), "", ""))
        return urlunsplit((scheme, parts.netloc, self._named(parts.path), parts.query, ""))

    def _named(self, path: str) -> str:
        """The path with the agent's name; one that isn't the service's own belongs to who gave it."""
        plain = path.rstrip("/")
        return f"{plain}/{quote(self.agent, safe='')}" if self.agent and plain.endswith(PATH) else path

    def http_url(self, path: str) -> str:
        """The URL of a path of the service, over HTTP. Raises AddressError like `websocket_url`."""
        whole = msgspec.structs.replace(self, socket_url="", agent="").websocket_url()
        return "http" + whole.removeprefix("ws").removesuffix(PATH) + path

    def headers(self) -> dict[str, str]:
        """The upgrade's headers, and those of HTTP requests.

        Raises:
            CredentialError: there is no key, or it can't be a runtime key.
        """
        if self.ticket:
            return {}
        key = self.key.strip()
        if not key:
            raise CredentialError(messages.NO_KEY(), action="add_key")
        if key.startswith("opmak-"):
            raise CredentialError(messages.MANAGEMENT_KEY())
        if not key.isascii() or not key.isprintable() or " " in key:
            raise CredentialError(messages.BROKEN_KEY())
        return {"Authorization": f"Bearer {key}"}

    def subprotocols(self) -> list[Subprotocol]:
        """What the upgrade carries for a ticket.

        Raises:
            CredentialError: the ticket can't be sent as one.
        """
        if not self.ticket:
            return []
        if len(self.ticket) > LONGEST_SECRET or not TOKEN.fullmatch(self.ticket):
            raise CredentialError(messages.BROKEN_TICKET())
        return [Subprotocol(TICKET_PREFIX + self.ticket)]

    def free(self, config: Config) -> Config:
        """The part of a config that is left to the client."""
        return msgspec.structs.replace(config, **dict.fromkeys(self.bound))


EndpointProvider = Callable[[Config], Awaitable[Endpoint]]
"""Returns the endpoint for one connection with this configuration, which a ticket may bind."""
