"""Broken recordings, and what tools bring along: servers, other programs' servers, permissions, messages."""

from __future__ import annotations

import asyncio
import functools
import json
import tempfile
from collections import deque
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec
from mcp_types import CallToolResult, JSONRPCResponse, ListToolsResult
from pydantic import ValidationError

from desktop.app import request_line
from desktop.base import json_depth
from desktop.protocol.commands import ToolDefinition
from desktop.recording import conversation_store, journal
from desktop.recording.folder import packing, reader, recorder
from desktop.recording.folder.layout import FRAMES, JOURNAL, MARKS, SESSION, SessionPart
from desktop.recording.recorded_turns import turns_in
from desktop.recording.replay_script import ReplayState, scripts_of
from desktop.tools.mcp import config, content, imports
from desktop.tools.mcp.lines import LineSplitter
from desktop.tools.mcp.messages import Report, Result, ServerSpec, State
from desktop.tools.mcp.results import value_for_model
from desktop.tools.mcp.stdio import StdioServer
from desktop.tools.origin import ToolOrigin
from desktop.tools.permissions import FILE as PERMISSIONS
from desktop.tools.permissions import Permissions
from desktop.tools.registry import Tool, ToolError
from desktop.turn.marks import Mark
from tests.recording.folder.sessions import conversation

NAME = "20260501-120000-0123abcd"
BLOCK = 4_800
WORDS = b'{"type":"line","id":1,"at":"2026-05-01T12:00:00Z","speaker":"user","text":"question"}\n'
SERVERS = {
    "a": {"command": "no-such-command", "args": ["-y", "x"], "env": {"K": "${keychain:k}"}, "timeout": 5},
    "b": {"type": "http", "url": "http://127.0.0.1:9/mcp", "headers": {"H": "${V}"}, "disabled": True},
    "c": {"command": "x", "cwd": "/", "a-later-version's": {"x": [1]}},
}
OTHERS = (
    {"mcpServers": SERVERS, "projects": {"/p": {"mcpServers": SERVERS}}},
    {"servers": SERVERS, "inputs": [{"id": "k", "type": "promptString", "password": True}]},
    {"mcpServers": {"w": {"serverUrl": "https://a.example/mcp"}}},
    {"context_servers": {"z": {"source": "custom", "command": {"path": "x", "args": ["y"]}}}},
)
CODEX = (
    b'[mcp_servers.a]\ncommand = "x"\nargs = ["-y"]\n[mcp_servers.a.env]\nK = "v"\n'
    b'[mcp_servers.b]\nurl = "http://localhost:1"\n'
)
MESSAGES = (
    {
        "jsonrpc": "2.0",
        "id": 1,
        "result": {
            "tools": [
                {
                    "name": "do",
                    "title": "Do",
                    "description": "Does it.",
                    "inputSchema": {"type": "object", "properties": {"what": {"type": "string"}}},
                    "annotations": {"readOnlyHint": True},
                },
                {"name": "more", "inputSchema": {"type": "object"}},
            ]
        },
    },
    {
        "jsonrpc": "2.0",
        "id": 2,
        "result": {
            "content": [
                {"type": "text", "text": "words"},
                {"type": "image", "data": "QUJD", "mimeType": "image/png"},
                {"type": "resource_link", "uri": "file:///x", "name": "x"},
            ],
            "structuredContent": {"a": {"b": [1]}},
            "isError": False,
        },
    },
    {"jsonrpc": "2.0", "id": 3, "error": {"code": -32_000, "message": "no", "data": {"x": 1}}},
    {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": 1, "progress": 0.5}},
)
REQUESTS = (
    b"ptt down at=8123.42 sent=8123.45\n",
    b"show model=openai/gpt-realtime-2 voice=marin token=a%20b\n",
    b"connect\n",
)
TOOL = Tool(
    ToolDefinition("disk__wipe", "Wipes it.", {"type": "object"}),
    lambda arguments, context: asyncio.sleep(0),
    origin=ToolOrigin("mcp", "disk", '["disk-server"]', "wipe"),
)


@functools.cache
def recording() -> dict[str, bytes]:
    """The files of a whole recording, by name."""
    with (
        mock.patch("desktop.recording.folder.recorder.pack_aside", return_value=None),
        tempfile.TemporaryDirectory() as folder,
    ):
        made = recorder.Recorder(lambda: Path(folder) / NAME, lambda: recorder.Wanted(True, True))
        made.session(SessionPart(t=0, model="a/b", input_rate=24_000, output_rate=24_000))
        for frame in conversation(2):
            made.frame(frame)
        for number, name in enumerate(("key_down", "key_up", "commit")):
            made.mark(Mark(1_000 * number, name, turn=1))
        made.end()
        assert made.wait()
        whole = {path.name: path.read_bytes() for path in (Path(folder) / NAME).iterdir()}
        packing.pack(Path(folder) / NAME)
        return whole | {path.name: path.read_bytes() for path in (Path(folder) / NAME).iterdir()}


def put_recording(folder: Path, name: str, broken: bytes) -> Path:
    """A recording of which this file is broken; its folder."""
    made = folder / NAME
    made.mkdir(exist_ok=True)
    raw = name.endswith(".pcm")
    for other, whole in recording().items():
        if other.endswith(".pcm") != raw and not other.endswith("jsonl") and other != SESSION:
            (made / other).unlink(missing_ok=True)
        else:
            (made / other).write_bytes(whole)
    (made / JOURNAL).write_bytes(WORDS)
    (made / name).write_bytes(broken)
    return made


def _read_recording(name: str, folder: Path, broken: bytes) -> None:
    made = put_recording(folder, name, broken)
    found = reader.open_recording(made)
    if json_depth.is_deep(found.session.config):
        raise AssertionError("the configuration is too deep")
    for frame in found.frames():
        if frame.line.t < 0:
            raise AssertionError("a frame before the beginning")
    marks = list(found.marks())
    if name != MARKS and len(marks) != 3:
        raise AssertionError("good marks are lost")
    str(found.missing())
    for track in ("sent", "received"):
        with closing(found.track(track)) as sound:
            sound.read(0, min(sound.size, BLOCK))
            sound.read(max(0, sound.size - 10), 100)
    turns_in(found)
    for script in scripts_of(found):
        state = ReplayState(script)
        for _ in range(100):
            state.received(b'{"type":"audio.commit"}')
            if state.next() is None:
                break
    if [one.path for one in conversation_store.summaries(folder)] != [made / JOURNAL]:
        raise AssertionError("the conversation isn't listed")
    conversation_store.missing(made / JOURNAL)
    if journal.read(made / JOURNAL).lines[0].text != "question":
        raise AssertionError("the words are lost")
    try:
        packing.pack(made)
    except OSError:
        pass


def _read_servers(folder: Path, broken: bytes) -> None:
    path = folder / config.FILE
    path.write_bytes(broken)
    found = config.load(folder)
    try:
        config.save_server(folder, config.ServerConfig("new", "x"))
    except config.ConfigError:
        if path.read_bytes() != broken:
            raise AssertionError("a file that can't be kept was changed") from None
        return
    again = config.load(folder)
    kept = [server for server in found.servers if server.name != "new"]
    if [server for server in again.servers if server.name != "new"] != kept:
        if len(found.servers) < config.MOST_SERVERS:
            raise AssertionError("a server was lost")
    before = json_depth.decode(broken.removeprefix(b"\xef\xbb\xbf") or b"{}")
    after = json.loads(path.read_bytes())
    if [name for name in before if name not in after]:
        raise AssertionError("something of a newer version was lost")
    config.remove_server(folder, "new")


def _read_others(name: str, folder: Path, broken: bytes) -> None:
    path = folder / name
    path.write_bytes(broken)
    found = imports.read_file(path)
    if len(found.servers) + len(found.skipped) > imports.MOST_ENTRIES + 1:
        raise AssertionError("more than can be listed")
    if not found.servers and not found.skipped:
        raise AssertionError("nothing is said of it")
    for _, why in found.skipped:
        str(why)
    for server in found.servers:
        config.save_server(folder, server)
        (folder / config.FILE).unlink()


def _read_permissions(folder: Path, broken: bytes) -> None:
    (folder / PERMISSIONS).write_bytes(broken)
    known = Permissions(folder)
    if known.of(TOOL) not in ("ask", "always", "never"):
        raise AssertionError("no permission")
    known.choose(TOOL, "never")
    known.write(known.content())
    if Permissions(folder).of(TOOL) != "never":
        raise AssertionError("what was chosen is lost")


def _read_messages(folder: Path, broken: bytes) -> None:
    """As the servers' process reads them, and what it passes on as the program reads that."""
    server = StdioServer(ServerSpec(name="a"), deque(maxlen=20))
    for line in LineSplitter().feed(broken + b"\n"):
        for message in server.messages(line):
            answer = content.repair(message).message
            if not isinstance(answer, JSONRPCResponse):
                continue
            _pass_on(answer.result)


def _pass_on(result: dict[str, Any]) -> None:
    try:
        tools = ListToolsResult.model_validate(result, by_name=False).tools
    except (ValidationError, RecursionError):
        pass
    else:
        described, unlisted = content.described(tools)
        _told(State(name="a", phase="ready", tools=described, unlisted=unlisted))
    try:
        called = CallToolResult.model_validate(result, by_name=False)
    except (ValidationError, RecursionError):
        return
    told = _told(content.passed_on(1, called))
    assert isinstance(told, Result)
    try:
        value_for_model("a", told)
    except ToolError:
        pass


def _told(report: State | Result) -> State | Result:
    found: State | Result = msgspec.convert(json_depth.decode(msgspec.json.encode(report)), Report)
    return found


def _read_requests(folder: Path, broken: bytes) -> None:
    for line in broken.splitlines(keepends=True):
        try:
            request = request_line.decode(line)
        except ValueError:
            continue
        if not isinstance(request["do"], str):
            raise AssertionError("no text")
        request_line.decode(request_line.encode(request))
        try:
            request_line.decode_answer(line)
        except ValueError:
            pass


def _part(name: str) -> tuple[Callable[[], list[bytes]], Callable[[Path, bytes], None]]:
    return lambda: [recording()[name]], functools.partial(_read_recording, name)


def _as_json(*values: Any) -> list[bytes]:
    return [json.dumps(value).encode() for value in values]


RECORDED = {
    "sessions": SESSION,
    "frame lines": FRAMES,
    "marks": MARKS,
    "tracks": "sent.pcm",
    "packed": "received.flac",
}
"""A recording's files, by the kind of what is broken."""
KINDS: dict[str, tuple[Callable[[], list[bytes]], Callable[[Path, bytes], None]]] = {
    **{kind: _part(name) for kind, name in RECORDED.items()},
    "servers": (lambda: _as_json({config.KEY: SERVERS, "later": 1}), _read_servers),
    "others": (lambda: _as_json(*OTHERS), functools.partial(_read_others, "a.json")),
    "codex": (lambda: [CODEX], functools.partial(_read_others, "a.toml")),
    "permissions": (lambda: [_permissions()], _read_permissions),
    "messages": (lambda: _as_json(*MESSAGES), _read_messages),
    "requests": (lambda: list(REQUESTS), _read_requests),
}


def _permissions() -> bytes:
    known = Permissions()
    known.choose(TOOL, "always")
    return known.content()
