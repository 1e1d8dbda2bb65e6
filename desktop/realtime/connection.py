"""One WebSocket to the service: open it, send commands, receive events, close it.

Sending never waits: frames go into a queue that one task empties. Receiving is one `async for`. Keep-alive
pings are the library's (every 20 s; a half-open socket is found within 40 s).
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import AsyncIterator, Callable
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from desktop import __version__
from desktop.protocol import codec, commands, events
from desktop.realtime.errors import AddressError, CredentialError, DroppedError, dropped, unreachable

DEFAULT_BASE_URL = "https://api.opper.ai"
PATH = "/v3/realtime"

MAX_FRAME = 64 * 1024 * 1024
"""Bytes of an incoming frame. Clients in use allow 16 MiB; four times that is still no danger."""
MAX_QUEUED = 6_000
"""Frames that wait to be sent: two minutes of speech. A socket that took nothing for so long is dead, and
is closed; the open take is kept elsewhere and sent again."""
PING_S = 20.0
OPEN_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 2.0


class Frame(msgspec.Struct, frozen=True):
    """One frame as the event log sees it. `size` is in bytes on the wire; it holds no credential."""

    direction: Literal["in", "out"]
    message: events.Event | commands.Command
    size: int


FrameObserver = Callable[[Frame], None]


class Endpoint(msgspec.Struct, frozen=True):
    """Where the service is, and the key for it. `repr` never shows the key."""

    base_url: str
    key: str

    def __repr__(self) -> str:
        return f"Endpoint({self.base_url!r})"

    @property
    def host(self) -> str:
        """The host, with its port if one is named, for messages."""
        return urlsplit(self.base_url).netloc.rpartition("@")[2] or self.base_url

    def websocket_url(self) -> str:
        """The realtime socket's URL under the base URL: http becomes ws, https becomes wss.

        Raises:
            AddressError: the base URL is none, or would send the key unencrypted over a network.
        """
        try:
            parts = urlsplit(self.base_url.strip())
            parts.port  # noqa: B018  (raises ValueError for a port that is none)
        except ValueError:
            parts = urlsplit("")
        scheme = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}.get(parts.scheme)
        if scheme is None or not parts.hostname:
            raise AddressError("The base URL is not one. It looks like https://api.opper.ai.")
        if scheme == "ws" and not _is_loopback(parts.hostname):
            raise AddressError("The base URL must begin with https://, so that the key travels encrypted.")
        return urlunsplit((scheme, parts.netloc, parts.path.rstrip("/") + PATH, "", ""))

    def headers(self) -> dict[str, str]:
        """The upgrade's headers.

        Raises:
            CredentialError: there is no key, or it can't be a runtime key.
        """
        key = self.key.strip()
        if not key:
            raise CredentialError("There is no key. Set OPPER_API_KEY, or use the model offline/demo.")
        if key.startswith("opmak-"):
            raise CredentialError(
                "This is a management key (opmak-…). Sessions need a project's runtime key: "
                "make one on the platform."
            )
        if not key.isascii() or not key.isprintable() or " " in key:
            raise CredentialError(
                "The key has characters that no key has. Copy it again, without line breaks."
            )
        return {"Authorization": f"Bearer {key}"}


def is_loopback_url(url: str) -> bool:
    """Whether this URL stays on this machine."""
    try:
        return _is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Connection:
    """An open socket. Make it with `open`; whoever opened it closes it."""

    def __init__(self, socket: ClientConnection, observe: FrameObserver | None) -> None:
        self._socket = socket
        self._observe = observe
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(MAX_QUEUED)
        self._sender = asyncio.create_task(self._send_all(), name="realtime sender")

    @classmethod
    async def open(cls, endpoint: Endpoint, observe: FrameObserver | None = None) -> Connection:
        """Connect and authenticate.

        Raises:
            RealtimeError: an `AddressError`, `CredentialError`, `UnreachableError` or `RefusedError`.
        """
        url, headers = endpoint.websocket_url(), endpoint.headers()
        try:
            socket = await connect(
                url,
                additional_headers=headers,
                user_agent_header=f"presstalk/{__version__}",
                compression=None,  # base64 of PCM doesn't compress, and deflate costs latency
                max_size=MAX_FRAME,
                ping_interval=PING_S,
                ping_timeout=PING_S,
                open_timeout=OPEN_TIMEOUT_S,
                close_timeout=CLOSE_TIMEOUT_S,
                proxy=None if is_loopback_url(endpoint.base_url) else True,
            )
        except (OSError, EOFError, WebSocketException, ValueError, ImportError) as exc:
            raise unreachable(exc, endpoint.host) from exc
        return cls(socket, observe)

    def send(self, command: commands.Command) -> None:
        """Queue a command's frame; never waits, never raises. On a dead socket it is dropped."""
        frame = codec.encode(command)
        if self._observe:
            self._observe(Frame("out", command, len(frame)))
        try:
            self._queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.abort()

    async def receive(self) -> AsyncIterator[events.Event]:
        """The server's events until the connection ends.

        Raises:
            DroppedError: it ended, and it was not we who closed it.
        """
        try:
            while True:
                frame = await self._socket.recv(decode=False)
                event = codec.decode(frame)
                if self._observe:
                    self._observe(Frame("in", event, len(frame)))
                yield event
        except ConnectionClosed as exc:
            if not exc.rcvd_then_sent and exc.sent is not None and exc.sent.code == 1000:
                return
            raise self._why(exc) from exc

    @property
    def round_trip_ms(self) -> float:
        """The last ping's round trip, 0 before the first."""
        return self._socket.latency * 1_000

    def abort(self) -> None:
        """End it at once, without a word to the other side."""
        self._socket.transport.abort()

    async def drain(self) -> None:
        """Wait until all that was queued has been handed to the socket, or the socket is dead."""
        waiting = asyncio.create_task(self._queue.join(), name="realtime drain")
        await asyncio.wait({waiting, self._sender}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()

    async def close(self) -> None:
        """Send what is queued, close with code 1000, wait at most 2 s for the answer."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self.drain()
        self._sender.cancel()
        await asyncio.wait({self._sender})
        await self._socket.close()

    def _why(self, exc: ConnectionClosed) -> DroppedError:
        if exc.sent is not None and exc.sent.code == 1009 and not exc.rcvd_then_sent:
            sentence = "The service sent a frame that is too large to be one. Connect again to go on."
            return DroppedError(sentence, code="1009")
        return dropped(exc)

    async def _send_all(self) -> None:
        while True:
            frame = await self._queue.get()
            try:
                await self._socket.send(frame, text=True)
            except ConnectionClosed:
                return  # `receive` tells why
            finally:
                self._queue.task_done()
