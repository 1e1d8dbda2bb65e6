"""What the user is shown of a call that waits for their approval."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.base.message import Message
from desktop.base.visible_text import unmasked
from desktop.viewmodels.json_tree_model import as_json

LONGEST = 100_000
"""Characters of arguments on the card. A call with more can't be read, and so can't be approved."""


@dataclass(frozen=True, eq=False, slots=True)
class ApprovalQuestion:
    """A call that waits. Two with the same words are still two."""

    tool: str
    """Its true name."""
    origin: Message
    """Where it comes from."""
    address: str
    """The command line or the address; empty where there is none."""
    arguments: str
    """JSON, as it will be sent, with what isn't plain made visible."""
    too_long: bool = False
    """The arguments go on, and the call can only be denied."""


def shown_arguments(arguments: object) -> tuple[str, bool]:
    """The arguments as the card shows them, and whether there is more of them than can be shown."""
    written = as_json(arguments)
    shown = "\n".join(unmasked_line(line) for line in written[:LONGEST].split("\n"))
    return shown, len(written) > LONGEST


def unmasked_line(line: str) -> str:
    """A line of JSON with what isn't plain in it made visible; its indentation stays."""
    inner = line.lstrip(" ")
    return line[: len(line) - len(inner)] + unmasked(inner)
