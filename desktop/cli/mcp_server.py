"""`presstalk mcp`: Presstalk as an MCP server on standard input and output, for other programs' assistants.

With the running window, whose user is asked once for each client; or `--headless`, with sessions of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
from collections import deque
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec

from desktop import __version__
from desktop.app.mcp_control import waits
from desktop.audio.sound_file import SoundFile
from desktop.audio.sound_file_errors import SoundFileError
from desktop.base import paths
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import MessageError
from desktop.base.terminal import one_line
from desktop.cli import headless
from desktop.cli.mcp_compare import Compare, compare
from desktop.cli.mcp_window import Window
from desktop.cli.output import CommandError
from desktop.cli.session_commands import options_for_turns
from desktop.cli.wording import error_worded
from desktop.conversation.turn_collector import CompletedTurn
from desktop.conversation.turn_recording import TurnRecording
from desktop.offline.process import OfflineError
from desktop.realtime.errors import RealtimeError
from desktop.recording import conversation_store
from desktop.recording.frame_log import FrameLog
from desktop.settings import files
from desktop.tools.registry import ToolError, convert_arguments, schema

NO_SDK = "MCP isn't installed here. Install Presstalk with the extra “mcp”."
NOT_ABSOLUTE = "The path has to be absolute."
MOST_LISTED = 200
MOST_LINES = 500
"""Of a recording that is read: the last ones."""
LONGEST_TEXT = 20_000
INSTRUCTIONS = "Presstalk talks to a voice model. `say` and `talk` are a turn each; its cost is the user's."


class Say(msgspec.Struct, frozen=True):
    """`say`."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TEXT, description="What to type")]


class Talk(msgspec.Struct, frozen=True):
    """`talk`."""

    file: Annotated[str, msgspec.Meta(description="The absolute path of a WAV, FLAC, Ogg or MP3 with speech")]


class Nothing(msgspec.Struct, frozen=True):
    """No arguments."""


class Read(msgspec.Struct, frozen=True):
    """`read_recording`."""

    name: Annotated[str, msgspec.Meta(description="A name that `list_recordings` gave")]


TOOLS: dict[str, tuple[str, type[msgspec.Struct]]] = {
    "say": (
        "Types a message to the voice model and gives its answer, the tools it called and its times.",
        Say,
    ),
    "talk": ("Speaks a sound file to the voice model in a session of its own and gives the answer.", Talk),
    "compare": (
        "Asks a sound file of several models, and compares answers, times and costs. Each target costs.",
        Compare,
    ),
    "timings": ("What was waited for in the last turns, in milliseconds.", Nothing),
    "list_recordings": ("Lists the stored conversations, the newest first.", Nothing),
    "read_recording": ("What was said in a stored conversation, and the tools that were called.", Read),
}


class Desk:
    """What the tools do. `window` is None where there is none to ask: headless."""

    def __init__(self, options: argparse.Namespace, window: Window | None) -> None:
        self._options = options
        self._window = window
        self._turns: deque[dict[str, Any]] = deque(maxlen=100)
        self._one_by_one = asyncio.Lock()

    async def call(self, client: str, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Call a tool. Raises ToolError."""
        if name not in TOOLS:
            raise ToolError(f"There is no tool named {name[:64]!r}; the tools are: {', '.join(TOOLS)}.")
        values = convert_arguments(TOOLS[name][1], arguments)
        match values:
            case Say() if self._window:
                return await self._window.ask(client, {"do": "say", "text": values.text})
            case Nothing() if self._window and name == "timings":
                return await self._window.ask(client, {"do": "timings"})
        if self._window:  # its user allows the others too
            await self._window.ask(client, {"do": "hello", "client": client})
        match values:
            case Say(text=text):
                return await self._turn(lambda options, kept: headless.say(options, text, **kept))
            case Talk(file=file):
                return await self._talk(Path(file))
            case Compare():
                return await self._compare(values)
            case Read(name=wanted):
                return await in_daemon(partial(_read, wanted))
            case _ if name == "timings":
                return {"turns": list(self._turns)}
            case _:
                return await in_daemon(_list)

    async def _talk(self, path: Path) -> dict[str, Any]:
        if not path.is_absolute():
            raise ToolError(NOT_ABSOLUTE)
        try:
            sound = await in_daemon(lambda: SoundFile(str(path)))
        except SoundFileError as exc:
            raise ToolError(str(exc)) from exc
        try:
            return await self._turn(
                lambda options, kept: headless.talk(options, sound, realtime=False, gain_db=0.0, **kept)
            )
        finally:
            sound.close()

    async def _compare(self, wanted: Compare) -> dict[str, Any]:
        if not Path(wanted.file).is_absolute():
            raise ToolError(NOT_ABSOLUTE)
        async with self._one_by_one:
            try:
                return await compare(self._options, wanted)
            except (SoundFileError, CommandError, MessageError) as exc:
                raise ToolError(str(exc)) from exc

    async def _turn(self, run: Any) -> dict[str, Any]:
        async with self._one_by_one:
            kept, frames = TurnRecording(), FrameLog()
            try:
                options = replace(await options_for_turns(self._options), ask=None)
                turn: CompletedTurn = await run(options, {"frames": frames, "kept": kept})
            except (RealtimeError, OfflineError) as exc:
                raise ToolError(error_worded(exc)) from exc
            except (CommandError, MessageError) as exc:
                raise ToolError(str(exc)) from exc
            finally:
                kept.close()
                frames.close()
        times = waits(turn.timing) if turn.timing else None
        if times:
            self._turns.append({**times, "turn": len(self._turns) + 1})
        return {
            "you": turn.user,
            "assistant": turn.assistant,
            "tools": [{"name": one_line(call.name), "state": call.state} for call in turn.calls],
            "complete": turn.complete,
            "notes": list(turn.problems),
            "timings": [times] if times else [],
        }


def run(options: argparse.Namespace) -> int:
    """Serve until standard input closes; the exit code."""
    try:
        from mcp.server.lowlevel import Server
        from mcp.server.stdio import stdio_server
        from mcp_types import CallToolResult, ListToolsResult, TextContent, Tool
    except ImportError as exc:
        raise CommandError(NO_SDK) from exc
    logging.getLogger("mcp").setLevel(logging.CRITICAL)  # what others send belongs in no log
    desk = Desk(options, None if options.headless else Window())

    async def on_list_tools(_ctx: Any, _params: Any) -> ListToolsResult:
        tools = [
            Tool(name=name, description=words, input_schema=schema(arguments))
            for name, (words, arguments) in TOOLS.items()
        ]
        return ListToolsResult(tools=tools)

    async def on_call_tool(ctx: Any, params: Any) -> CallToolResult:
        client = ctx.session.client_params
        name = client.client_info.name if client else ""
        try:
            found = await desk.call(name, params.name, params.arguments or {})
        except ToolError as exc:
            return CallToolResult(content=[TextContent(type="text", text=str(exc))], is_error=True)
        text = msgspec.json.encode(found).decode()
        return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=found)

    server: Server[Any] = Server(
        "presstalk",
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=on_list_tools,
        on_call_tool=on_call_tool,
    )

    async def serve() -> None:
        # It takes standard output for itself: what anything else prints goes to standard error.
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    asyncio.run(serve())
    return 0


def _folder() -> Path:
    try:
        return paths.conversations(files.load(paths.config()).settings.data_folder)
    except OSError as exc:
        raise ToolError("The settings can't be read, so it isn't known where the recordings are.") from exc


def _summaries() -> list[conversation_store.ConversationSummary]:
    try:
        return conversation_store.summaries(_folder())
    except OSError:
        return []  # nothing was recorded yet


def _name(path: Path) -> str:
    return conversation_store.read(path).name


def _list() -> dict[str, Any]:
    found = _summaries()
    listed = [
        {
            "name": _name(one.path),
            "at": one.at.isoformat(),
            "title": one.title,
            "model": one.model,
            "lines": one.lines,
            "sound": one.sound,
        }
        for one in found[:MOST_LISTED]
    ]
    return {"recordings": listed, "more": max(0, len(found) - MOST_LISTED)}


def _read(name: str) -> dict[str, Any]:
    # Only what is listed is read: a name is no path.
    path = next((one.path for one in _summaries() if _name(one.path) == name), None)
    if path is None:
        raise ToolError("There is no recording of that name; `list_recordings` lists them.")
    stored = conversation_store.read(path)
    lines = [
        {"speaker": line.speaker, "at": line.at.isoformat(), "text": line.text[:LONGEST_TEXT]}
        | ({"note": line.note} if line.note else {})
        for line in stored.lines[-MOST_LINES:]
    ]
    calls = [
        {"name": call.name, "arguments": call.arguments, "state": call.state, "result": call.result}
        for call in stored.calls[-MOST_LINES:]
    ]
    return {"name": name, "lines": lines, "calls": calls, "left_out": max(0, len(stored.lines) - MOST_LINES)}
