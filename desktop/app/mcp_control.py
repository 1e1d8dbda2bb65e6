"""Serves `presstalk mcp`, which lets other programs' assistants use this window: with the user's yes only.

It listens once it is asked for, at an address beside that of the single instance: a line of JSON asks, a line
of JSON answers, and a connection may ask often.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from desktop.app import instance_address, own_socket
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.base.visible_text import visible_line
from desktop.conversation.session_controller import SessionController
from desktop.turn.effects import DisplayState
from desktop.turn.timing import FIGURES, TurnTiming, total

log = logging.getLogger(__name__)

CONSENT = Text(
    "mcp-consent",
    "May “{client}” use Presstalk until it ends: type here, speak files, read your recordings?",
)
LONGEST = 1_000_000
"""Bytes of a line."""
LONGEST_NAME = 60
CONSENT_S = 60.0
ANSWER_S = 120.0
"""How long an answer may take until it is over."""
MOST_CLIENTS = 20
"""Names that are asked about in one run."""
MOST_TURNS = 100
LOOK_S = 0.05
SETTLED_S = 0.3
"""For how long nothing must happen: a tool's call may come right behind an answer's end."""
SUFFIX = ".m"
BACKLOG = 4

REFUSED = "The user didn't allow it in Presstalk's window. Don't ask again unless they tell you to."
NOT_CONNECTED = "Presstalk isn't connected. Ask the user to connect in its window."
BUSY = "Somebody is speaking in Presstalk's window. Try again in a moment."
LATE = "The answer took too long. What came of it is in Presstalk's window."
NOT_HERE = "This system lets no other program use the window. Use `presstalk mcp --headless`."

_QUIET = (DisplayState.READY, DisplayState.MUTED, DisplayState.NO_MICROPHONE, DisplayState.INTERRUPTED)
_MAY_TYPE = (*_QUIET, DisplayState.RESTING)


class _Request(msgspec.Struct):
    do: str
    client: str = ""
    text: str = ""


class McpControl:
    """Listens for `presstalk mcp` and asks the user. `close` it before the loop ends.

    Args:
        ask: asks the user a question whose yes is remembered.
    """

    def __init__(self, controller: SessionController, ask: Callable[[Message], Awaitable[bool]]) -> None:
        self._controller = controller
        self._ask = ask
        self._consents: dict[str, asyncio.Task[bool]] = {}
        self._turn = asyncio.Lock()
        self._tasks = TaskSet()
        self._address = ""

    def open(self) -> str:
        """Listen, if it doesn't yet; what went wrong, an empty string if nothing did."""
        if sys.platform == "win32":
            return NOT_HERE
        if self._address and os.path.exists(self._address):
            return ""
        for place in instance_address.places():
            address = place + SUFFIX
            line = socket.socket(socket.AF_UNIX)
            try:
                instance_address.make_private(Path(address).parent)
                Path(address).unlink(missing_ok=True)
                line.bind(address)
                line.listen(BACKLOG)
            except OSError as exc:
                log.info("presstalk mcp can't be served at %s: %s", address, exc.strerror)
                line.close()
                continue
            self._address = address
            self._tasks.spawn(self._listen(line), name="presstalk mcp")
            return ""
        return NOT_HERE

    async def close(self) -> None:
        """Listen no more."""
        await self._tasks.close()
        if self._address:
            with suppress(OSError):
                os.unlink(self._address)

    async def _listen(self, line: socket.socket) -> None:
        server = await asyncio.start_unix_server(self._on_asked, sock=line, limit=LONGEST)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            server.close()

    def _on_asked(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._tasks.spawn(self._serve(reader, writer), name="a client of presstalk mcp") is None:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not own_socket.is_ours(writer.get_extra_info("socket")):
            writer.close()
            return
        allowed = False
        try:
            while line := await reader.readline():
                request = msgspec.json.decode(line, type=_Request)
                if request.do == "hello":
                    allowed = await self._consent(request.client)
                answer = await self._answer(request) if allowed else {"problem": REFUSED}
                writer.write(msgspec.json.encode(answer) + b"\n")
                await writer.drain()
        except (OSError, ValueError, msgspec.MsgspecError):  # ValueError: a line that is too long
            log.info("a client of presstalk mcp broke off, or asked for what can't be read")
        finally:
            writer.close()

    async def _consent(self, client: str) -> bool:
        """Whether this client may: asked once for each name, of which it is the only witness."""
        name = visible_line(client)[:LONGEST_NAME].strip() or "?"
        task = self._consents.get(name)
        if task is None:
            if len(self._consents) >= MOST_CLIENTS:
                return False
            spawned = self._tasks.spawn(self._asked(name), name="consent to presstalk mcp")
            if spawned is None:
                return False
            task = self._consents[name] = spawned
        return await asyncio.shield(task)

    async def _asked(self, name: str) -> bool:
        try:
            async with asyncio.timeout(CONSENT_S):
                allowed = await self._ask(CONSENT(client=name))
        except TimeoutError:
            self._consents.pop(name, None)  # they may have been away
            return False
        log.info("presstalk mcp was %s", "allowed" if allowed else "refused")
        return allowed

    async def _answer(self, request: _Request) -> dict[str, Any]:
        match request.do:
            case "hello":
                return {}
            case "say":
                async with self._turn:
                    return await self._say(request.text)
            case "timings":
                turns = self._controller.presenter.timing.turns[-MOST_TURNS:]
                return {"turns": [waits(turn) for turn in turns]}
            case _:
                return {"problem": "This Presstalk doesn't know that request."}

    async def _say(self, text: str) -> dict[str, Any]:
        controller = self._controller
        if not controller.connected:
            return {"problem": NOT_CONNECTED}
        if controller.state not in _MAY_TYPE:
            return {"problem": BUSY}
        transcript, timing = controller.presenter.transcript, controller.presenter.timing
        last = transcript.lines[-1] if transcript.lines else None
        turns = len(timing.turns)
        controller.say(text)

        def new() -> list[Any]:
            lines = transcript.lines
            place = next((at for at in range(len(lines) - 1, -1, -1) if lines[at] is last), -1)
            return lines[place + 1 :]

        def over() -> bool:
            said = any(line.speaker in ("assistant", "system") and not line.growing for line in new())
            return not controller.connected or (said and controller.state in _QUIET)

        problem = ""
        try:
            async with asyncio.timeout(ANSWER_S):
                quiet_s = 0.0
                while quiet_s < SETTLED_S:
                    await asyncio.sleep(LOOK_S)
                    quiet_s = quiet_s + LOOK_S if over() else 0.0
        except TimeoutError:
            problem = LATE
        said: dict[str, list[str]] = {"assistant": [], "system": [], "tool": []}
        for line in new():
            if line.speaker in said:
                said[line.speaker].append(line.text)
        result: dict[str, Any] = {
            "you": text,
            "assistant": "\n".join(said["assistant"]),
            "tools": [
                {"name": line.text, "state": line.tool.state} for line in new() if line.tool is not None
            ],
            "notes": said["system"],
            "timings": [waits(turn) for turn in timing.turns[turns:]],
        }
        return {**result, "problem": problem} if problem else result


def waits(turn: TurnTiming) -> dict[str, Any]:
    """What the user waited for in a turn: milliseconds by the name of each wait, as far as it is known."""
    known = {figure.key: figure.of(turn) for figure in (*FIGURES, total(turn))}
    return {
        "turn": turn.number,
        "ms": {name: round(value, 1) for name, value in known.items() if value is not None},
    }
