"""Marked secrets, servers that echo them, and searches for the marks.

The marks don't look like keys, so that only registered redaction can remove them. The service says each of
them in errors, answers, words, tool calls, close reasons and HTTP bodies.
"""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest

from desktop.access import credentials, ticket_header
from desktop.base import redaction
from tests.realtime.service import Line, Script

MARK = "Zq7marked"
KEY = f"{MARK}KeyOfTheEnvironment01"
CLI_KEY = f"{MARK}KeyOfTheOtherProgram02"
TICKET = f"{MARK}Ticket03"
HEADER = f"{MARK}Header04"
ALL = (KEY, CLI_KEY, TICKET, HEADER)
WITHIN_S = 30.0
SETTLED_S = 0.2
"""How long a session without speech lasts."""


def found_in(content: bytes) -> list[str]:
    """The marks found in this data: verbatim, in base64, or as UTF-16."""
    shapes = {MARK.encode(): "plain", MARK.encode("utf-16-le"): "UTF-16"}
    for shift in range(3):
        inner = base64.b64encode(b"?" * shift + MARK.encode())[4 if shift else 0 : -4]
        shapes[inner] = "base64"
    return [f"{name}: {_around(content, shape)}" for shape, name in shapes.items() if shape in content]


def _around(content: bytes, shape: bytes) -> str:
    at = content.index(shape)
    return repr(content[max(0, at - 80) : at + 60])


def found_under(*folders: Path) -> list[str]:
    """The files with a mark in their contents or their names."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert files, "nothing was written at all"
    leaks = [f"{path}: {leak}" for path in files for leak in found_in(path.read_bytes())]
    return leaks + [f"named {path}" for path in files if MARK in str(path)]


def echoes(secret: str) -> list[dict[str, Any]]:
    """Frames in which a talkative service echoes secrets."""
    message = f"Incorrect key provided: {secret}."
    return [
        {"type": "error", "error": {"message": message, "code": "invalid_api_key"}},
        {"type": "error", "message": message, "code": secret},
        {"type": "error", "error": message},
        {"type": "debug.headers", "headers": {"Authorization": f"Bearer {secret}", secret: [secret]}},
        {"type": "response.started", "note": secret},
        {"type": "text.delta", "delta": f"Your key is {secret}."},
        {"type": "transcript.committed", "transcript": f"My key is {secret}."},
        {
            "type": "tool.call",
            "tool_call_id": f"c1{secret[-2:]}",
            "tool_name": "calculate",
            "tool_arguments": {"expression": secret},
        },
        {
            "type": "tool.call",
            "tool_call_id": f"c2{secret[-2:]}",
            "tool_name": secret,
            "tool_arguments": secret,
        },
        {"type": "response.completed", "usage": {"key": secret}},
    ]


def talkative(*secrets: str, asked: bool = True) -> Script:
    """Echoes all secrets, after the user's turn or at once, and ends with them as the reason."""

    async def script(line: Line) -> None:
        await line.start(session_id=secrets[0])
        while asked and json.loads(await line.socket.recv())["type"] not in ("audio.commit", "text.input"):
            pass
        for frame in [frame for secret in secrets for frame in echoes(secret)]:
            await line.socket.send(json.dumps(frame))
        await line.socket.send(f'{{"broken": "{secrets[0]}')
        await asyncio.sleep(0 if asked else SETTLED_S)
        words = " ".join(secrets)
        await line.send("session.terminating", error={"code": secrets[0], "message": f"{words} end."})
        await line.socket.close(1011, words[:100])

    return script


def tell_all(connection, request):
    """An upgrade that is refused with the credentials it came with."""
    came = " ".join(f"{name}: {value}" for name, value in request.headers.raw_items())
    return connection.respond(403, json.dumps({"error": {"message": f"refused {came}"}}))


def know_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Find each secret as the program does, so that an echo of all of them is fair."""
    for _ in range(2):
        assert credentials.find().key in (KEY, CLI_KEY)
        monkeypatch.setenv("OPPER_API_KEY", "")
    monkeypatch.setenv("OPPER_API_KEY", KEY)
    assert ticket_header.find()
    redaction.protect(TICKET)
