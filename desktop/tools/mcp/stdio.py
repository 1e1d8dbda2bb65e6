"""The transport to a server that is a process of ours: its lines, bounded, and its end, whatever it does.

The SDK's own one holds whatever a line is long, and copies it again with each chunk.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import anyio
from mcp.client._transport import TransportStreams
from mcp.client.stdio import get_default_environment
from mcp.shared.message import SessionMessage
from mcp_types import INTERNAL_ERROR, ErrorData, JSONRPCError, JSONRPCRequest, JSONRPCResponse
from mcp_types.jsonrpc import jsonrpc_message_adapter
from pydantic import ValidationError

from desktop.base.terminal import one_line
from desktop.tools.mcp.lines import LineSplitter, Overlong
from desktop.tools.mcp.messages import ServerSpec

CHUNK = 64 * 1024
HOME = os.path.expanduser("~")
"""Where a server runs that names no folder: never where the program happened to be started."""
ASK_S = 1.0
"""How long a server may take to end after its input was closed; then it is told to, then killed."""
TERM_S = 0.7
MOST_GARBAGE = 8 * 1024 * 1024
"""Bytes on stdout that are no messages, in one life. Servers that log there write a few lines."""
A_LINE = 64
"""Bytes that a line counts more than it has: an empty one takes time too."""
LOOK_S = 0.1
"""Between two looks whether it has ended."""
DRAIN_S = 0.2
"""How long what a dead server has still written is read: a process that it started may hold the pipe open."""
LINE = 400
"""Characters of a line that is shown."""


class GarbageError(Exception):
    """The server writes what is no MCP, without end."""


class StdioServer:
    """One life of a server: `connect` is its transport for the SDK. `gone` is set when the server has ended.

    Args:
        lines: gets what it writes besides messages, for the user.
    """

    def __init__(self, spec: ServerSpec, lines: deque[str]) -> None:
        self._spec = spec
        self._lines = lines
        self._waiting: set[int] = set()
        self._garbage = 0
        self.gone = asyncio.Event()
        self.code: int | None = None
        """Its exit code, once it has ended by itself."""
        self.flooded = False
        """It was ended because of what it wrote."""

    @asynccontextmanager
    async def connect(self) -> AsyncGenerator[TransportStreams, None]:
        """Start it. Raises OSError."""
        process = await self._spawn()
        _groups.add(process.pid)
        incoming, read = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        write, outgoing = anyio.create_memory_object_stream[SessionMessage](0)

        async def from_server() -> None:
            assert process.stdout
            splitter = LineSplitter()
            async with incoming:
                with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError, GarbageError):
                    while chunk := await process.stdout.read(CHUNK):
                        for line in splitter.feed(chunk):
                            for message in self.messages(line):
                                await incoming.send(message)
                        await asyncio.sleep(0)  # other servers' turn
            self.gone.set()

        async def to_server() -> None:
            assert process.stdin
            async with outgoing:
                with suppress(OSError):
                    async for message in outgoing:
                        if isinstance(message.message, JSONRPCRequest) and isinstance(
                            message.message.id, int
                        ):
                            self._waiting.add(message.message.id)
                        text = message.message.model_dump_json(by_alias=True, exclude_unset=True)
                        process.stdin.write(text.encode() + b"\n")
                        await process.stdin.drain()
            self.gone.set()

        async def stderr() -> None:
            assert process.stderr
            splitter = LineSplitter(CHUNK)
            while chunk := await process.stderr.read(CHUNK):
                for line in splitter.feed(chunk):
                    self._show(line.head if isinstance(line, Overlong) else line)
                await asyncio.sleep(0)

        async def exit_code() -> None:
            # Not wait(): it also waits for the pipes, which what the server has started may hold open.
            while process.returncode is None:  # noqa: ASYNC110
                await asyncio.sleep(LOOK_S)
            await asyncio.sleep(DRAIN_S)
            self.gone.set()

        tasks = [asyncio.create_task(work()) for work in (from_server, to_server, stderr, exit_code)]
        try:
            yield read, write
        finally:
            read.close()
            write.close()
            with anyio.CancelScope(shield=True):
                if self.gone.is_set() and await _ended(process, DRAIN_S):
                    self.code = process.returncode
                await _end(process)
            _groups.discard(process.pid)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for stream in (incoming, outgoing):
                stream.close()

    def messages(self, line: bytes | Overlong) -> list[SessionMessage]:
        """What a line of the server says; empty if it is no message. Raises GarbageError after too many."""
        if isinstance(line, Overlong):
            error = ErrorData(code=INTERNAL_ERROR, message=f"{TOO_LARGE}{line.size}")
            answered = line.answered(self._waiting)
            self._waiting -= answered
            return [SessionMessage(JSONRPCError(jsonrpc="2.0", id=one, error=error)) for one in answered]
        if not line.strip():
            self._count_garbage(line)
            return []
        try:
            # A byte that is no UTF-8 costs itself and not the whole message.
            message = jsonrpc_message_adapter.validate_json(line.decode(errors="replace"), by_name=False)
        except (ValidationError, ValueError, RecursionError):
            self._show(line)
            self._count_garbage(line)
            return []
        if isinstance(message, JSONRPCResponse | JSONRPCError) and isinstance(message.id, int):
            self._waiting.discard(message.id)
        return [SessionMessage(message)]

    async def _spawn(self) -> Process:
        spec = self._spec
        command = (
            shutil.which(spec.command, path=(spec.env.get("PATH") or os.environ.get("PATH"))) or spec.command
        )
        # A group of its own, so that what it starts ends with it.
        return await asyncio.create_subprocess_exec(
            command,
            *spec.args,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env={**get_default_environment(), **spec.env},
            cwd=spec.cwd or HOME,
            start_new_session=True,
            limit=CHUNK,
        )

    def _count_garbage(self, line: bytes) -> None:
        self._garbage += len(line) + A_LINE
        if self._garbage > MOST_GARBAGE:
            self.flooded = True
            raise GarbageError

    def _show(self, line: bytes) -> None:
        if text := one_line(line[: 4 * LINE].decode(errors="replace"), LINE):
            self._lines.append(text)


TOO_LARGE = "presstalk: too large: "
"""Begins the error in place of an answer that was too long; its size in bytes follows."""


def kill_all() -> None:
    """End what still runs, with what it has started, by force: we end now."""
    for group in _groups:
        with suppress(OSError):
            if sys.platform != "win32":
                os.killpg(group, signal.SIGKILL)


_groups: set[int] = set()
"""The processes that were started and have not been ended."""


async def _end(process: Process) -> None:
    """End it and what it has started: by closing its input, by asking, by force."""
    if process.stdin:
        process.stdin.close()
    if not await _ended(process, ASK_S):
        _signal(process, getattr(signal, "SIGTERM", None))
        await _ended(process, TERM_S)
    # Also when it has ended: what it has started may run on, in its group.
    _signal(process, getattr(signal, "SIGKILL", None))
    await _ended(process, TERM_S)
    transport = getattr(process, "_transport", None)  # else it waits for a pipe that a survivor holds open
    if transport is not None:
        with suppress(OSError):
            transport.close()


async def _ended(process: Process, within_s: float) -> bool:
    # Not wait(): it also waits for the pipes, which what the server has started may hold open.
    deadline = asyncio.get_running_loop().time() + within_s
    while process.returncode is None:
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(0.01)
    return True


def _signal(process: Process, number: int | None) -> None:
    with suppress(OSError):
        if sys.platform == "win32" or number is None:
            process.kill()
        else:
            os.killpg(process.pid, number)
