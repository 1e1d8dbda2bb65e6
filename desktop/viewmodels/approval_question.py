"""What the user is shown of a call that waits for their approval."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.base.message import Message, Text
from desktop.base.visible_text import unmasked, visible_line
from desktop.viewmodels.json_tree_model import as_json
from desktop.viewmodels.wording import worded

CLAIMS = {
    "read-only": Text("claim-read-only", "changes nothing"),
    "destructive": Text("claim-destructive", "may destroy something"),
    "idempotent": Text("claim-idempotent", "does no more when it is called twice"),
    "open-world": Text("claim-open-world", "reaches the outside world"),
}
"""The annotations of MCP's tools in words."""
CLAIMED = Text("claimed", "The server says of it, unchecked: {claims}.")
MOST_CLAIMS = 8
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
    claims: tuple[str, ...] = ()
    """What the tool's source claims of it; nobody has checked that."""


def claim_words(claims: tuple[str, ...]) -> str:
    """The claims in one sentence; an unknown one stays as it is."""
    known = [
        worded(CLAIMS[one]()) if one in CLAIMS else visible_line(one)[:40] for one in claims[:MOST_CLAIMS]
    ]
    return worded(CLAIMED(claims=", ".join(known))) if known else ""


def shown_arguments(arguments: object) -> tuple[str, bool]:
    """The arguments as the card shows them, and whether there is more of them than can be shown."""
    written = as_json(arguments)
    shown = "\n".join(unmasked_line(line) for line in written[:LONGEST].split("\n"))
    return shown, len(written) > LONGEST


def unmasked_line(line: str) -> str:
    """A line of JSON with what isn't plain in it made visible; its indentation stays."""
    inner = line.lstrip(" ")
    return line[: len(line) - len(inner)] + unmasked(inner)
