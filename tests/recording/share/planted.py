"""A recording with thirty secrets in it, in all the places where one may be."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from desktop.recording.share.redactor import Identity

IDENTITY = Identity(
    users=("annas", "Anna Schmidtlein"), hosts=("annas-box.lan",), homes=("/srv/people/annas",)
)

KEY = "sk-proj-a1B2c3D4e5F6g7H8"
TICKET = "opper-ticket.9f8e7d6c5b4a"
HIDDEN = "xai-Zz9Yy8Xx7Ww6Vv5Uu4"
DEEP = "gsk_aA1bB2cC3dD4eE5fF6"
TWICE = "ghp_0123456789abcdefABCDEF"
IN_PIECES = "ek_68af00cafe12beef34d5"
MAIL_IN_PIECES = "anna.schmidtlein@example.org"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJl"
RANDOM = "Qw3rTy9uIoP1aSdF5gHjK7lZxCvB2nM4"

SECRETS = {
    "key in the prompt": KEY,
    "e-mail in the prompt": "a.s@mail.example.com",
    "host in a device's name": "annas-box",
    "home in the configuration": "/srv/people/annas",
    "login": "annas",
    "ticket in a frame's text": TICKET,
    "authorization in a tool's arguments": "QWxhZGRpbjpvcGVuc2VzYW1l",
    "digest in a tool's result": "deadbeefcafe",
    "cookie": "crumb-77aa88bb",
    "password in a result": "hunter2hunter",
    "token by its field": "plainword",
    "nested under a secret's name": "innermostvalue",
    "key behind escapes": HIDDEN,
    "key in JSON in a text in JSON": DEEP,
    "key in a field that stands twice": TWICE,
    "key in pieces of words": IN_PIECES,
    "e-mail in pieces of words": MAIL_IN_PIECES,
    "key in a frame that is no text": "AKIAIOSFODNN7EXAMPLE",
    "key in a frame that is no JSON": "glpat-x1y2z3a4b5c6d7",
    "user and password in an address": "letmein99",
    "ticket in an address": "tk-55443322",
    "a web token": JWT,
    "a random word": RANDOM,
    "a private key": "MIIEvQIBADANBgkq",
    "home of somebody else": "/home/carla",
    "home on Windows": "Users\\carlo",
    "full name in a transcript": "Schmidtlein",
    "e-mail in a mark": "mark@marked.example",
    "key in a frame's type": "sk-type-11223344",
    "key as a field's name": "AIzaSyA1234567890abcdefghijk",
}

_PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----"


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(letter):04x}" for letter in text)


def _pieces(text: str) -> list[dict[str, Any]]:
    return [{"type": "text.delta", "delta": text[at : at + 7]} for at in range(0, len(text), 7)]


def frames() -> list[dict[str, Any]]:
    """The lines of `frames.jsonl`; a `frame` that is a text is the frame's own JSON."""
    sent: list[Any] = [
        {
            "type": "session.start",
            "config": {"instructions": f"My key is {KEY}, write to a.s@mail.example.com."},
        },
        {"type": "text.input", "text": f"Use {TICKET} and {RANDOM}, please."},
    ]
    args = {
        "headers": {"Authorization": "Basic QWxhZGRpbjpvcGVuc2VzYW1l"},
        "url": "https://me:letmein99@a.example",
    }
    received: list[Any] = [
        {"type": "session.started", "session_id": "sess_Aa1Bb2Cc3Dd4Ee5Ff6Gg7Hh8Ii9Jj0Kk1"},
        {"type": "tool.call", "tool_call_id": "c1", "tool_name": "get", "tool_arguments": args},
        {
            "type": "x",
            "log": "Authorization: Digest username=annas, response=deadbeefcafe\nCookie: id=crumb-77aa88bb",
        },
        {"type": "x", "result": 'password: "hunter2hunter"', "accessToken": "plainword"},
        {"type": "x", "client_secret": {"value": ["innermostvalue"]}},
        f'{{"type":"x","text":"{escaped(HIDDEN)}"}}',
        {"type": "x", "arguments": json.dumps({"inner": json.dumps({"k": "@"}).replace("@", escaped(DEEP))})},
        f'{{"type":"x","text":"{TWICE}","text":"nothing"}}',
        {"type": "response.started"},
        *_pieces(f"Your key is {IN_PIECES}, and you are "),
        {"type": "audio.delta", "audio": ""},
        *_pieces(f"{MAIL_IN_PIECES}."),
        {"type": "response.completed"},
        {"type": "x", "url": "wss://a.example/v3?ticket=tk-55443322&x=1", "jwt": JWT, "pem": _PEM},
        {"type": "x", "path": "/home/carla/notes.txt", "other": "C:\\Users\\carlo\\x"},
        {"type": "x", "AIzaSyA1234567890abcdefghijk": 1},
        {"type": "transcript.committed", "transcript": "I am Mrs. Schmidtlein."},
    ]
    lines = [("out", one) for one in sent] + [("in", one) for one in received]
    found: list[dict[str, Any]] = []
    for number, (direction, one) in enumerate(lines):
        raw = one if isinstance(one, str) else json.dumps(one)
        kind = json.loads(raw)["type"]
        found.append(
            {"t": 1_000 * number, "direction": direction, "type": kind, "size": len(raw), "frame": raw}
        )
    odd = {"t": 90_000, "direction": "in", "size": 9, "type": "?"}
    no_text = base64.b64encode(b"\xff\xfe AKIAIOSFODNN7EXAMPLE").decode()
    found.append({**odd, "base64": no_text})
    found.append({**odd, "text": "no JSON: glpat-x1y2z3a4b5c6d7", "type": "sk-type-11223344"})
    return found


def plant(folder: Path) -> Path:
    """Make the recording."""
    folder.mkdir(parents=True)
    device = {"name": "Microphone of annas-box", "rate": 48000}
    session = {
        "format": 1,
        "began": "2026-11-28T22:15:03Z",
        "sessions": [{"t": 0, "model": "openai/gpt-realtime-2", "microphone": device, "input_rate": 24000}],
        "config": {"instructions": f"{KEY} /srv/people/annas/prompt.txt", "voice": "marin"},
    }
    (folder / "session.json").write_text(json.dumps(session))
    lines = []
    for one in frames():
        raw = one.pop("frame", None)
        text = json.dumps(one)
        lines.append(text if raw is None else f'{text[:-1]},"frame":{raw}}}')
    (folder / "frames.jsonl").write_text("\n".join(lines) + "\n")
    mark = {"t": 5_000, "mark": "tool_started", "text": "mail mark@marked.example"}
    (folder / "marks.jsonl").write_text(json.dumps(mark) + "\n")
    at = "2026-11-28T22:15:04Z"
    words = f"Here it is: {IN_PIECES}"
    records: list[dict[str, Any]] = [
        {"type": "began", "at": at, "version": 1, "model": "openai/gpt-realtime-2"},
        {"type": "line", "id": 1, "at": at, "speaker": "user", "text": "I am Anna Schmidtlein."},
        {"type": "line", "id": 2, "at": at, "speaker": "assistant", "text": "", "growing": True},
        *({"type": "grown", "id": 2, "text": words[i : i + 5]} for i in range(0, len(words), 5)),
        {
            "type": "call",
            "call_id": "c1",
            "at": at,
            "name": "get",
            "arguments": {"password": "hunter2hunter"},
        },
        {"type": "ended", "at": at},
    ]
    (folder / "journal.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records))
    return folder
