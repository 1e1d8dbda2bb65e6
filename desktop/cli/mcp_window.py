"""`presstalk mcp` and the running window: a line of JSON asks it, a line of JSON answers."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import msgspec

from desktop.app import instance_address, instance_lock
from desktop.app.mcp_control import LONGEST, SUFFIX
from desktop.app.single_instance import NotRunningError, send_request
from desktop.base.daemon_thread import in_daemon
from desktop.tools.registry import ToolError

NO_WINDOW = "{} Or let `presstalk mcp --headless` be used, which has sessions of its own."
GONE = "Presstalk's window was closed. Ask the user to start it again."


class Window:
    """The running window, once its user has allowed this client. Reached at the first request."""

    def __init__(self) -> None:
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._one_by_one = asyncio.Lock()

    async def ask(self, client: str, request: dict[str, Any]) -> dict[str, Any]:
        """The window's answer. Raises ToolError."""
        async with self._one_by_one:
            if self._streams is None:
                self._streams = await self._reach()
                await self._exchange({"do": "hello", "client": client})
            return await self._exchange(request)

    async def _exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._streams is not None
        reader, writer = self._streams
        try:
            writer.write(msgspec.json.encode(request) + b"\n")
            await writer.drain()
            answer = msgspec.json.decode(await reader.readline(), type=dict[str, Any])
        except (OSError, ValueError, msgspec.MsgspecError) as exc:
            self._leave()
            raise ToolError(GONE) from exc
        except asyncio.CancelledError:
            self._leave()  # its answer would be taken for the next one's
            raise
        if request["do"] == "hello" and "problem" in answer:
            self._leave()
        if problem := answer.pop("problem", ""):
            raise ToolError(str(problem))
        return answer

    def _leave(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        def connect() -> socket.socket:
            if problem := send_request({"do": "mcp"}):
                raise ToolError(problem)
            return instance_address.connect(instance_lock.noted_addresses(), SUFFIX)

        try:
            line = await in_daemon(connect)
        except NotRunningError as exc:
            raise ToolError(NO_WINDOW.format(exc.message)) from exc
        except OSError as exc:
            raise ToolError(NO_WINDOW.format("Presstalk's window can't be reached.")) from exc
        line.setblocking(False)
        return await asyncio.open_unix_connection(sock=line, limit=LONGEST)
