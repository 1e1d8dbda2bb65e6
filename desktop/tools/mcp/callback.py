"""Where the browser comes back to after a sign-in: a page on this computer, while one waits for it."""

from __future__ import annotations

import asyncio
import hmac
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

PATH = "/callback"
SIGN_IN_S = 300.0
"""How long the user may take."""
READ_S = 10.0
LONGEST = 16_384
"""Bytes of a request's head."""
DONE = "You are signed in. Close this page and go back to Presstalk."
REFUSED = "The sign-in was refused. Close this page and go back to Presstalk."
STRANGE = "This isn't the sign-in that Presstalk waits for."


class RefusedError(Exception):
    """The user, or the server, refused the sign-in."""


class LateError(Exception):
    """Nobody came back in time."""


class CallbackListener:
    """Listens on loopback only. `open` it, `expect` a state, await the `answer`, `close` it."""

    def __init__(self, within_s: float = SIGN_IN_S) -> None:
        self._within_s = within_s
        self._server: asyncio.Server | None = None
        self._state = ""
        self._came: asyncio.Future[dict[str, str]] | None = None

    @property
    def url(self) -> str:
        """Where the browser is to come back to."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}{PATH}"

    async def open(self) -> None:
        """Listen. Raises OSError."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=LONGEST)

    def expect(self, state: str) -> None:
        """Only who brings this state comes from the page that was opened."""
        self._state = state
        self._came = asyncio.get_running_loop().create_future()

    async def answer(self) -> dict[str, str]:
        """The code, the state, and the issuer if it is named.

        Raises:
            RefusedError: there is no code.
            LateError: nobody came.
        """
        assert self._came is not None
        try:
            async with asyncio.timeout(self._within_s):
                found = await self._came
        except TimeoutError as exc:
            raise LateError from exc
        if not found.get("code"):
            raise RefusedError
        return {name: found[name] for name in ("code", "state", "iss") if found.get(name)}

    async def close(self) -> None:
        """Listen no longer."""
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(READ_S):
                head = await reader.readuntil(b"\r\n\r\n")
                words = self._take(head)
                status = "400 Bad Request" if words == STRANGE else "200 OK"
                body = words.encode()
                fields = [
                    f"HTTP/1.1 {status}",
                    "Content-Type: text/plain; charset=utf-8",
                    f"Content-Length: {len(body)}",
                    "Cache-Control: no-store",
                    "Connection: close",
                ]
                writer.write("\r\n".join([*fields, "", ""]).encode() + body)
                await writer.drain()
        writer.close()

    def _take(self, head: bytes) -> str:
        """What the page says. Another state changes nothing: any page may send the browser here."""
        method, _, rest = head.split(b"\r\n", 1)[0].decode("latin-1").partition(" ")
        try:
            target = urlsplit(rest.partition(" ")[0])
            found = {name: values[0] for name, values in parse_qs(target.query).items()}
        except ValueError:
            return STRANGE
        known = self._state and hmac.compare_digest(found.get("state", "").encode(), self._state.encode())
        if method != "GET" or target.path != PATH or not known or self._came is None:
            return STRANGE
        if not self._came.done():
            self._came.set_result(found)
        return DONE if found.get("code") else REFUSED
