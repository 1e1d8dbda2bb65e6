"""The conversation so far, as text for the next session: a new connection remembers nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from desktop.viewmodels.tool_calls_model import Call
from desktop.viewmodels.transcript_line import Line

LONGEST = 12_000
"""Characters of all of it, about 3,000 tokens. Providers take 16,384 tokens of instructions and tools, of
which the user's own instructions may be 5,000; and every answer is billed with all of them."""
LONGEST_LINE = 2_000
LONGEST_VALUE = 200
"""Characters of a tool's arguments and of its result."""

BEGINNING = (
    "Conversation so far, from before this connection. Go on from it: don't greet, don't repeat it, and "
    "don't speak of it unless you are asked."
)
CUT = "(Earlier turns are left out.)"

_encoder = msgspec.json.Encoder(enc_hook=str)


def context_text(
    lines: Sequence[Line], call: Callable[[str], Call | None], *, unanswered: bool = True
) -> str:
    """The conversation in one text, without its first turns where it is too long; empty if there is none.

    The assistant's words go only as far as they were heard. `call` finds a tool's call by its id. With
    `unanswered` false the user's last words are left out, because they will be said again.
    """
    turns = [(line.speaker, _words(line, call)) for line in lines]
    turns = [(speaker, words) for speaker, words in turns if words]
    while turns and not unanswered and turns[-1][0] == "user":
        turns.pop()
    kept: list[str] = []
    room = LONGEST - len(BEGINNING) - len(CUT) - 2
    for _, words in reversed(turns):
        room -= len(words) + 1
        if room < 0:
            kept.append(CUT)
            break
        kept.append(words)
    return "\n".join([BEGINNING, *reversed(kept)]) if kept else ""


def _words(line: Line, call: Callable[[str], Call | None]) -> str:
    match line.speaker:
        case "user":
            return _named("User", line.text)
        case "assistant":
            return _named("Assistant", line.heard_text)
        case "tool" if line.tool and (found := call(line.tool.call_id)):
            result = (
                _value(found.result)
                if found.state in ("done", "failed", "denied")
                else f"no result ({found.state})"
            )
            return f"Tool {found.name}({_value(found.arguments)}): {result}"
        case _:
            return ""


def _named(who: str, text: str) -> str:
    text = " ".join(text.split())
    if len(text) > LONGEST_LINE:
        text = "…" + text[-LONGEST_LINE:]
    return f"{who}: {text}" if text else ""


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else _encoder.encode(value).decode()
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"
