"""What the model is told of a tool that takes long, and of its result when that comes later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

MOST_BYTES = 64_000
"""Of results in one text; the first is always told, and the rest in the next one."""
RUNS_ON = {
    "status": "running",
    "note": "This takes longer. Tell the user so in a few words and go on talking with them. Don't call the "
    "tool again for this: its result comes later, by itself.",
}
ASKS = {
    "status": "waiting for approval",
    "note": "The user is asked in the window whether this tool may run. Tell them in a few words that it "
    "waits for their approval. Don't call the tool again for this: what comes of it comes later, by itself.",
}
STILL_RUNS = (
    "(Not the user's words.) The tool {name} that you called takes longer. Tell the user so in a few words "
    "and go on talking with them. Its result comes later, by itself."
)
STILL_ASKS = (
    "(Not the user's words.) The tool {name} that you called waits for the user's approval: they are asked "
    "in the window. Tell them so in a few words. What comes of it comes later, by itself."
)
CAME = (
    "(Not the user's words.) The tool {name} that you called earlier has ended. Its result as JSON: {result}"
)
TELL = "Tell the user now, briefly, what came of it."

_encoder = msgspec.json.Encoder(enc_hook=str)


def interim(asks: bool) -> dict[str, str]:
    """What a call gets at once in place of its result."""
    return ASKS if asks else RUNS_ON


def interim_text(name: str, asks: bool) -> str:
    """What the model is told where the call goes on waiting for its result."""
    return (STILL_ASKS if asks else STILL_RUNS).format(name=name)


def as_text(results: Sequence[tuple[str, Any]]) -> tuple[str, int]:
    """One text of the results, each with its tool's name, and how many of them are in it: at least one."""
    parts: list[str] = []
    room = MOST_BYTES
    for name, result in results:
        encoded = _encoder.encode(result)
        room -= len(encoded)
        if room < 0 and parts:
            break
        parts.append(CAME.format(name=name, result=encoded.decode()))
    return "\n".join([*parts, TELL]), len(parts)
